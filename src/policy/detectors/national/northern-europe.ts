/** Numbers of persons in the Nordic and Baltic countries. `passes` per 1,000 is measured (20,000 random texts each). */
import { cpr as dkCpr } from 'stdnum/lib/cjs/dk/index.js';
import { ik as eeIk } from 'stdnum/lib/cjs/ee/index.js';
import { hetu as fiHetu } from 'stdnum/lib/cjs/fi/index.js';
import { kennitala as isKennitala } from 'stdnum/lib/cjs/is/index.js';
import { asmens as ltAsmens } from 'stdnum/lib/cjs/lt/index.js';
import { pvn as lvPvn } from 'stdnum/lib/cjs/lv/index.js';
import { fodselsnummer as noFodselsnummer } from 'stdnum/lib/cjs/no/index.js';
import { personnummer as sePersonnummer } from 'stdnum/lib/cjs/se/index.js';

import { whole, type Nation } from './number-kind.ts';

export const northernEurope: readonly Nation[] = [
  {
    country: 'dk',
    says: 'a Danish person number',
    contextWords: ['cpr', 'personnummer', 'cpr-nummer', 'cprnr'],
    kinds: [{ is: 'digits', validate: dkCpr.validate, passes: 31, lengths: [10], form: /^\d{6}-\d{4}$/u }],
  },
  {
    country: 'ee',
    says: 'an Estonian personal code',
    contextWords: ['isikukood', 'ik', 'personal'],
    kinds: [{ is: 'digits', validate: eeIk.validate, passes: 100, lengths: [11] }],
  },
  {
    country: 'fi',
    says: 'a Finnish personal code',
    contextWords: ['hetu', 'henkilötunnus', 'henkilotunnus', 'sotu'],
    kinds: [
      {
        is: 'letters',
        validate: fiHetu.validate,
        passes: 1,
        pattern: whole(String.raw`\d{6}[-+abcdefuvwxy]\d{3}[\da-y]`),
      },
    ],
  },
  {
    country: 'is',
    says: 'an Icelandic identity number',
    contextWords: ['kennitala', 'kt'],
    kinds: [{ is: 'digits', validate: isKennitala.validate, passes: 7, lengths: [10], form: /^\d{6}-\d{4}$/u }],
  },
  {
    country: 'lt',
    says: 'a Lithuanian personal code',
    contextWords: ['asmens', 'kodas', 'ak'],
    kinds: [{ is: 'digits', validate: ltAsmens.validate, passes: 12, lengths: [11] }],
  },
  {
    country: 'lv',
    says: 'a Latvian personal code',
    contextWords: ['personas', 'kods', 'pk'],
    kinds: [{ is: 'digits', validate: lvPvn.validate, passes: 58, lengths: [11], form: /^\d{6}-\d{5}$/u }],
  },
  {
    country: 'no',
    says: 'a Norwegian birth number',
    contextWords: ['fødselsnummer', 'fodselsnummer', 'personnummer', 'fnr'],
    kinds: [{ is: 'digits', validate: noFodselsnummer.validate, passes: 1, lengths: [11], form: /^\d{6} \d{5}$/u }],
  },
  {
    country: 'se',
    says: 'a Swedish personal number',
    contextWords: ['personnummer', 'pnr', 'personnr', 'samordningsnummer'],
    kinds: [
      {
        is: 'letters',
        validate: sePersonnummer.validate,
        passes: 8,
        pattern: whole(String.raw`(?:\d{2})?\d{6}[-+]\d{4}`),
      },
      { is: 'digits', validate: sePersonnummer.validate, passes: 8, lengths: [12] },
    ],
  },
];
