/** One line of the report. */
import { spread, type Spread } from './figures.ts';

export interface Line {
  readonly name: string;
  readonly value: Spread;
  /** `x` for a ratio. */
  readonly unit: 'x' | 'ms' | 's' | 'MB' | 'B' | '';
  /** As DESIGN 18 has it: `>= 0.40`; absent for a figure without one. */
  readonly target?: string;
  /** What was compared with what. */
  readonly what: string;
}

export interface BenchOptions {
  /** Entries for the memory bench. */
  readonly entries: number;
  /** Of the database that the start bench opens. */
  readonly bytes: number;
  /** That an outage keeps waiting. */
  readonly events: number;
  /** On the record of a year. */
  readonly records: number;
}

export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<readonly Line[]>;
}

export function line(name: string, values: readonly number[], more: Omit<Line, 'name' | 'value'>): Line {
  return { name, value: spread(values), ...more };
}

export function written({ name, value, unit, target, what }: Line): string {
  const form = (n: number): string => (Math.abs(n) >= 100 ? n.toFixed(0) : n.toFixed(Math.abs(n) >= 10 ? 1 : 3));
  const figure = `${form(value.median)}${unit === 'x' || unit === '' ? '' : ` ${unit}`}`;
  const range = `${form(value.min)}–${form(value.max)}`;
  const wanted = target === undefined ? '' : `${target} ${isMet(value.median, target) ? 'met' : 'unmet'}`;
  return [name.padEnd(34), figure.padStart(10), range.padEnd(16), wanted.padEnd(WANTED_WIDTH), what].join('  ');
}

/** Characters that a target with its answer takes. */
export const WANTED_WIDTH = 16;

/** By the median. */
function isMet(value: number, target: string): boolean {
  const wanted = Number(target.slice(2));
  return target.startsWith('>=') ? value >= wanted : value <= wanted;
}
