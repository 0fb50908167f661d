/** A text with what was found in it put out of sight: the one walk behind desks' cards and what staff see of a customer's words. */
import type { KeptFinding } from '../../core/policy-entries.ts';

/** Where something was found in the text; a finding in another piece of the message is none of it. */
export type Found = Pick<KeptFinding, 'what' | 'start' | 'end' | 'masked' | 'by'>;

interface Hiding {
  /** What stands in place of a finding; undefined where it stays. */
  readonly shownAs: (found: Found) => string | undefined;
  /** What lies between findings. */
  readonly between: (text: string) => string;
}

export interface Hidden {
  readonly text: string;
  /** Where in it the first finding stands. */
  readonly first: number;
}

const HIDDEN = '••••';

/** `ends 1111` reads `•••• 1111` in the middle of a text. */
export function maskedAs(masked: string): string {
  const end = /^ends (\S{1,4})$/u.exec(masked)?.[1];
  if (end !== undefined) return `${HIDDEN} ${end}`;
  return masked === '' ? HIDDEN : masked;
}

/** What overlaps a hidden finding before it is behind the same mask. */
export function hide(text: string, findings: readonly Found[], { shownAs, between }: Hiding): Hidden {
  let shown = '';
  let at = 0;
  let first: number | undefined;
  for (const one of inOrder(text, findings)) {
    if (one.start >= at) {
      shown += between(text.slice(at, one.start));
      first ??= shown.length;
      at = one.start;
    }
    const mask = shownAs(one);
    if (mask === undefined || one.end <= at) continue;
    if (one.start >= at) shown += mask;
    at = one.end;
  }
  return { text: shown + between(text.slice(at)), first: first ?? 0 };
}

function inOrder(text: string, findings: readonly Found[]): readonly Found[] {
  return findings
    .filter(({ what, start, end }) => (what === 'body' || what === 'caption') && end <= text.length && start < end)
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
}
