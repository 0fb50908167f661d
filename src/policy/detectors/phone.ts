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
import { gluedAfter, gluedBefore } from './neighbours.ts';
import { tricksOf, type NumberSeen } from './number-seen.ts';
import { numbersIn } from './numbers-in.ts';

/** Parsing one costs 10 to 50 µs: a text is not searched for more different ones than these, and short ones for fewer. */
const mostParsed = 200;
const leastParsed = 20;
const charactersForEach = 100;
const least = 7;
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
  mayBeIn: (readings) => readings.digits.some((run) => run.digits.length >= least),
  find: (readings, country) => bestOf(found(readings, country)),
};

function* found(readings: Readings, country: string | undefined): Generator<Candidate> {
  const { folded } = readings.plain;
  const parsed = new Map<string, string | undefined>();
  const enough = Math.min(mostParsed, leastParsed + Math.floor(folded.length / charactersForEach));
  for (const number of numbersIn(readings, least, most)) {
    const plus = /\+\(?$/u.test(folded.slice(Math.max(0, number.span.start - 2), number.span.start));
    if (!mayBePhone(number, folded, plus)) continue;
    const key = `${plus ? '+' : String(isNorthAmerican(number))}${number.digits}`;
    if (!parsed.has(key)) {
      if (parsed.size >= enough) return;
      parsed.set(key, valueOf(number, plus, country));
    }
    const value = parsed.get(key);
    if (value === undefined) continue;
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

/** One of the numbers of a list, a date, or a stretch of a longer row. */
function isOfMany(number: NumberSeen): boolean {
  return goesOnDigitByDigit(number) || isListOrDate(number);
}

/** A stretch from the middle of a row of single digits: nobody knows where a number begins in it. */
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
  if (groups.length > 7 || separators.some((separator) => /[,_]|\.\s/u.test(separator))) return true;
  const inGroups = /^(?:4,2,2|2,2,4|1,2,4|2,1,4|1,1,4|4,1,1)(?:,|$)/u.test(groups.join(','));
  return inGroups && /^\d+[-/.]\d+[-/.]\d+/u.test(text);
}

/** E.164, or nothing. Without a country only the written form of North America (3-3-4) says where a number is read. */
function valueOf(number: NumberSeen, plus: boolean, country: string | undefined): string | undefined {
  const { digits } = number;
  const world = plus ? `+${digits}` : digits.startsWith('00') ? `+${digits.slice(2)}` : undefined;
  if (world !== undefined) return validNumber(world, undefined);
  if (country !== undefined) return validNumber(digits, country.toUpperCase());
  return isNorthAmerican(number) ? validNumber(digits, 'US') : undefined;
}

function validNumber(text: string, region: string | undefined): string | undefined {
  const options = region !== undefined && isSupportedCountry(region) ? { defaultCountry: region } : {};
  const number = parsePhoneNumberFromString(text, { ...options, extract: false });
  return number?.isValid() === true ? number.number : undefined;
}

function confidenceOf({ groups }: NumberSeen, plus: boolean): 0.5 | 0.4 | 0.2 {
  if (plus) return 0.5;
  return groups.length > 1 ? 0.4 : 0.2;
}
