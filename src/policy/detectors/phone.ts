/**
 * Phone numbers, as libphonenumber knows them: with a plus anywhere in the world, without one in the country given.
 * There is no check digit: at most 0.5.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Readings } from '../normalised.ts';
import { bestOf } from './best-candidates.ts';
import { endOf } from './masked.ts';
import { gapKinds, type GroupedRun } from './grouped-run.ts';
import { gluedAfter, gluedBefore } from './neighbours.ts';
import { tricksOf, type NumberSeen } from './number-seen.ts';
import { longestRun, numbersIn, type Wanted } from './numbers-in.ts';
import { likelyNumber } from './phone-plans.ts';

/**
 * Parsing one costs 10 to 50 µs: of more different ones in a text than these, the numbering plans alone say whether they are
 * any. That takes 1 in 100 for a number that libphonenumber doesn't, and loses none.
 */
const mostParsed = 100;
const leastParsed = 5;
const charactersForEach = 500;
const least = 7;
/** In lists there are more. */
const mostGroups = 7;
/** ITU-T E.164. */
const most = 15;

export const phone: Detector = {
  id: must(parseDetectorId('phone')),
  says: 'a phone number',
  contextWords: [
    ...['phone', 'telephone', 'tel', 'mobile', 'cell', 'call', 'text', 'sms', 'whatsapp', 'signal', 'number', 'fax'],
    ...['telefon', 'handy', 'handynummer', 'mobil', 'anrufen', 'nummer', 'rufnummer', 'ruf'],
    ...['téléphone', 'portable', 'appelez', 'appelle', 'numéro', 'numero', 'teléfono', 'telefono', 'móvil', 'llama'],
  ],
  contends: true,
  digits: least,
  mostDigits: most,
  mayBeIn: (readings) => longestRun(readings) >= least,
  find: (readings, country) => bestOf(found(readings, country)),
};

function* found(readings: Readings, country: string | undefined): Generator<Candidate> {
  const { folded } = readings.plain;
  const parsed = new Map<string, string | undefined>();
  const asked = { left: Math.min(mostParsed, leastParsed + Math.floor(folded.length / charactersForEach)) };
  let sure = { start: 0, end: 0 };
  for (const number of numbersIn(readings, wanted)) {
    // A part of one with a plus isn't another one: nothing is surer.
    if (number.span.start > sure.start && number.span.start < sure.end) continue;
    const plus = isPlusBefore(folded, number.span.start);
    if (!mayBePhone(number, folded, plus)) continue;
    const key = `${plus ? '+' : String(isNorthAmerican(number))}${number.digits}`;
    if (!parsed.has(key)) parsed.set(key, valueOf(readAs(number, plus, country), asked));
    const value = parsed.get(key);
    if (value === undefined) continue;
    if (plus) sure = number.span;
    const confidence = confidenceOf(number, plus);
    yield { span: number.span, value, confidence, checksum: 'none', masked: endOf(value), ...tricksOf(number.run) };
  }
}

/** Numbers in lists are parted by commas and lines; one number has hardly more than seven groups and isn't a date. */
function mayBePhone(number: NumberSeen, folded: string, plus: boolean): boolean {
  if (isOfMany(number) || gluedBefore(number, folded) || gluedAfter(number, folded)) return false;
  const { left, right, span } = number;
  if (left === '' && counted.test(folded.slice(Math.max(0, span.start - 2), span.start))) return false;
  return (plus || left === '' || parts.test(left)) && (right === '' || parts.test(right));
}

const wanted: Wanted = {
  least,
  most,
  fromMiddle: ({ run }) => run.written === 'spelled',
  /** Words that are numbers are looked at one by one: what stands beside them may be none. */
  worth: (row, from, to) => row.run.written === 'spelled' || (isApart(row, from, to) && isOneNumber(row, from, to)),
};

/** Something that parts numbers stands on both sides of it, or a plus before it. */
function isApart({ kinds }: GroupedRun, from: number, to: number): boolean {
  const before = kinds[from - 1] ?? gapKinds.parts;
  const behind = kinds[to] ?? gapKinds.parts;
  return (before & (gapKinds.parts | gapKinds.plus)) !== 0 && (behind & gapKinds.parts) !== 0;
}

/** No list, no plus inside, no stretch from the middle of single digits: nobody knows where a number begins in those. */
function isOneNumber(row: GroupedRun, from: number, to: number): boolean {
  const { run, firsts, lasts, kinds } = row;
  const digits = (lasts[to] ?? 0) - (firsts[from] ?? 0) + 1;
  if (from > 0 && to < firsts.length - 1 && digits === to - from + 1) return false;
  const isInFigures = run.written === 'plain' || run.written === 'grouped';
  if (isInFigures && to - from >= mostGroups) return false;
  const never = isInFigures ? gapKinds.plus | gapKinds.lists : gapKinds.plus;
  return !hasGap(kinds.subarray(from, to), never);
}

function hasGap(kinds: Uint8Array, never: number): boolean {
  for (const kind of kinds) if ((kind & never) !== 0) return true;
  return false;
}

function isPlusBefore(folded: string, start: number): boolean {
  const before = folded.charAt(start - 1);
  return before === '+' || (before === '(' && folded.charAt(start - 2) === '+');
}

/** One of the numbers of a list, a date, or a stretch of a longer row. */
function isOfMany(number: NumberSeen): boolean {
  return goesOnDigitByDigit(number) || isListOrDate(number);
}

/** As `wanted` has it, but where a word that is a number stands beside it: that is no part of a row in figures. */
function goesOnDigitByDigit({ left, right, pieces, digits }: NumberSeen): boolean {
  return pieces === digits.length && left !== '' && right !== '';
}

function isNorthAmerican({ groups, pieces }: NumberSeen): boolean {
  return pieces === 3 && groups.join(',') === '3,3,4';
}

/** Between a phone number and the next thing. */
const parts = /[\s,;]/u;
const counted = /[#$€£¥]\s?$/u;

function isListOrDate({ groups, separators, text, run }: NumberSeen): boolean {
  if (run.written !== 'plain' && run.written !== 'grouped') return false;
  if (groups.length > mostGroups || separators.some((separator) => /[,_]|\.\s/u.test(separator))) return true;
  const inGroups = /^(?:4,2,2|2,2,4|1,2,4|2,1,4|1,1,4|4,1,1)(?:,|$)/u.test(groups.join(','));
  return inGroups && /^\d+[-/.]\d+[-/.]\d+/u.test(text);
}

/** What is handed to libphonenumber: with a plus, or in a country. */
interface Read {
  readonly digits: string;
  readonly region: string | undefined;
}

/** Without a country only the written form of North America (3-3-4) says where a number is read. */
function readAs(number: NumberSeen, plus: boolean, country: string | undefined): Read | undefined {
  const { digits } = number;
  if (plus) return { digits, region: undefined };
  if (digits.startsWith('00')) return { digits: digits.slice(2), region: undefined };
  const region = country?.toUpperCase() ?? (isNorthAmerican(number) ? 'US' : undefined);
  return region === undefined || !isSupportedCountry(region) ? undefined : { digits, region };
}

/** E.164, or nothing. */
function valueOf(read: Read | undefined, asked: { left: number }): string | undefined {
  const likely = read === undefined ? undefined : likelyNumber(read.digits, read.region);
  if (read === undefined || likely === undefined || asked.left === 0) return likely;
  asked.left -= 1;
  const { digits, region } = read;
  const options = region !== undefined && isSupportedCountry(region) ? { defaultCountry: region } : {};
  const number = parsePhoneNumberFromString(region === undefined ? `+${digits}` : digits, {
    ...options,
    extract: false,
  });
  return number?.isValid() === true ? number.number : undefined;
}

function confidenceOf({ groups }: NumberSeen, plus: boolean): 0.5 | 0.4 | 0.2 {
  if (plus) return 0.5;
  return groups.length > 1 ? 0.4 : 0.2;
}
