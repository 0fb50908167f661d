/** What of a text's matches counts for one rule: sure enough, and not left out. */
import type { CompiledRule, Leaf } from './compiled-rule.ts';
import { isAround, ofWords, sum } from './confidence.ts';
import { exclusionsOf } from './exclusions.ts';
import { noMatches, type Match, type Matches } from './match.ts';
import type { ScannedText } from './scanned-text.ts';

/** With their confidence as it is for this rule. Where a text has more matches than are kept, none of them is left out. */
export function countedIn(text: ScannedText, leaf: Leaf, rule: CompiledRule): readonly Match[] {
  const { found, cut } = matchesOf(text, leaf);
  if (found.length === 0) return found;
  const isExcluded = cut ? () => false : exclusionsOf(rule, text);
  const isOutdone = cut ? () => false : (match: Match) => text.isOutdone(match);
  const least = leaf.is === 'detector' ? leaf.least : ofWords;
  const counted: Match[] = [];
  for (const match of found) {
    const confidence = weighed(match, text, rule);
    if (confidence >= least && !isExcluded(match) && !isOutdone(match)) counted.push({ ...match, confidence });
  }
  return counted;
}

function matchesOf(text: ScannedText, leaf: Leaf): Matches {
  switch (leaf.is) {
    case 'detector':
      return text.detector(leaf.detector, leaf.context);
    case 'pattern': {
      const { found, cut } = text.pattern(leaf.pattern);
      if (found.length === 0) return noMatches;
      return { found: found.map((match) => ({ ...match, by: { pattern: leaf.ofRule } })), cut };
    }
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
