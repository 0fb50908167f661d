/** Numbers of persons in the Americas outside the United States. `passes` per 1,000 is measured (20,000 random texts each). */
import * as brCpf from 'stdnum/lib/cjs/br/cpf.js';
import * as caSin from 'stdnum/lib/cjs/ca/sin.js';
import * as clRut from 'stdnum/lib/cjs/cl/rut.js';
import * as mxCurp from 'stdnum/lib/cjs/mx/curp.js';

import type { Nation } from './number-kind.ts';

export const americas: readonly Nation[] = [
  {
    country: 'br',
    says: 'a Brazilian CPF number',
    contextWords: ['cpf', 'cadastro', 'contribuinte'],
    kinds: [
      { is: 'digits', validate: brCpf.validate, passes: 10, lengths: [11], form: /^\d{3}\.\d{3}\.\d{3}-\d{2}$/u },
    ],
  },
  {
    country: 'ca',
    says: 'a Canadian social insurance number',
    contextWords: ['sin', 'nas', 'social insurance', 'assurance sociale'],
    kinds: [
      {
        is: 'digits',
        validate: caSin.validate,
        passes: 98,
        lengths: [9],
        form: /^\d{3}-\d{3}-\d{3}$/u,
        often: /^\d{3}([ .])\d{3}\1\d{3}$/u,
      },
    ],
  },
  {
    country: 'cl',
    says: 'a Chilean RUT',
    contextWords: ['rut', 'run', 'tributario'],
    kinds: [
      {
        is: 'letters',
        validate: clRut.validate,
        passes: 94,
        digits: 7,
        pattern: String.raw`\d{1,2}\.\d{3}\.\d{3}-[\dk]`,
      },
      {
        is: 'letters',
        validate: clRut.validate,
        passes: 94,
        digits: 7,
        pattern: String.raw`\d{7,8}-[\dk]`,
        confidence: 0.5,
      },
    ],
  },
  {
    country: 'mx',
    says: 'a Mexican CURP',
    contextWords: ['curp'],
    kinds: [
      {
        is: 'letters',
        validate: mxCurp.validate,
        passes: 0,
        digits: 6,
        pattern: String.raw`[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d`,
      },
    ],
  },
];
