/** International bank account numbers (ISO 13616): a country's own length and form, check digits mod 97. */
import { getCountrySpecifications, isValidIBAN } from 'ibantools';

import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Normalised, Span } from '../normalised.ts';
import { bestOf } from './best-candidates.ts';
import { BoundedPattern } from './bounded-pattern.ts';
import { isWordUnit } from './long-row.ts';
import { endOf } from './masked.ts';

const specifications = getCountrySpecifications();
/** What people put between the characters; more than three between two is no longer one number. */
const between = ' .-_/';
const mostBetween = 3;
const beginning = new BoundedPattern(/(?<![\p{L}\p{N}_])[a-z][ .\-_/]{0,3}[a-z][ .\-_/]{0,3}\d[ .\-_/]{0,3}\d/gu);
const wordCharacter = /[\p{L}\p{N}_]/u;

export const iban: Detector = {
  id: must(parseDetectorId('iban')),
  says: 'a bank account number (IBAN)',
  contextWords: [
    ...['iban', 'account', 'bank', 'transfer', 'wire', 'bic', 'swift', 'beneficiary', 'sepa', 'payment'],
    ...['konto', 'kontonummer', 'bankverbindung', 'überweisung', 'ueberweisung', 'überweisen', 'empfänger'],
    ...['compte', 'virement', 'banque', 'rib', 'cuenta', 'banco', 'transferencia', 'beneficiario'],
  ],
  contends: true,
  digits: 2,
  mostDigits: 32,
  mayBeIn: ({ plain, digits }) => plain.folded.length >= 15 && digits.length > 0,
  find: ({ plain }) => bestOf(found(plain)),
};

function* found(plain: Normalised): Generator<Candidate> {
  const { folded } = plain;
  for (const match of folded.matchAll(beginning.in(plain))) {
    const [text] = match;
    const country = text.replaceAll(/[^a-z]/gu, '').toUpperCase();
    const length = specifications[country]?.chars;
    if (length === undefined || length === null) continue;
    const account = charactersFrom(folded, match.index, length);
    if (account === undefined || !isValidIBAN(account.value)) continue;
    yield { ...account, confidence: 0.85, checksum: 'holds', chance: 10, masked: endOf(account.value) };
  }
}

/** The next `length` letters and digits, upper case, unless the row breaks off or goes on. */
function charactersFrom(folded: string, start: number, length: number): { value: string; span: Span } | undefined {
  let value = '';
  let gap = 0;
  let end = start;
  while (value.length < length) {
    const character = folded.charAt(end);
    const counts = isWordUnit(folded.charCodeAt(end));
    if (!counts && (character === '' || !between.includes(character))) return undefined;
    gap = counts ? 0 : gap + 1;
    if (gap > mostBetween) return undefined;
    if (counts) value += character;
    end += 1;
  }
  if (wordCharacter.test(folded.charAt(end))) return undefined;
  return { value: value.toUpperCase(), span: { start, end } };
}
