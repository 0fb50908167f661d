/** What the detectors find in chats whose values are known. */
import { chats, type LabelledText } from './chats/chats.ts';
import { judged, placesByRule } from './ours.ts';
import { count, noTally, type Tally } from './tally.ts';
import type { Judge } from '../../src/policy/verdict.ts';

export interface KindFigures {
  /** Values with a word near them that says what they are, and everything that was wrongly found. */
  readonly named: Tally;
  /** Values that stand alone. */
  readonly alone: Tally;
  /** Of the wrong ones: at the place of another detector's value. */
  wrongKind: number;
}

export interface ChatFigures {
  readonly messages: number;
  readonly byKind: ReadonlyMap<string, KindFigures>;
}

/** Every message of these seeds, by every detector. */
export function figuresOfSeeds(judge: Judge, seeds: readonly number[], each: number): ChatFigures {
  return figuresOf(
    judge,
    seeds.flatMap((seed) => chats(seed, each)),
  );
}

export function figuresOf(judge: Judge, texts: readonly LabelledText[]): ChatFigures {
  const byKind = new Map<string, KindFigures>();
  const of = (kind: string): KindFigures => {
    const known = byKind.get(kind) ?? { named: noTally(), alone: noTally(), wrongKind: 0 };
    byKind.set(kind, known);
    return known;
  };
  for (const text of texts) countText(of, text, placesByRule(judged(judge, text.text)));
  return { messages: texts.length, byKind };
}

type Of = (kind: string) => KindFigures;
type Places = ReturnType<typeof placesByRule>;

function countText(of: Of, { labels }: LabelledText, places: Places): void {
  for (const kind of new Set([...labels.map((label) => label.kind), ...places.keys()])) {
    const mine = labels.filter((label) => label.kind === kind);
    const into = of(kind);
    const found = places.get(kind) ?? [];
    const tally = noTally();
    count(tally, mine, found);
    const side = mine.every(({ named }) => named) ? into.named : into.alone;
    side.found += tally.found;
    side.missed += tally.missed;
    into.named.wrong += tally.wrong;
    if (tally.wrong > 0 && labels.length > mine.length) into.wrongKind += tally.wrong;
  }
}
