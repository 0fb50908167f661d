/** Numbers of persons in Asia, Australia and Africa. `passes` per 1,000 is measured (20,000 random texts each). */
import * as auTfn from 'stdnum/lib/cjs/au/tfn.js';
import * as ilIdnr from 'stdnum/lib/cjs/il/idnr.js';
import * as inAadhaar from 'stdnum/lib/cjs/in/aadhaar.js';
import * as inPan from 'stdnum/lib/cjs/in/pan.js';
import * as thIdnr from 'stdnum/lib/cjs/th/idnr.js';
import * as twNatid from 'stdnum/lib/cjs/tw/natid.js';
import * as zaIdnr from 'stdnum/lib/cjs/za/idnr.js';

import { chinese, korean } from './dated-numbers.ts';
import type { Nation } from './number-kind.ts';

export const asiaPacificAfrica: readonly Nation[] = [
  {
    country: 'au',
    says: 'an Australian tax file number',
    contextWords: ['tfn', 'tax file', 'file number', 'ato'],
    kinds: [{ is: 'digits', validate: auTfn.validate, passes: 92, lengths: [9], often: /^\d{3}([ .-])\d{3}\1\d{3}$/u }],
  },
  {
    country: 'cn',
    says: 'a Chinese identity number',
    contextWords: ['身份证', '身份证号', 'shenfenzheng', 'ric', 'identity'],
    kinds: [
      { is: 'digits', validate: chinese, passes: 0.1, lengths: [18] },
      { is: 'letters', validate: chinese, passes: 0.1, digits: 17, pattern: String.raw`\d{17}x` },
    ],
  },
  {
    country: 'il',
    says: 'an Israeli identity number',
    contextWords: ['teudat', 'zehut', 'tz', 'תעודת', 'זהות'],
    kinds: [
      { is: 'digits', validate: ilIdnr.validate, passes: 101, lengths: [9], often: /^\d{8}-\d$/u },
      {
        is: 'letters',
        validate: ilIdnr.validate,
        passes: 101,
        digits: 7,
        pattern: String.raw`\d{7}-\d`,
        confidence: 0.5,
      },
    ],
  },
  {
    country: 'in',
    says: 'an Indian Aadhaar or PAN number',
    contextWords: ['aadhaar', 'aadhar', 'uidai', 'pan', 'permanent', 'आधार'],
    kinds: [
      { is: 'digits', validate: inAadhaar.validate, passes: 82, lengths: [12], often: /^\d{4}([ -])\d{4}\1\d{4}$/u },
      {
        is: 'letters',
        validate: inPan.validate,
        passes: 385,
        noCheckDigit: true,
        digits: 4,
        pattern: String.raw`[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z]`,
        confidence: 0.5,
      },
    ],
  },
  {
    country: 'kr',
    says: 'a Korean resident number',
    contextWords: ['rrn', 'resident', 'jumin', '주민등록번호', '주민번호'],
    kinds: [{ is: 'digits', validate: korean, passes: 2.7, lengths: [13], form: /^\d{6}-\d{7}$/u }],
  },
  {
    country: 'th',
    says: 'a Thai identity number',
    contextWords: ['บัตรประชาชน', 'citizen', 'identity'],
    kinds: [
      {
        is: 'digits',
        validate: thIdnr.validate,
        passes: 82,
        lengths: [13],
        form: /^\d-\d{4}-\d{5}-\d{2}-\d$/u,
        often: /^\d \d{4} \d{5} \d{2} \d$/u,
      },
    ],
  },
  {
    country: 'tw',
    says: 'a Taiwanese identity number',
    contextWords: ['身分證', '身分證字號', 'identity'],
    kinds: [
      {
        is: 'letters',
        validate: twNatid.validate,
        passes: 38,
        digits: 8,
        pattern: String.raw`[a-z][1289a-d]\d{8}`,
      },
    ],
  },
  {
    country: 'za',
    says: 'a South African identity number',
    contextWords: ['identity', 'rsa', 'sa-id'],
    kinds: [{ is: 'digits', validate: zaIdnr.validate, passes: 1.2, lengths: [13], form: /^\d{6} \d{4} \d{3}$/u }],
  },
];
