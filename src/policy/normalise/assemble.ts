/** What a sender wrote over several messages, read as one: "4111", "1111", "1111", "1111". */
import type { Position } from '../../core/ids.ts';
import type { Readings, Span } from '../normalised.ts';
import type { PartBefore } from '../verdict.ts';
import { readingsOf } from './readings.ts';

export interface Earlier {
  readonly of: Position;
  readonly text: string;
}

export interface Assembled {
  readonly readings: Readings;
  /** What of a range of the assembled original is in the newest message, by its own offsets, and over which others it goes. */
  partsOf(original: Span): { readonly newest: Span | undefined; readonly before: readonly PartBefore[] };
}

const mostBefore = 5;
/** Of each earlier message, its end: what goes on in the next one stands there. */
const mostOfEach = 4096;
const fewWords = 8;

/**
 * The messages before (newest first, as in `MessageContext`) and the newest, oldest first with a space between them.
 * Undefined where nothing in the newest can be a part of anything: no two digits, and more words than an unfinished phrase.
 */
export function assemble(newest: string, alone: Readings, before: readonly Earlier[]): Assembled | undefined {
  if (before.length === 0 || !isPart(alone)) return undefined;
  const earlier = before.slice(0, mostBefore).reverse();
  const starts: { readonly of: Position; readonly start: number; readonly end: number }[] = [];
  let text = '';
  for (const { of, text: whole } of earlier) {
    const part = whole.slice(-mostOfEach).toWellFormed();
    starts.push({ of, start: text.length, end: text.length + part.length });
    text += `${part} `;
  }
  const from = text.length;
  const readings = readingsOf(text + newest.slice(0, mostOfEach));
  return {
    readings: withJoints(readings, [...starts.map(({ end }) => end)]),
    partsOf: (span) => ({
      newest: span.end > from ? { start: Math.max(0, span.start - from), end: span.end - from } : undefined,
      before: starts.flatMap(({ of, start, end }) => {
        const [from, to] = [Math.max(span.start, start), Math.min(span.end, end)];
        return from < to ? [{ of, fromEnd: end - from, length: to - from }] : [];
      }),
    }),
  };
}

function isPart({ plain, digits }: Readings): boolean {
  return digits.length > 0 || /[0-9]/.test(plain.folded) || plain.folded.split(' ', fewWords + 1).length <= fewWords;
}

/** A number that goes on in another message says so. */
function withJoints(readings: Readings, joints: readonly number[]): Readings {
  const at = (index: number): number => readings.plain.at?.[index] ?? index;
  const digits = readings.digits.map((run) =>
    joints.some((joint) => at(run.start) < joint && at(run.end) > joint)
      ? { ...run, written: 'assembled' as const }
      : run,
  );
  return { ...readings, digits };
}
