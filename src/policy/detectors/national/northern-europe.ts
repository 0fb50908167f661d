/** Numbers of persons in the Nordic and Baltic countries. `passes` per 1,000 is measured (20,000 random texts each). */
import * as eeIk from 'stdnum/lib/cjs/ee/ik.js';
import * as lvPvn from 'stdnum/lib/cjs/lv/pvn.js';
import * as isKennitala from 'stdnum/lib/cjs/is/kennitala.js';

import { danish, finnish, latvian, lithuanian, norwegian, swedish } from './dated-numbers.ts';
import type { Checked, Nation } from './number-kind.ts';

/** Companies' numbers begin with 4 to 9. Of persons `stdnum` asks the clock whether they are born yet: `latvian` doesn't. */
function latvianCompany(text: string): Checked {
  return /^[4-9]/u.test(text) ? lvPvn.validate(text) : { isValid: false };
}

export const northernEurope: readonly Nation[] = [
  {
    country: 'dk',
    says: 'a Danish person number',
    contextWords: ['cpr', 'personnummer', 'cpr-nummer', 'cprnr'],
    kinds: [{ is: 'digits', validate: danish, passes: 36, noCheckDigit: true, lengths: [10], form: /^\d{6}-\d{4}$/u }],
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
        validate: finnish,
        passes: 1,
        digits: 6,
        pattern: String.raw`\d{6}[-+abcdefuvwxy]\d{3}[\da-y]`,
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
    kinds: [{ is: 'digits', validate: lithuanian, passes: 12, lengths: [11] }],
  },
  {
    country: 'lv',
    says: 'a Latvian personal code or tax number',
    contextWords: ['personas', 'kods', 'pk', 'pvn', 'nodokļu', 'reģistrācijas'],
    kinds: [
      { is: 'digits', validate: latvian, passes: 1, lengths: [11], form: /^\d{6}-\d{5}$/u },
      { is: 'digits', validate: latvianCompany, passes: 55, lengths: [11], often: /^\d{4} \d{4} \d{3}$/u },
    ],
  },
  {
    country: 'no',
    says: 'a Norwegian birth number',
    contextWords: ['fødselsnummer', 'fodselsnummer', 'personnummer', 'fnr'],
    kinds: [{ is: 'digits', validate: norwegian, passes: 1, lengths: [11], form: /^\d{6} \d{5}$/u }],
  },
  {
    country: 'se',
    says: 'a Swedish personal number',
    contextWords: ['personnummer', 'pnr', 'personnr', 'samordningsnummer'],
    kinds: [
      {
        is: 'letters',
        validate: swedish,
        passes: 8,
        digits: 10,
        pattern: String.raw`(?:\d{2})?\d{6}[-+]\d{4}`,
      },
      { is: 'digits', validate: swedish, passes: 8, lengths: [10] },
      { is: 'digits', validate: swedish, passes: 0.3, lengths: [12], form: /^\d{8}[- ]?\d{4}$/u },
    ],
  },
];
