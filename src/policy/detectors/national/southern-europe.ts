/** Numbers of persons in Southern Europe and Turkey. `passes` per 1,000 is measured (20,000 random texts each). */
import * as esDni from 'stdnum/lib/cjs/es/dni.js';
import * as esNie from 'stdnum/lib/cjs/es/nie.js';
import * as grAmka from 'stdnum/lib/cjs/gr/amka.js';
import * as hrOib from 'stdnum/lib/cjs/hr/oib.js';
import * as itCodicefiscale from 'stdnum/lib/cjs/it/codicefiscale.js';
import * as ptNif from 'stdnum/lib/cjs/pt/nif.js';
import * as trTckimlik from 'stdnum/lib/cjs/tr/tckimlik.js';

import { slovenian } from './dated-numbers.ts';
import type { Nation } from './number-kind.ts';

export const southernEurope: readonly Nation[] = [
  {
    country: 'es',
    says: 'a Spanish identity number',
    contextWords: ['dni', 'nie', 'nif', 'identidad', 'documento', 'extranjero'],
    kinds: [
      {
        is: 'letters',
        validate: esDni.validate,
        passes: 39,
        digits: 8,
        pattern: String.raw`(?:\d{8}|\d{2}\.\d{3}\.\d{3})-?[a-z]`,
      },
      {
        is: 'letters',
        validate: esNie.validate,
        passes: 37,
        digits: 7,
        pattern: String.raw`[xyz][ -]?\d{7}[ -]?[a-z]`,
      },
    ],
  },
  {
    country: 'gr',
    says: 'a Greek insurance number',
    contextWords: ['amka', 'αμκα'],
    kinds: [{ is: 'digits', validate: grAmka.validate, passes: 3, lengths: [11] }],
  },
  {
    country: 'it',
    says: 'an Italian fiscal code',
    contextWords: ['codice', 'fiscale', 'cf', 'fiscal', 'tessera'],
    kinds: [
      {
        is: 'letters',
        validate: itCodicefiscale.validate,
        passes: 18,
        digits: 2,
        pattern: String.raw`[a-z]{3} ?[a-z]{3} ?\d{2}[abcdehlmprst][\dlmnp-v]{2} ?[a-z][\dlmnp-v]{3}[a-z]`,
      },
    ],
  },
  {
    country: 'pt',
    says: 'a Portuguese tax number',
    contextWords: ['nif', 'contribuinte', 'fiscal', 'finanças', 'financas'],
    kinds: [
      { is: 'digits', validate: ptNif.validate, passes: 90, lengths: [9], often: /^\d{3}([ .-])\d{3}\1\d{3}$/u },
      { is: 'letters', validate: ptNif.validate, passes: 90, digits: 9, pattern: String.raw`pt ?\d{9}` },
    ],
  },
  {
    country: 'hr',
    says: 'a Croatian identity number',
    contextWords: ['oib', 'osobni', 'identifikacijski'],
    kinds: [
      { is: 'digits', validate: hrOib.validate, passes: 98, lengths: [11] },
      { is: 'letters', validate: hrOib.validate, passes: 98, digits: 11, pattern: String.raw`hr ?\d{11}` },
    ],
  },
  {
    country: 'si',
    says: 'a Slovenian identity number',
    contextWords: ['emšo', 'emso', 'jmbg', 'matična', 'maticna'],
    kinds: [{ is: 'digits', validate: slovenian, passes: 1, lengths: [13] }],
  },
  {
    country: 'tr',
    says: 'a Turkish identity number',
    contextWords: ['tc', 'tckn', 'kimlik', 'tckimlik', 'vatandaşlık'],
    kinds: [{ is: 'digits', validate: trTckimlik.validate, passes: 10, lengths: [11] }],
  },
];
