/**
 * Where a pattern stands in a text. RE2 says quickly whether (its automaton) and slowly where (its other machine), so a long
 * text is asked in windows of 4 KiB, and only windows that have the pattern are searched. Windows overlap by 1 KiB: that is
 * the longest match that is sure to be found whole.
 *
 * Where a pattern's matches begin with known texts, those are looked for instead, and the pattern is tried at each of them.
 */
import type { Span } from '../normalised.ts';

export interface Located {
  readonly spans: readonly Span[];
  /** More windows or spans than are looked at: there may be more. */
  readonly cut: boolean;
}

export interface Findable {
  test(text: string): boolean;
  /** In order, from `from` on, which sees what stands before it; at most `most`. */
  find(text: string, from: number, most: number): readonly Span[];
  /** Absent where it isn't known what its matches begin with. */
  readonly begun?: Begun;
}

export interface Begun {
  /** Every match begins with one of them. */
  readonly beginnings: readonly string[];
  /** Each begins with one of them and goes on as far as that is known; of two matches at one place the one of the first is meant. */
  readonly openings: readonly string[];
  /** Of a text, the match that begins at `start`, within `most` units; `unsure` where it may go on behind them. */
  readonly trying: (text: string) => (start: number, most: number) => Span | 'unsure' | undefined;
}

const WINDOW = 4_096;
const OVERLAP = 1_024;
const MOST_WINDOWS = 50;
const MOST_SPANS = 200;
/** Trying a pattern at one place costs as much as searching some 64 units for it. */
const FEWEST_PLACES = 16;
const UNITS_FOR_EACH_PLACE = 64;

export function locate(text: string, pattern: Findable): Located {
  const { begun } = pattern;
  return (begun === undefined ? undefined : atBeginnings(text, begun)) ?? inWindows(text, pattern);
}

/** Undefined where there are too many, where a match may be longer than is looked at, or where there is none. */
function atBeginnings(text: string, { beginnings, trying }: Begun): Located | undefined {
  const places = placesOf(text, beginnings);
  if (places === undefined || places.length === 0) return undefined;
  const at = trying(text);
  const spans: Span[] = [];
  let from = 0;
  for (const place of places) {
    if (place < from) continue;
    const span = at(place, OVERLAP);
    if (span === 'unsure') return undefined;
    if (span === undefined) continue;
    if (spans.length === MOST_SPANS) return { spans, cut: true };
    spans.push(span);
    from = span.end;
  }
  return spans.length === 0 ? undefined : { spans, cut: false };
}

/** In order; undefined where there are too many. */
function placesOf(text: string, beginnings: readonly string[]): readonly number[] | undefined {
  const most = FEWEST_PLACES + text.length / UNITS_FOR_EACH_PLACE;
  const places: number[] = [];
  for (const beginning of beginnings) {
    for (let place = text.indexOf(beginning); place !== -1; place = text.indexOf(beginning, place + 1)) {
      if (places.push(place) > most) return undefined;
    }
  }
  return places.sort((a, b) => a - b);
}

function inWindows(text: string, pattern: Findable): Located {
  const spans: Span[] = [];
  const stride = WINDOW - OVERLAP;
  let searched = 0;
  // A span belongs to the window in whose first 3 KiB it begins, and begins where the one before it has ended.
  let from = 0;
  for (let window = 0; window < text.length; window += stride) {
    if (from >= window + stride || !pattern.test(text.slice(window, window + WINDOW))) continue;
    if (searched === MOST_WINDOWS) return { spans, cut: true };
    searched += 1;
    // One character more before it, so that a window's start isn't taken for the start of a text or of a word.
    const base = Math.max(0, window - 1);
    const isLast = window + stride >= text.length;
    const most = MOST_SPANS + 1 - spans.length;
    for (const { start, end } of pattern.find(text.slice(base, window + WINDOW), Math.max(from, window) - base, most)) {
      if (base + start >= window + stride && !isLast) break;
      spans.push({ start: base + start, end: base + end });
      from = base + end;
    }
    if (spans.length > MOST_SPANS) return { spans: spans.slice(0, MOST_SPANS), cut: true };
  }
  return { spans, cut: false };
}
