/** Which records may not go, because of a hold on them or on another record of their family: decided on the opened record. */
import type { Entry } from '../../core/entry.ts';
import type { HoldId, Position } from '../../core/ids.ts';
import type { Erasing, ErasingView } from '../../journal/projection.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { FamilyWalk } from '../families/family-walk.ts';
import type { ReceiptOf } from '../families/link-store.ts';
import { standingHolds, type StandingHold } from './hold-store.ts';
import { covers } from './stored-query.ts';

export interface FreezingDeps {
  readonly marks: Pick<Marks, 'of'>;
  readonly receiptOf: ReceiptOf;
}

export interface Freezing {
  /** Exact at this moment: the holds on each of these that has one, by name. */
  holdsOn(entries: readonly Entry[], view: ErasingView): Promise<ReadonlyMap<Position, readonly HoldId[]>>;
  readonly erasing: Erasing;
}

export function freezingBy(deps: FreezingDeps): Freezing {
  const holdsOn: Freezing['holdsOn'] = async (entries, view) => {
    const holds = await standingHolds(view.reading, view.sealer);
    const found = new Map<Position, readonly HoldId[]>();
    if (holds.length === 0) return found;
    const walk = new FamilyWalk(view, {
      look: (entry) => covering(entry, holds, view, deps.marks),
      damaged: holds.map(({ hold }) => hold),
      receiptOf: deps.receiptOf,
    });
    for (const entry of entries) {
      const on = await walk.of(entry);
      if (on.size > 0) found.set(entry.position, [...on].toSorted());
    }
    return found;
  };
  return {
    holdsOn,
    erasing: async (entries, view) => {
      const held = await holdsOn(entries, view);
      return [...held].map(([position, [hold]]) => ({
        position,
        why: 'hold',
        ...(hold === undefined ? {} : { hold }),
      }));
    },
  };
}

async function covering(
  entry: Entry,
  holds: readonly StandingHold[],
  view: ErasingView,
  marks: FreezingDeps['marks'],
): Promise<readonly HoldId[]> {
  const of = (await marks.of([entry.position], view.reading)).get(entry.position) ?? noMarks;
  return holds.filter((hold) => covers(hold.meant, entry, of)).map((hold) => hold.hold);
}

const noMarks: ReadonlySet<string> = new Set();
