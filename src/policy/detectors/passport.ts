/**
 * Passports: the machine-readable line with its check digits (ICAO 9303, part 4, 4.2.2), and numbers in the forms of
 * several countries, which are a hint until a word stands beside them.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Confidence } from '../rule.ts';
import { bestOf } from './best-candidates.ts';
import { endOf } from './masked.ts';
import { longestRun } from './numbers-in.ts';

/** Number, check, nation, birth, check, sex, expiry, check, and the rest. */
const machineReadable =
  /(?<![\p{L}\p{N}<])([a-z\d<]{9})(\d)([a-z<]{3})(\d{6})(\d)([mf<])(\d{6})(\d)(?=[a-z\d<]{0,16}(?![a-z\d<]))/gu;

/**
 * Each with the digits of its longest row.
 *
 * US 9 digits or a letter and 8 · GB 9 digits · DE, CH, AT, NL letters and digits · FR 12AB34567 · ES ABC123456 · IT, CA,
 * NL AB1234567 · IN A1234567 · CN E12345678 · AU A1234567 · JP, KR AB1234567.
 */
const forms: readonly (readonly [form: RegExp, confidence: Confidence, digits: number])[] = [
  [/(?<![\p{L}\p{N}_#+.-])[a-z]\d{7,8}(?![\p{L}\p{N}_-])/gu, 0.2, 7],
  [/(?<![\p{L}\p{N}_#+.-])[a-z]{2}\d{6,7}(?![\p{L}\p{N}_-])/gu, 0.2, 6],
  [/(?<![\p{L}\p{N}_#+.-])[a-z]{3}\d{6}(?![\p{L}\p{N}_-])/gu, 0.1, 6],
  [/(?<![\p{L}\p{N}_#+.-])\d{2}[a-z]{2}\d{5}(?![\p{L}\p{N}_-])/gu, 0.2, 5],
  [/(?<![\p{L}\p{N}_#+.-])[cfghjk](?=[a-z\d]*\d)[cfghjklmnprtvwxyz\d]{8}\d?(?![\p{L}\p{N}_-])/gu, 0.2, 2],
  [/(?<![\p{L}\p{N}_#+.-])\d{9}(?![\p{L}\p{N}_-]|[.,]\d)/gu, 0.05, 9],
];

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
    const { folded } = readings.plain;
    const longest = longestRun(readings);
    return bestOf([...readByMachine(folded, longest), ...inForm(folded, longest)]);
  },
};

function* readByMachine(folded: string, longest: number): Generator<Candidate> {
  if (longest < 6) return;
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

/** ICAO 9303, part 3, 4.9: letters are 10 to 35, `<` is 0, weights 7, 3, 1, modulo 10. */
function checkDigit(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    sum += (character === '<' ? 0 : Number.parseInt(character, 36)) * ([7, 3, 1][i % 3] ?? 0);
  }
  return String(sum % 10);
}

function* inForm(folded: string, longest: number): Generator<Candidate> {
  for (const [form, confidence, digits] of forms) {
    if (longest < digits) continue;
    for (const match of folded.matchAll(form)) {
      const value = match[0].toUpperCase();
      const span = { start: match.index, end: match.index + value.length };
      yield { span, value, confidence, checksum: 'none', masked: endOf(value) };
    }
  }
}
