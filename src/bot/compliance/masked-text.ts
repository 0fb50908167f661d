/**
 * A judged text as a desk shows it: what was found is masked where it stands, and so is every other long number, whether
 * or not a rule looks for it.
 */
import type { Position } from '../../core/ids.ts';
import type { KeptFinding, KeptHit } from '../../core/policy-entries.ts';
import { hide, maskedAs, type Found, type Hidden } from '../../policy/redaction/hide.ts';
import { cut, oneLine } from '../quote.ts';

/** Of a card's text, in characters. */
const SNIPPET = 120;
/** Of them before what was found. */
const LEAD = 32;
const HIDDEN = '••••';
/** Shorter ones are prices, times, years. */
const LONG_NUMBER = /\d(?:[ .\-/()\u2010-\u2015\u00a0]{0,2}\d){8,}/gu;

/** Of words alone nothing is masked. */
function isValue({ by, masked }: Found): boolean {
  return masked !== '' || by.startsWith('detector:');
}

function maskedWith(text: string, hits: readonly Pick<KeptHit, 'findings'>[]): Hidden {
  const findings = hits.flatMap((hit) => hit.findings);
  const shownAs = (found: Found): string | undefined => (isValue(found) ? maskedAs(found.masked) : undefined);
  return hide(text, findings, { shownAs, between: numberless });
}

function numberless(text: string): string {
  return text.replace(LONG_NUMBER, (digits) => `${HIDDEN} ${digits.replace(/\D/gu, '').slice(-4)}`);
}

/** Of a number that goes on in another message: what stands here may be as short as a digit. */
const ANY_DIGITS = /\d(?:[ .\-/()\u2010-\u2015\u00a0]{0,2}\d)*/gu;

/** Without any digits: each could be part of a longer number. */
export function digitless(text: string): string {
  return text.replace(ANY_DIGITS, HIDDEN).replace(/•{4}(?: •{4})+/gu, HIDDEN);
}

/** The text of the message `of`, without what of `findings` stands in it and goes on in a later one. */
export function maskedParts(text: string, of: Position, findings: readonly KeptFinding[]): string {
  const here = findings.flatMap((finding): readonly Found[] => {
    const parts = finding.parts?.filter((part) => part.of === of) ?? [];
    return parts.map(({ fromEnd, length }) => {
      const start = Math.max(0, text.length - fromEnd);
      const by = isValue(finding) ? 'detector:part' : finding.by;
      return { by, what: 'body', start, end: Math.min(text.length, start + length), masked: '' };
    });
  });
  const shownAs = (found: Found): string | undefined => (isValue(found) ? HIDDEN : undefined);
  return hide(text, here, { shownAs, between: numberless }).text;
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
