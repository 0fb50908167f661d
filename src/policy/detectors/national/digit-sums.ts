/** The arithmetic of numbers of persons. */
import { daysOf } from '../calendar-dates.ts';

/** The digits from `from` to before `to`. */
export function numberAt(text: string, from: number, to: number): number {
  return Number(text.slice(from, to));
}

/** The first digits times the weights, summed. */
export function weighted(text: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += (text.charCodeAt(i) - 48) * (weights[i] ?? 0);
  return sum;
}

/** Born from 1800 on, whose numbers are still on record, to 2049: fixed, so that no clock is asked. */
const earliest = 1800;
const latest = 2049;

/** A day of the calendar on which somebody can have been born. */
export function isBirthday(year: number, month: number, day: number, from = earliest): boolean {
  return year >= from && year <= latest && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}
