/** Numbers in options and arguments. */
import { InvalidArgumentError } from 'commander';

/** A parser for commander: a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`write a whole number from ${String(least)} to ${String(most)}.`);
  };
}
