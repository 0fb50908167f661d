/**
 * Routing numbers of banks in the United States (ANSI X9): 9 digits, check digit by 3-7-1, the first two of a Federal
 * Reserve district. About 4 of 100 random numbers pass, so a word has to stand beside it.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Readings } from '../normalised.ts';
import { bestOf } from './best-candidates.ts';
import { endOf } from './masked.ts';
import { pulledApart } from './neighbours.ts';
import { tricksOf, type NumberSeen } from './number-seen.ts';
import { longestRun, numbersAlone } from './numbers-in.ts';

const length = 9;
const district = /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/u;

export const aba: Detector = {
  id: must(parseDetectorId('aba')),
  says: 'a bank routing number',
  contextWords: ['routing', 'aba', 'rtn', 'transit', 'bank', 'wire', 'ach', 'account', 'checking', 'deposit'],
  contends: true,
  digits: length,
  mostDigits: length,
  mayBeIn: (readings) => longestRun(readings) >= length,
  find: (readings) => bestOf(found(readings)),
};

function* found(readings: Readings): Generator<Candidate> {
  for (const number of numbersAlone(readings, length)) {
    const { digits, run, span } = number;
    if (!district.test(digits) || !checkHolds(digits) || !isWritten(number)) continue;
    yield {
      span,
      value: digits,
      confidence: 0.5,
      checksum: 'holds',
      chance: 40,
      masked: endOf(digits),
      ...tricksOf(run),
    };
  }
}

/** In one piece, as on a cheque (4-4-1), in threes, or digit by digit. */
function isWritten(number: NumberSeen): boolean {
  return /^(?:\d{9}|\d{4}-\d{4}-\d|\d{3}([ -])\d{3}\1\d{3})$/u.test(number.text) || pulledApart(number);
}

/** 3, 7, 1 times the digits, in turn, is a multiple of ten; all zeros is no number. */
function checkHolds(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) sum += ([3, 7, 1][i % 3] ?? 0) * (digits.charCodeAt(i) - 48);
  return sum > 0 && sum % 10 === 0;
}
