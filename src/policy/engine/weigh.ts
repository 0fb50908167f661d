/** What of a text's matches counts for one rule: sure enough, and not left out. */
import type { CompiledRule, Leaf } from './compiled-rule.ts';
import { isAround, ofWords, sum } from './confidence.ts';
import { exclusionsOf } from './exclusions.ts';
import type { Match, Matches } from './match.ts';
import type { ScannedText } from './scanned-text.ts';

/** With their confidence as it is for this rule. Where a text has more matches than are kept, none of them is left out. */
export function countedIn(text: ScannedText, leaf: Leaf, rule: CompiledRule): readonly Match[] {
  const { found, cut } = matchesOf(text, leaf);
  if (found.length === 0) return found;
  const isExcluded = cut ? undefined : exclusionsOf(rule, text);
  const least = leaf.is === 'detector' ? leaf.least : ofWords;
  const counted: Match[] = [];
  for (const match of found) {
    const confidence = weighed(match, text, rule);
    if (confidence < least) continue;
    if (isExcluded !== undefined && (isExcluded(match) || text.isOutdone(match))) continue;
    counted.push(countedAs(match, confidence, leaf.is === 'pattern' ? { pattern: leaf.ofRule } : match.by));
  }
  return counted;
}

/** Written out, so that all matches are alike to the engine below: a spread costs several times as much. */
function countedAs(match: Match, confidence: number, by: Match['by']): Match {
  const { folded, original, value, isValue, masked, tricks, number } = match;
  return { folded, original, by, value, isValue, confidence, masked, tricks, number };
}

function matchesOf(text: ScannedText, leaf: Leaf): Matches {
  switch (leaf.is) {
    case 'detector':
      return text.detector(leaf.detector, leaf.context);
    case 'pattern':
      return text.pattern(leaf.pattern);
    case 'lexicon': {
      const matches = text.lexicon(leaf.list, leaf.lexicon);
      const { terms } = leaf;
      if (terms === undefined || matches.found.length === 0) return matches;
      return { ...matches, found: matches.found.filter(({ by }) => 'term' in by && terms.has(by.term)) };
    }
  }
}

function weighed(match: Match, text: ScannedText, { hotWords }: CompiledRule): number {
  let more = 0;
  for (const { list, before, after, by } of hotWords) {
    const words = text.around(list);
    // More of them than are kept: those that would make it surer are everywhere, the others nowhere.
    if (words.cut ? by > 0 : isAround(words, match.folded, before, after)) more += by;
  }
  return more === 0 ? match.confidence : sum(match.confidence, more);
}
