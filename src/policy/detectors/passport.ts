/**
 * Passports: the machine-readable line with its check digits (ICAO 9303, part 4, 4.2.2), and numbers in the forms of
 * several countries, which are a hint until a word stands beside them.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Confidence } from '../rule.ts';
import type { Normalised, Span } from '../normalised.ts';
import { bestOf } from './best-candidates.ts';
import { BoundedPattern } from './bounded-pattern.ts';
import { hasLongRow, isWordUnit } from './long-row.ts';
import { endOf } from './masked.ts';
import { longestRun } from './numbers-in.ts';

/** Number, check, nation, birth, check, sex, expiry, check, and the rest. */
const machineReadable =
  /(?<![\p{L}\p{N}<])([a-z\d<]{9})(\d)([a-z<]{3})(\d{6})(\d)([mf<])(\d{6})(\d)(?=[a-z\d<]{0,16}(?![a-z\d<]))/gu;

/**
 * US 9 digits or a letter and 8 · GB 9 digits · DE, CH, AT, NL letters and digits · FR 12AB34567 · ES ABC123456 · IT, CA,
 * NL AB1234567 · IN A1234567 · CN E12345678 · AU A1234567 · JP, KR AB1234567.
 */
const forms: readonly (readonly [form: RegExp, confidence: Confidence])[] = [
  [/^[a-z]\d{7,8}$/u, 0.2],
  [/^[a-z]{2}\d{6,7}$/u, 0.2],
  [/^[a-z]{3}\d{6}$/u, 0.1],
  [/^\d{2}[a-z]{2}\d{5}$/u, 0.2],
  [/^[cfghjk](?=[a-z\d]*\d)[cfghjklmnprtvwxyz\d]{8}\d?$/u, 0.2],
  [/^\d{9}$/u, 0.05],
];
/** All of them are one word of 8 to 10 letters and digits. */
const words = new BoundedPattern(/(?<![\p{L}\p{N}_#+.-])[a-z\d]{8,10}(?![\p{L}\p{N}_-])/gu);
const lineLength = 28;

const fewestDigits = 2;

export const passport: Detector = {
  id: must(parseDetectorId('passport')),
  says: 'a passport number',
  contextWords: [
    ...['passport', 'passports', 'travel document', 'mrz', 'reisepass', 'reisepassnummer', 'passnummer', 'pass'],
    ...['passeport', 'pasaporte', 'passaporto', 'paspoort', 'paszport', 'visa'],
  ],
  digits: fewestDigits,
  mayBeIn: (readings) => longestRun(readings) >= fewestDigits,
  find: (readings) => {
    const { plain } = readings;
    return bestOf([...readByMachine(plain.folded, longestRun(readings)), ...inForm(plain)]);
  },
};

function* readByMachine(folded: string, longest: number): Generator<Candidate> {
  if (longest < 6 || !hasLongRow(folded, lineLength, isOfLine)) return;
  for (const match of folded.matchAll(machineReadable)) {
    const [text, number = '', check, , birth = '', birthCheck, , expiry = '', expiryCheck] = match;
    const holds =
      checkDigit(number) === check && checkDigit(birth) === birthCheck && checkDigit(expiry) === expiryCheck;
    if (!holds) continue;
    const value = number.replaceAll('<', '').toUpperCase();
    const span = { start: match.index, end: match.index + text.length };
    yield { span, value, confidence: 0.85, checksum: 'holds', masked: endOf(value) };
  }
}

function isOfLine(unit: number): boolean {
  return unit === 0x3c || isWordUnit(unit);
}

/** ICAO 9303, part 3, 4.9: letters are 10 to 35, `<` is 0, weights 7, 3, 1, modulo 10. */
function checkDigit(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    sum += (character === '<' ? 0 : Number.parseInt(character, 36)) * ([7, 3, 1][i % 3] ?? 0);
  }
  return String(sum % 10);
}

function* inForm(plain: Normalised): Generator<Candidate> {
  const { folded } = plain;
  for (const { 0: word, index: start } of folded.matchAll(words.in(plain))) {
    if (!/\d/u.test(word)) continue;
    const span = { start, end: start + word.length };
    for (const [form, confidence] of forms) {
      if (!form.test(word) || goesOn(folded, span)) continue;
      const value = word.toUpperCase();
      yield { span, value, confidence, checksum: 'none', masked: endOf(value) };
    }
  }
}

/** Digits alone are a part of a sum or of a longer number where more of them follow a full stop or a comma. */
function goesOn(folded: string, { start, end }: Span): boolean {
  return /^[.,]\d/u.test(folded.slice(end, end + 2)) && !/[a-z]/u.test(folded.slice(start, end));
}
