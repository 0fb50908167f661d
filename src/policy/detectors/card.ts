/**
 * Payment cards: 13 to 19 digits, check digit (ISO/IEC 7812-1) and a network's own prefix and length. A random number
 * of 16 digits passes the check digit in 1 of 10 cases, prefix and length besides in 1 of 40.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Normalised, Readings } from '../normalised.ts';
import type { Confidence } from '../rule.ts';
import { bestOf } from './best-candidates.ts';
import { isOfNetwork, lengthsOfNetworks } from './card-networks.ts';
import { luhnHolds, luhnHoldsIn } from './luhn.ts';
import { endOf } from './masked.ts';
import { evenlyWritten, gluedAfter, gluedBefore, isSomethingElse, pulledApart, standsAlone } from './neighbours.ts';
import { tricksOf, type NumberSeen } from './number-seen.ts';
import { longestRun, numbersIn, type Wanted } from './numbers-in.ts';
import { besideOf } from './set-apart.ts';

const least = 13;
const most = 19;
/** As cards are printed: 4-4-4-4, American Express 4-6-5, Diners 4-6-4, 19 digits 4-4-4-4-3 or 6-13, Maestro 4-4-5. */
const printed = new Set(['4,4,4,4', '4,6,5', '4,6,4', '4,4,4,4,3', '6,13', '4,4,5', '4,4,4,1', '8,8']);
const leastPrinted = 3;
const mostPrinted = 5;

export const card: Detector = {
  id: must(parseDetectorId('card')),
  says: 'a payment card number',
  contextWords: [
    ...['card', 'cards', 'credit', 'debit', 'visa', 'mastercard', 'amex', 'maestro', 'discover', 'diners', 'jcb'],
    ...['cc', 'cvv', 'cvc', 'expiry', 'expires', 'exp', 'pan', 'payment', 'pay', 'charge'],
    ...['karte', 'kartennummer', 'kreditkarte', 'kreditkartennummer', 'zahlung', 'ablaufdatum', 'gültig'],
    ...[
      'carte',
      'bancaire',
      'bleue',
      'paiement',
      'tarjeta',
      'crédito',
      'credito',
      'débito',
      'debito',
      'pago',
      'caduca',
    ],
  ],
  contends: true,
  digits: least,
  mostDigits: most,
  mayBeIn: (readings) => longestRun(readings) >= least,
  find: (readings) => bestOf(found(readings)),
};

function* found(readings: Readings): Generator<Candidate> {
  for (const number of numbersIn(readings, wanted)) {
    if (isFiller(number.digits)) continue;
    const confidence = confidenceOf(number, readings.plain);
    if (confidence === undefined) continue;
    yield {
      span: number.span,
      value: number.digits,
      confidence,
      checksum: 'holds',
      chance: 25,
      masked: endOf(number.digits),
      ...tricksOf(number.run),
    };
  }
}

const wanted: Wanted = {
  least,
  most,
  lengths: lengthsOfNetworks,
  worth({ run: { digits }, firsts, lasts }, from, to) {
    const first = firsts[from] ?? 0;
    const last = lasts[to] ?? first;
    return luhnHoldsIn(digits, first, last) && isOfNetwork(digits, first, last - first + 1);
  },
};

/** One digit throughout, or zeros where the number should be. */
function isFiller(digits: string): boolean {
  return digits.endsWith('00000000') || /^(.)\1*$/u.test(digits);
}

/** The digits that may follow a card's own: month and year, the security code. */
const codesBehind = 8;

function confidenceOf(number: NumberSeen, plain: Normalised): Confidence | undefined {
  const { folded } = plain;
  if (gluedAfter(number, folded) || isPartOfAccount(number, folded) || isAmountOrPhone(number, folded))
    return undefined;
  if (!asPeopleWrite(number)) return inUnusualGroups(number, folded);
  if (gluedBefore(number, folded)) return 0.5;
  if (standsAlone(number, folded)) return 0.85;
  return isSetApart(number, plain) ? 0.85 : 0.5;
}

/** Beside it there is nothing, its codes, another card, or what is plainly no part of it. */
function isSetApart(number: NumberSeen, plain: Normalised): boolean {
  const { before, behind, partedBefore, partedBehind } = besideOf(number, plain);
  const { left, pieces, groups } = number;
  const { length } = number.digits;
  const isPrinted = pieces >= leastPrinted && printed.has(groups.join(','));
  if (left !== '' && !(isPrinted && (partedBefore || isCard(before.slice(-length))))) return false;
  return behind.length <= codesBehind || (isPrinted && (partedBehind || isCard(behind.slice(0, length))));
}

function isCard(digits: string): boolean {
  return digits.length >= least && luhnHolds(digits) && lengthsOfNetworks(digits, 0) !== 0 && !isFiller(digits);
}

/** In one piece, in groups as on the card, or digit by digit from the first to the last of its run. */
function asPeopleWrite(number: NumberSeen): boolean {
  const { pieces, digits, run } = number;
  if (pieces === 1 || (pieces <= mostPrinted && printed.has(number.groups.join(',')))) return true;
  if (pulledApart(number)) return run.digits.length - digits.length <= codesBehind;
  return evenlyWritten(number) && new Set(number.groups.slice(0, -1)).size === 1;
}

/** Columns of figures are full of such; with separators mixed it has to be all of its run. */
function inUnusualGroups(number: NumberSeen, folded: string): Confidence | undefined {
  if (evenlyWritten(number)) return 0.5;
  return number.left === '' && number.right === '' && standsAlone(number, folded) ? 0.3 : undefined;
}

/** A stretch of an IBAN's digits: two letters and two digits stand before it. */
function isPartOfAccount({ run, left }: NumberSeen, folded: string): boolean {
  return left !== '' && /(?:^|[^\p{L}])[a-z]{2}$/u.test(folded.slice(Math.max(0, run.start - 3), run.start));
}

function isAmountOrPhone(number: NumberSeen, folded: string): boolean {
  return number.left === '' && number.digits.length < 15 && isSomethingElse(number, folded);
}
