/** Numbers of persons in Eastern Europe. `passes` per 1,000 is measured (20,000 random texts each). */
import { egn as bgEgn } from 'stdnum/lib/cjs/bg/index.js';
import { rc as czRc } from 'stdnum/lib/cjs/cz/index.js';
import { anum as huAnum } from 'stdnum/lib/cjs/hu/index.js';
import { pesel as plPesel } from 'stdnum/lib/cjs/pl/index.js';
import { cnp as roCnp } from 'stdnum/lib/cjs/ro/index.js';
import { inn as ruInn } from 'stdnum/lib/cjs/ru/index.js';
import { rc as skRc } from 'stdnum/lib/cjs/sk/index.js';

import { whole, type Nation } from './number-kind.ts';

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
    contextWords: ['rodné', 'rodne', 'číslo', 'cislo', 'rč', 'rc'],
    kinds: [
      { is: 'digits', validate: czRc.validate, passes: 14, lengths: [10], form: /^\d{6}\/\d{4}$/u },
      {
        is: 'letters',
        validate: czRc.validate,
        passes: 200,
        pattern: whole(String.raw`\d{6}\/\d{3}`),
        confidence: 0.5,
      },
    ],
  },
  {
    country: 'hu',
    says: 'a Hungarian tax number',
    contextWords: ['adószám', 'adoszam', 'adó', 'ado'],
    kinds: [
      { is: 'digits', validate: huAnum.validate, passes: 98, lengths: [8] },
      { is: 'letters', validate: huAnum.validate, passes: 98, pattern: whole(String.raw`hu-? ?\d{8}`) },
    ],
  },
  {
    country: 'pl',
    says: 'a Polish PESEL number',
    contextWords: ['pesel', 'ewidencyjny'],
    kinds: [{ is: 'digits', validate: plPesel.validate, passes: 9, lengths: [11] }],
  },
  {
    country: 'ro',
    says: 'a Romanian personal code',
    contextWords: ['cnp', 'numeric', 'cod'],
    kinds: [{ is: 'digits', validate: roCnp.validate, passes: 1.5, lengths: [13] }],
  },
  {
    country: 'ru',
    says: 'a Russian tax number',
    contextWords: ['inn', 'инн'],
    kinds: [{ is: 'digits', validate: ruInn.validate, passes: 10, lengths: [12] }],
  },
  {
    country: 'sk',
    says: 'a Slovak birth number',
    contextWords: ['rodné', 'rodne', 'číslo', 'cislo', 'rč', 'rc'],
    kinds: [{ is: 'digits', validate: skRc.validate, passes: 14, lengths: [10], form: /^\d{6}\/\d{4}$/u }],
  },
];
