/** What a rule leaves out of its count: ranges of the text, and values. */
import { fold } from '../normalise/fold.ts';
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
  const isValue = (match: Match): boolean =>
    except.values.size > 0 &&
    (except.values.has(bare(text.readings.plain.folded.slice(match.folded.start, match.folded.end))) ||
      (match.isValue && except.values.has(bare(fold(match.value).folded))));
  return (match) =>
    ranges.some((range) => isInside(match.original, range)) ||
    terms.some((term) => isInside(match.folded, term)) ||
    isValue(match);
}

function isInside(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
