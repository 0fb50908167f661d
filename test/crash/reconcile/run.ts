/** A reconciliation that a desk asked for, over a homeserver with many rooms of which some hold what we lack. */
import { must, parsePosition, type RoomId } from '../../../src/core/ids.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { DAY, eventAt, noon, openHouse, room, type House } from '../../integration/bridge/reconcile/compared.ts';

export const ROOMS = 25;
/** Every third room has one. */
export const MISSING = 9;

export interface Run {
  readonly place: Place;
  /** Called before each request to the homeserver and after each commit of entries. */
  readonly step: (asked: RoomId | undefined) => void;
}

/** What there was before the run. */
export async function begun(place: Place): Promise<House> {
  const house = await openHouse({ place });
  const { journal } = house.test;
  for (let n = 1; n <= ROOMS; n += 1) {
    const events = [
      eventAt(noon - DAY + n, `a${String(n)}`, room(n)),
      eventAt(noon - DAY + n, `b${String(n)}`, room(n)),
    ];
    house.history.has(...events);
    await journal.append(n % 3 === 1 ? events.slice(1) : events);
  }
  return house;
}

/** The desk's command is the first entry; resolves when its report is on record. */
export async function runOnce({ place, step }: Run): Promise<House> {
  const house = await begun(place);
  const { journal } = house.test;
  journal.onCommitted(() => {
    step(undefined);
  });
  house.history.failing = (_request, where) => {
    step(where);
    return undefined;
  };
  // The task is done in the commit of its report: after that it is not run again.
  if ((await reportsIn(house)) === 0) await house.reconcile({ by: 'desk', because: must(parsePosition(1)) });
  return house;
}

export async function reportsIn({ test }: House): Promise<number> {
  const size = await test.journal.size();
  const all = await test.journal.readMany(Array.from({ length: size }, (_, index) => must(parsePosition(index + 1))));
  return all.filter((entry) => !('erased' in entry) && entry.kind === 'reconcile.report').length;
}
