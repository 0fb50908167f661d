/**
 * A judged text as a desk shows it: what was found is masked where it stands, and so is every other long number, whether
 * or not a rule looks for it.
 */
import type { KeptFinding, KeptHit } from '../../core/policy-entries.ts';
import { cut, oneLine } from '../quote.ts';

/** Of a card's text, in characters. */
const SNIPPET = 120;
/** Of them before what was found. */
const LEAD = 32;
const HIDDEN = '••••';
/** Shorter ones are prices, times, years. */
const LONG_NUMBER = /\d(?:[ .\-/()\u2010-\u2015\u00a0]{0,2}\d){8,}/gu;

type Found = Pick<KeptFinding, 'what' | 'start' | 'end' | 'masked' | 'by'>;

/** What stands in the text that is shown; of words alone nothing is masked. */
function spansIn(text: string, hits: readonly Pick<KeptHit, 'findings'>[]): readonly Found[] {
  return hits
    .flatMap(({ findings }) => findings)
    .filter(({ what, start, end }) => (what === 'body' || what === 'caption') && end <= text.length && start < end)
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
}

function isValue({ by, masked }: Found): boolean {
  return masked !== '' || by.startsWith('detector:');
}

/** `ends 1111` reads `•••• 1111` in the middle of a text. */
function shownAs(masked: string): string {
  const end = /^ends (\S{1,4})$/u.exec(masked)?.[1];
  if (end !== undefined) return `${HIDDEN} ${end}`;
  return masked === '' ? HIDDEN : masked;
}

interface Masked {
  readonly text: string;
  /** Where in it the first finding stands. */
  readonly first: number;
}

function maskedWith(text: string, hits: readonly Pick<KeptHit, 'findings'>[]): Masked {
  const found = spansIn(text, hits);
  let shown = '';
  let at = 0;
  let first: number | undefined;
  for (const one of found) {
    if (one.start >= at) {
      shown += numberless(text.slice(at, one.start));
      first ??= shown.length;
      at = one.start;
    }
    if (!isValue(one) || one.end <= at) continue;
    // What overlaps the value before it is behind the same mask.
    if (one.start >= at) shown += shownAs(one.masked);
    at = one.end;
  }
  return { text: shown + numberless(text.slice(at)), first: first ?? 0 };
}

function numberless(text: string): string {
  return text.replace(LONG_NUMBER, (digits) => `${HIDDEN} ${digits.replace(/\D/gu, '').slice(-4)}`);
}

/** The whole text. */
export function maskedText(text: string, hits: readonly Pick<KeptHit, 'findings'>[]): string {
  return maskedWith(text, hits).text;
}

/** At most 120 characters of it, on one line, around what was found first. */
export function maskedSnippet(text: string, hits: readonly Pick<KeptHit, 'findings'>[]): string {
  const masked = maskedWith(text, hits);
  const before = Array.from(masked.text.slice(0, masked.first));
  const lead = before.length <= LEAD ? before.join('') : `…${fromWord(before.slice(-LEAD).join(''))}`;
  return cut(oneLine(lead + masked.text.slice(masked.first)), SNIPPET);
}

/** Begins with a whole word where there is one. */
function fromWord(text: string): string {
  const space = text.search(/\s/u);
  return space === -1 || space === text.length - 1 ? text : text.slice(space + 1);
}
