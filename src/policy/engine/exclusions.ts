/** What a rule leaves out of its count: ranges of the text, and values. */
import { fold } from '../normalise/fold.ts';
import { isWordAt } from '../matching/word-bounds.ts';
import { disclaimersIn } from '../normalise/disclaimers.ts';
import type { Span } from '../normalised.ts';
import { bare, type CompiledRule } from './compiled-rule.ts';
import type { Match } from './match.ts';
import type { ScannedText } from './scanned-text.ts';

/** Says of each match in `text` whether the rule leaves it out. Made for a rule and a text that have a match. */
export function exclusionsOf({ rule, except }: CompiledRule, text: ScannedText): (match: Match) => boolean {
  const ranges: readonly Span[] = [
    ...(rule.except.quotes ? text.source.quoted : []),
    ...(rule.except.urls ? text.urls : []),
    ...(rule.except.disclaimers.length > 0 ? disclaimersIn(text.readings.plain, rule.except.disclaimers) : []),
  ];
  const terms = except.hasTerms ? text.around(except.terms).hits : [];
  const { folded } = text.readings.plain;
  const isValue = (match: Match): boolean =>
    except.values.size > 0 &&
    (isOneOf(except, folded.slice(match.folded.start, match.folded.end)) ||
      (match.isValue && match.value.length >= except.shortest && isOneOf(except, fold(match.value).folded)));
  return (match) =>
    ranges.some((range) => isInside(match.original, range)) ||
    terms.some((term) => isInside(match.folded, term)) ||
    isValue(match);
}

/** Most findings are shorter than any of the values, than the card numbers that companies leave out, or begin otherwise. */
function isOneOf({ values, beginnings, shortest }: CompiledRule['except'], folded: string): boolean {
  return folded.length >= shortest && beginnings.has(firstUnitOf(folded)) && values.has(bare(folded));
}

/** Of its letters and digits the first. */
function firstUnitOf(folded: string): number {
  let at = 0;
  while (at < folded.length && !isWordAt(folded, at)) at += 1;
  return folded.charCodeAt(at);
}

function isInside(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
