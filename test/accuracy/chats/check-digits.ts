/** Check digits, written from their definitions and apart from the libraries that the detectors use. */
import type { SeededRandom } from '../../crash/seeded-random.ts';

/** `count` random digits. */
export function digits(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => whole(random, 0, 9)).join('');
}

/** From `from` to `to`, both included. */
export function whole(random: SeededRandom, from: number, to: number): number {
  return Math.floor(random.between(from, to + 1));
}

/** Sum of the digits times their weights; weights repeat. */
export function weighted(text: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [at, digit] of Array.from(text).entries()) sum += Number(digit) * (weights[at % weights.length] ?? 0);
  return sum;
}

/** The digit that ISO/IEC 7812-1 (Luhn) puts behind `text`. */
export function luhnDigit(text: string): string {
  let sum = 0;
  for (const [at, digit] of Array.from(text).reverse().entries()) {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/** ISO/IEC 7064 MOD 11,10: Germany's tax number, Croatia's OIB. */
export function mod1110Digit(text: string): string {
  let product = 10;
  for (const digit of text) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

/** Remainder of a long decimal number; letters count 10 to 35 (ISO 13616). */
export function remainder(text: string, by: number): number {
  let rest = 0;
  for (const character of text) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % by;
  }
  return rest;
}

/** IBAN of a country and its account part (ISO 13616). */
export function ibanOf(country: string, account: string): string {
  const check = 98 - remainder(`${account}${country}00`, 97);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}

const turned = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
const permuted = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

function permute(digit: number, times: number): number {
  let now = digit;
  for (let time = 0; time < times; time += 1) now = permuted[now] ?? 0;
  return now;
}

/** Verhoeff's digit (1969): India's Aadhaar. */
export function verhoeffDigit(text: string): string {
  let state = 0;
  for (const [at, digit] of Array.from(text).reverse().entries()) {
    state = turned[state]?.[permute(Number(digit), (at + 1) % 8)] ?? 0;
  }
  return String((turned[state] ?? []).indexOf(0));
}
