/** Numbers of persons in Eastern Europe. `passes` per 1,000 is measured (20,000 random texts each). */
import * as bgEgn from 'stdnum/lib/cjs/bg/egn.js';
import * as huAnum from 'stdnum/lib/cjs/hu/anum.js';
import * as ruInn from 'stdnum/lib/cjs/ru/inn.js';

import { czech, czechBefore1954, polish, romanian } from './dated-numbers.ts';
import type { Nation, NumberKind } from './number-kind.ts';

/** Czechia and Slovakia share them. `číslo` alone is any number, so only `rodné` (of birth) says what it is. */
const birthNumbers: readonly NumberKind[] = [
  { is: 'digits', validate: czech, passes: 10, lengths: [10], form: /^\d{6}\/\d{4}$/u },
  { is: 'digits', validate: czechBefore1954, passes: 53, noCheckDigit: true, lengths: [9], often: /^\d{6}\/\d{3}$/u },
];
const birthNumberWords = ['rodné', 'rodného', 'rodným', 'rč', 'rc'];

export const easternEurope: readonly Nation[] = [
  {
    country: 'bg',
    says: 'a Bulgarian citizen number',
    contextWords: ['egn', 'егн'],
    kinds: [{ is: 'digits', validate: bgEgn.validate, passes: 99, lengths: [10] }],
  },
  {
    country: 'cz',
    says: 'a Czech birth number',
    contextWords: birthNumberWords,
    kinds: birthNumbers,
  },
  {
    country: 'hu',
    says: 'a Hungarian tax number',
    contextWords: ['adószám', 'adoszam', 'adó', 'ado'],
    kinds: [
      { is: 'digits', validate: huAnum.validate, passes: 98, lengths: [8] },
      { is: 'letters', validate: huAnum.validate, passes: 98, digits: 8, pattern: String.raw`hu-? ?\d{8}` },
    ],
  },
  {
    country: 'pl',
    says: 'a Polish PESEL number',
    contextWords: ['pesel', 'ewidencyjny'],
    kinds: [{ is: 'digits', validate: polish, passes: 10, lengths: [11] }],
  },
  {
    country: 'ro',
    says: 'a Romanian personal code',
    contextWords: ['cnp', 'numeric', 'cod'],
    kinds: [{ is: 'digits', validate: romanian, passes: 1.5, lengths: [13] }],
  },
  {
    country: 'ru',
    says: 'a Russian tax number',
    contextWords: ['inn', 'инн'],
    kinds: [
      { is: 'digits', validate: ruInn.validate, passes: 10, lengths: [12] },
      // Of companies.
      { is: 'digits', validate: ruInn.validate, passes: 100, lengths: [10] },
    ],
  },
  {
    country: 'sk',
    says: 'a Slovak birth number',
    contextWords: birthNumberWords,
    kinds: birthNumbers,
  },
];
