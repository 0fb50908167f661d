/**
 * Social security and individual taxpayer numbers of the United States. There is no check digit (89 of 100 random
 * numbers could be a social security number): what counts is the form, 3-2-4, and the words beside it.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Readings } from '../normalised.ts';
import type { Confidence } from '../rule.ts';
import { bestOf } from './best-candidates.ts';
import { endOf } from './masked.ts';
import { evenlyWritten, pulledApart } from './neighbours.ts';
import { tricksOf, type NumberSeen } from './number-seen.ts';
import { longestRun, numbersAlone } from './numbers-in.ts';

const length = 9;
const contextWords = ['social', 'security', 'ssn', 'ssns', 'ss', 'tax', 'taxpayer', 'tin', 'itin', 'irs', 'w9', 'w-9'];

/** SSA, "Social Security Number Randomization": area 001-899 but 666, group 01-99, serial 0001-9999. */
export const ssnUs: Detector = {
  id: must(parseDetectorId('ssn-us')),
  says: 'a US social security number',
  contextWords,
  contends: true,
  digits: length,
  mostDigits: length,
  mayBeIn: longEnough,
  find: (readings) => bestOf(found(readings, /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/u)),
};

/** IRS publication 4757: 9xx, then 50-65, 70-88, 90-92 or 94-99. */
export const itinUs: Detector = {
  id: must(parseDetectorId('itin-us')),
  says: 'a US taxpayer number (ITIN)',
  contextWords,
  contends: true,
  digits: length,
  mostDigits: length,
  mayBeIn: longEnough,
  find: (readings) => bestOf([...found(readings, /^9\d{2}(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}$/u)]),
};

function longEnough(readings: Readings): boolean {
  return longestRun(readings) >= length;
}

function* found(readings: Readings, allowed: RegExp): Generator<Candidate> {
  for (const number of numbersAlone(readings, length)) {
    const { digits, run, span } = number;
    if (!allowed.test(digits) || isMadeUp(digits)) continue;
    const confidence = confidenceOf(number);
    if (confidence === undefined) continue;
    yield { span, value: digits, confidence, checksum: 'none', masked: endOf(digits), ...tricksOf(run) };
  }
}

/** Fillers in forms: 111-11-1111, 123-45-6789. */
function isMadeUp(digits: string): boolean {
  return /^(.)\1*$/u.test(digits) || digits === '123456789' || digits === '987654321';
}

function confidenceOf(number: NumberSeen): Confidence | undefined {
  const { groups } = number;
  if (groups.length === 1) return 0.05;
  if (groups.join(',') === '3,2,4') return evenlyWritten(number) ? 0.5 : undefined;
  return pulledApart(number) ? 0.3 : undefined;
}
