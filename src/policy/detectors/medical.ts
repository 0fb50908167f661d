/**
 * Numbers of patients and of those who treat them. One in ten random numbers passes each of the check digits, and the
 * British NHS number is written as North American phone numbers are: a word has to stand beside any of them.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Normalised, Readings } from '../normalised.ts';
import { bestOf } from './best-candidates.ts';
import { BoundedPattern } from './bounded-pattern.ts';
import { luhnHolds } from './luhn.ts';
import { endOf } from './masked.ts';
import { pulledApart } from './neighbours.ts';
import { tricksOf } from './number-seen.ts';
import { longestRun, numbersAlone } from './numbers-in.ts';

const tenDigits = 10;
/** Of a Medicare number. */
const fewestDigits = 2;
/** With hyphens it is a phone number. */
const nhsForm = /^\d{3} \d{3} \d{4}$/u;
/** DEA number: type of registrant, first letter of the name or 9, six digits and a check digit (21 CFR 1301). */
const dea = new BoundedPattern(/(?<![\p{L}\p{N}_-])[abcdefghjklmprstux][a-z9]\d{7}(?![\p{L}\p{N}_-])/gu);
/** Krankenversichertennummer, the part that stays with a person (§ 290 SGB V): a letter, eight digits, a check digit. */
const kvnr = new BoundedPattern(/(?<![\p{L}\p{N}_-])[a-z]\d{9}(?![\p{L}\p{N}_-])/gu);
/** Medicare Beneficiary Identifier (CMS, "Understanding the MBI format"): no S, L, O, I, B, Z; hyphens are for reading. */
const mbi = new BoundedPattern(
  /(?<![\p{L}\p{N}_-])[1-9][ac-hj-kmnp-rt-y][ac-hj-kmnp-rt-y\d]\d-?[ac-hj-kmnp-rt-y][ac-hj-kmnp-rt-y\d]\d-?[ac-hj-kmnp-rt-y]{2}\d{2}(?![\p{L}\p{N}_-])/gu,
);

export const medical: Detector = {
  id: must(parseDetectorId('medical')),
  says: 'a medical number',
  contextWords: [
    ...['npi', 'nhs', 'dea', 'mbi', 'medicare', 'patient', 'provider', 'prescriber', 'physician'],
    ...['krankenkasse', 'krankenversicherung', 'versichertennummer', 'kvnr', 'gesundheitskarte', 'versicherten'],
  ],
  contends: true,
  digits: fewestDigits,
  mostDigits: tenDigits,
  mayBeIn: (readings) => longestRun(readings) >= fewestDigits,
  find: (readings) => bestOf([...ofDigits(readings), ...ofLetters(readings)]),
};

function* ofDigits(readings: Readings): Generator<Candidate> {
  for (const number of numbersAlone(readings, tenDigits)) {
    const { digits, groups, run, span, text } = number;
    const inOnePiece = groups.length === 1 || pulledApart(number);
    if (!(inOnePiece && isNpi(digits)) && !((inOnePiece || nhsForm.test(text)) && isNhs(digits))) continue;
    yield {
      span,
      value: digits,
      confidence: 0.5,
      checksum: 'holds',
      chance: 90,
      masked: endOf(digits),
      ...tricksOf(run),
    };
  }
}

/** CMS, "Requirements for National Provider Identifier": begins with 1 or 2, check digit with 80840 before it. */
function isNpi(digits: string): boolean {
  return /^[12]\d{9}$/u.test(digits) && luhnHolds(`80840${digits}`);
}

/** NHS Data Dictionary, "NHS number": weights 10 to 2, modulo 11; 11 counts as 0, 10 is never given out. */
function isNhs(digits: string): boolean {
  if (!/^\d{10}$/u.test(digits) || /^(.)\1*$/u.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < 9; i += 1) sum += (10 - i) * (digits.charCodeAt(i) - 48);
  return (11 - (sum % 11)) % 11 === digits.charCodeAt(9) - 48;
}

function* ofLetters(readings: Readings): Generator<Candidate> {
  const { plain } = readings;
  const longest = longestRun(readings);
  if (longest >= 7) for (const match of all(dea, plain)) if (isDea(match[0])) yield candidate(match, 'holds');
  if (longest >= 9) for (const match of all(kvnr, plain)) if (isKvnr(match[0])) yield candidate(match, 'holds');
  for (const match of all(mbi, plain)) yield candidate(match, 'none');
}

function all(pattern: BoundedPattern, plain: Normalised): Iterable<RegExpExecArray> {
  return plain.folded.matchAll(pattern.in(plain));
}

function isDea(text: string): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, check] = Array.from(text.slice(2), Number);
  return (a + c + e + 2 * (b + d + f)) % 10 === check;
}

/** The letter counts as two digits (A is 01); every second digit doubled, their own digits summed (§ 290 SGB V, annex 1). */
function isKvnr(text: string): boolean {
  const digits = `${String(text.charCodeAt(0) - 96).padStart(2, '0')}${text.slice(1, 9)}`;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const product = (digits.charCodeAt(i) - 48) * ((i % 2) + 1);
    sum += product - (product > 9 ? 9 : 0);
  }
  return sum % 10 === text.charCodeAt(9) - 48;
}

function candidate(match: RegExpExecArray, checksum: Candidate['checksum']): Candidate {
  const value = match[0].replaceAll('-', '').toUpperCase();
  const span = { start: match.index, end: match.index + match[0].length };
  const chance = checksum === 'holds' ? 100 : 1_000;
  return { span, value, confidence: checksum === 'holds' ? 0.5 : 0.4, checksum, chance, masked: endOf(value) };
}
