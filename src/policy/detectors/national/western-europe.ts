/** Numbers of persons in Western Europe. `passes` per 1,000 is measured (20,000 random texts each). */
import * as atVnr from 'stdnum/lib/cjs/at/vnr.js';
import * as atTin from 'stdnum/lib/cjs/at/tin.js';
import * as chSsn from 'stdnum/lib/cjs/ch/ssn.js';
import * as deIdnr from 'stdnum/lib/cjs/de/idnr.js';
import * as deSvnr from 'stdnum/lib/cjs/de/svnr.js';
import * as frNir from 'stdnum/lib/cjs/fr/nir.js';
import * as gbNino from 'stdnum/lib/cjs/gb/nino.js';
import * as iePps from 'stdnum/lib/cjs/ie/pps.js';
import * as nlBsn from 'stdnum/lib/cjs/nl/bsn.js';

import { belgian } from './dated-numbers.ts';
import type { Nation } from './number-kind.ts';

/** HMRC, "NIM39110": neither letter is D, F, I, Q, U or V, the second isn't O. So the beginning of a German IBAN is none. */
const ninoLetters = '[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z]';

export const westernEurope: readonly Nation[] = [
  {
    country: 'at',
    says: 'an Austrian insurance or tax number',
    contextWords: [
      'versicherungsnummer',
      'sozialversicherungsnummer',
      'sozialversicherung',
      'svnr',
      'steuernummer',
      'sv',
      'vsnr',
    ],
    kinds: [
      { is: 'digits', validate: atVnr.validate, passes: 3, lengths: [10], form: /^\d{4} \d{6}$/u },
      { is: 'digits', validate: atTin.validate, passes: 38, lengths: [9], form: /^\d{2}-\d{3}\/\d{4}$/u },
    ],
  },
  {
    country: 'be',
    says: 'a Belgian national number',
    contextWords: ['rijksregister', 'rijksregisternummer', 'registre', 'national', 'nationaal', 'insz', 'niss', 'nn'],
    kinds: [
      {
        is: 'digits',
        validate: belgian,
        passes: 1,
        lengths: [11],
        form: /^\d{2}\.\d{2}\.\d{2}[- ]\d{3}[.-]\d{2}$/u,
      },
    ],
  },
  {
    country: 'ch',
    says: 'a Swiss insurance number',
    contextWords: ['ahv', 'avs', 'oasi', 'ahv-nummer', 'sozialversicherungsnummer', 'versichertennummer'],
    kinds: [{ is: 'digits', validate: chSsn.validate, passes: 0, lengths: [13], form: /^756\.\d{4}\.\d{4}\.\d{2}$/u }],
  },
  {
    country: 'de',
    says: 'a German tax or insurance number',
    contextWords: [
      'steuer-id',
      'steuerid',
      'idnr',
      'steuernummer',
      'steueridentifikationsnummer',
      'identifikationsnummer',
      'tin',
      'sozialversicherungsnummer',
      'rentenversicherungsnummer',
      'versicherungsnummer',
      'svnr',
      'rvnr',
    ],
    kinds: [
      { is: 'digits', validate: deIdnr.validate, passes: 10, lengths: [11], form: /^\d{2} \d{3} \d{3} \d{3}$/u },
      {
        is: 'letters',
        validate: deSvnr.validate,
        passes: 7,
        digits: 8,
        pattern: String.raw`\d{2} ?\d{6} ?[a-z] ?\d{3}`,
      },
    ],
  },
  {
    country: 'fr',
    says: 'a French social security number',
    contextWords: ['sécurité', 'securite', 'sociale', 'nir', 'insee', 'numéro', 'numero', 'carte', 'vitale'],
    kinds: [
      {
        is: 'digits',
        validate: frNir.validate,
        passes: 11,
        lengths: [15],
        form: /^[12] \d{2} \d{2} \d{2} \d{3} \d{3} \d{2}$/u,
      },
      // Births in Corsica: 2A and 2B stand for the department.
      {
        is: 'letters',
        validate: frNir.validate,
        passes: 11,
        digits: 6,
        pattern: String.raw`[12] ?\d{2} ?\d{2} ?2[ab] ?\d{3} ?\d{3} ?\d{2}`,
      },
    ],
  },
  {
    country: 'gb',
    says: 'a British national insurance number',
    contextWords: ['national insurance', 'nat insurance', 'nino', 'ni', 'ni number', 'hmrc'],
    kinds: [
      {
        is: 'letters',
        validate: gbNino.validate,
        passes: 86,
        noCheckDigit: true,
        digits: 6,
        pattern: String.raw`${ninoLetters} ?\d{2} ?\d{2} ?\d{2} ?[a-d]`,
        confidence: 0.5,
      },
      // Its last letter is often left out, and then it looks like much else.
      {
        is: 'letters',
        validate: gbNino.validate,
        passes: 552,
        noCheckDigit: true,
        digits: 6,
        pattern: String.raw`${ninoLetters} ?\d{2} ?\d{2} ?\d{2}`,
        confidence: 0.2,
      },
    ],
  },
  {
    country: 'ie',
    says: 'an Irish public service number',
    contextWords: ['pps', 'ppsn', 'pps-number', 'revenue', 'public'],
    kinds: [
      {
        is: 'letters',
        validate: iePps.validate,
        passes: 38,
        digits: 7,
        pattern: String.raw`\d{7}[a-w][ahwtx]?`,
      },
    ],
  },
  {
    country: 'nl',
    says: 'a Dutch citizen number',
    contextWords: ['bsn', 'burgerservicenummer', 'burger service nummer', 'sofi', 'sofinummer', 'citizen service'],
    kinds: [
      {
        is: 'digits',
        validate: (text) => nlBsn.validate(text.padStart(9, '0')),
        passes: 95,
        // Zeros in front are often left out.
        lengths: [9, 8],
        form: /^\d{4}\.\d{2}\.\d{3}$/u,
        often: /^\d{3}([ .-])\d{3}\1\d{3}$/u,
      },
    ],
  },
];
