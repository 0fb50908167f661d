/**
 * Numbers that a state gives to a person. What a check digit is worth depends on how many random numbers pass it, so a
 * bare row of digits is believed only where hardly any does; with the form in which its people write it, or with a word
 * beside it (which the engine adds), it is believed too.
 *
 * Nothing here depends on the time: numbers with a day of birth are read by `dated-numbers`. Three that `stdnum` reads
 * (Austria, South Africa, Mexico) have two digits for a year between 1920 and 2019, which lies in the past of any clock.
 */
import { must, parseDetectorId } from '../../../core/ids.ts';
import type { Candidate, Detector } from '../../detector.ts';
import type { Normalised, Readings, Trick } from '../../normalised.ts';
import type { Confidence } from '../../rule.ts';
import { bestOf } from '../best-candidates.ts';
import { withoutStack } from './without-stack.ts';
import { endOf } from '../masked.ts';
import { evenlyWritten, pulledApart } from '../neighbours.ts';
import type { BoundedPattern } from '../bounded-pattern.ts';
import { tricksOf, type NumberSeen } from '../number-seen.ts';
import { longestRun, numbersAlone } from '../numbers-in.ts';
import { mostDigitsOf, whole, type Lettered } from './lettered.ts';
import type { DigitsKind, LettersKind, Nation, NumberKind } from './number-kind.ts';

/** Two in a thousand: what random numbers may pass and a bare one still be believed without a word beside it. */
const rare = 2;

/** @param lettered knows the letters of all nations' kinds */
export function nationalId(nation: Nation, lettered: Lettered): Detector {
  const least = Math.min(...nation.kinds.map(digitsOf));
  const kinds = nation.kinds.map((kind) =>
    kind.is === 'digits' ? kind : { ...kind, whole: whole(kind.pattern), lettered },
  );
  return {
    id: must(parseDetectorId(`id-${nation.country}`)),
    says: nation.says,
    contextWords: nation.contextWords,
    contends: true,
    digits: least,
    mostDigits: Math.max(...nation.kinds.map(mostDigits)),
    mayBeIn: (readings) => longestRun(readings) >= least,
    find: (readings) => {
      const longest = longestRun(readings);
      return bestOf(kinds.flatMap((kind) => (digitsOf(kind) > longest ? [] : [...candidatesOf(kind, readings)])));
    },
  };
}

/** The fewest that it has in a row. */
function digitsOf(kind: NumberKind): number {
  return kind.is === 'digits' ? Math.min(...kind.lengths) : kind.digits;
}

function mostDigits(kind: NumberKind): number {
  return kind.is === 'digits' ? Math.max(...kind.lengths) : mostDigitsOf(kind.pattern);
}

interface WholeLetters extends LettersKind {
  readonly whole: BoundedPattern;
  readonly lettered: Lettered;
}

function candidatesOf(kind: DigitsKind | WholeLetters, readings: Readings): Iterable<Candidate> {
  if (kind.is === 'digits') return amongDigits(kind, readings);
  return kind.lettered.mayBeIn(readings) ? amongLetters(kind, readings.plain) : [];
}

function* amongDigits(kind: DigitsKind, readings: Readings): Generator<Candidate> {
  for (const length of kind.lengths) {
    for (const number of numbersAlone(readings, length)) {
      const confidence = confidenceOf(kind, number);
      if (confidence === undefined) continue;
      const value = valid(kind, number.digits);
      if (value !== undefined) yield candidate(kind, number, value, { confidence, ...tricksOf(number.run) });
    }
  }
}

/** Nothing where the writing is that of something else: a date, a list, a phone number. */
function confidenceOf(kind: DigitsKind, number: NumberSeen): Confidence | undefined {
  if (kind.form?.test(number.text) === true) return 0.85;
  if (kind.often?.test(number.text) === true) return 0.5;
  if (number.groups.length === 1) return looksLikeDate(number.digits) ? undefined : bare(kind, number);
  return inUnusualGroups(kind, number);
}

function inUnusualGroups({ passes }: DigitsKind, number: NumberSeen): Confidence | undefined {
  if (pulledApart(number)) return passes > 10 ? 0.3 : 0.5;
  if (!evenlyWritten(number)) return undefined;
  if (passes <= rare) return 0.5;
  return passes <= 10 ? 0.3 : undefined;
}

function bare(kind: DigitsKind, { text }: NumberSeen): Confidence {
  if (!/^\d+$/u.test(text)) return 0.3;
  return kind.passes <= rare ? 0.85 : 0.5;
}

/** 20261123, 20261123093000: the names of files and of backups. */
function looksLikeDate(digits: string): boolean {
  return [8, 12, 14].includes(digits.length) && /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/u.test(digits);
}

function* amongLetters(kind: WholeLetters, plain: Normalised): Generator<Candidate> {
  for (const match of plain.folded.matchAll(kind.whole.in(plain))) {
    const [text] = match;
    const value = valid(kind, text.replaceAll('.', '').toUpperCase());
    const span = { start: match.index, end: match.index + text.length };
    const confidence = kind.confidence ?? 0.85;
    if (value !== undefined) yield candidate(kind, { span }, value, { confidence });
  }
}

function valid(kind: NumberKind, text: string): string | undefined {
  if (/^(.)\1*$/u.test(text)) return undefined;
  const answer = withoutStack(() => kind.validate(text));
  return answer.isValid ? answer.compact : undefined;
}

function candidate(
  kind: NumberKind,
  { span }: Pick<Candidate, 'span'>,
  value: string,
  more: { readonly confidence: Confidence; readonly tricks?: readonly Trick[] },
): Candidate {
  const checksum = kind.noCheckDigit === true ? 'none' : 'holds';
  return { span, value, checksum, masked: endOf(value), chance: kind.passes, ...more };
}
