/** Right, wrong and missed, and how sure the shares are. */
export interface Tally {
  found: number;
  wrong: number;
  missed: number;
}

export function noTally(): Tally {
  return { found: 0, wrong: 0, missed: 0 };
}

export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export function precision({ found, wrong }: Tally): Share {
  return wilson(found, found + wrong);
}

export function recall({ found, missed }: Tally): Share {
  return wilson(found, found + missed);
}

/** A share with its 95 % interval (E. B. Wilson, 1927): honest for few cases and for shares near 0 and 1. */
export function wilson(of: number, all: number): Share {
  if (all === 0) return { share: Number.NaN, low: 0, high: 1 };
  const z = 1.959964;
  const share = of / all;
  const middle = share + (z * z) / (2 * all);
  const half = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return { share, low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The same thing: what both cover is at least half of what either covers. */
export function isSame(a: Place, b: Place): boolean {
  const both = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return both * 2 >= Math.max(a.end, b.end) - Math.min(a.start, b.start);
}

/** Counts one text: each label is found by one finding at most; what fits no label is wrong. */
export function count(into: Tally, labels: readonly Place[], findings: readonly Place[]): void {
  const left = new Set(findings);
  for (const label of labels) {
    const hit = [...left].find((finding) => isSame(finding, label));
    if (hit === undefined) {
      into.missed += 1;
    } else {
      into.found += 1;
      left.delete(hit);
    }
  }
  into.wrong += left.size;
}
