/** One room on the homeserver: what may go is decided there and then, purged, and read back by its caller. */
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { HomeserverErasing } from '../../core/ports/homeserver-erasing.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { DELETED } from './deleted-room.ts';
import { patiently, type Patience } from './patient.ts';
import { RoomPlanner, type RoomPlan, type Stop } from './plan-room.ts';
import { areOver, isRoomOver, onRecord, type RoomRecordDeps } from './room-record.ts';

/** `left`: a portal moved out of it. `used`: one of ours is for something. */
export type RoomNeed = 'left' | 'used' | 'others';

export interface RoomDeps extends RoomRecordDeps {
  readonly journal: RoomRecordDeps['journal'] & Pick<Recorder, 'append'>;
  readonly erasing: HomeserverErasing;
  readonly needOf: (room: RoomId) => Promise<RoomNeed>;
  /** Whether each of these records may go by this run; absent, those whose time is over may. */
  readonly mayGo?: (positions: readonly Position[]) => Promise<boolean>;
}

type Run = Pick<EntryOf<'retention.run'>, 'position' | 'body'>;
interface Means {
  readonly deps: RoomDeps;
  readonly patience: Patience;
}

/** `whole`: it is not there any more, by this run. Else why what is left in it had to stay; `failed`: the homeserver would not. */
export type Cleaned = 'whole' | 'not-there' | Stop | 'failed';

/** @throws HomeserverAway, JournalDown */
export async function cleanRoom(room: RoomId, run: Run, means: Means): Promise<Cleaned> {
  const { deps, patience } = means;
  const joined = await patiently(() => deps.erasing.joined(room), patience);
  if (!joined.ok) return 'failed';
  const decided = await isDecided(room, run, deps);
  if (joined.value === undefined) return decided ? 'whole' : 'not-there';
  if (decided) return deleted(room, means);
  const plan = await planOf(room, await mayGoWhole({ room, joined: joined.value }, run, deps), means);
  if (!plan.ok) return 'failed';
  if (plan.value.do === 'nothing') return plan.value.stop;
  if (plan.value.do === 'history') return purged(room, plan.value, means);
  await deps.journal.append([goneDraft(room, run, deps)]);
  return deleted(room, means);
}

/** Nobody reads in it any more, because its portal left it or everybody did, and all of it is over. */
async function mayGoWhole(
  { room, joined }: { readonly room: RoomId; readonly joined: number },
  run: Run,
  deps: RoomDeps,
): Promise<boolean> {
  const need = await deps.needOf(room);
  if (need === 'used' || (need === 'others' && joined > 0)) return false;
  const byAge = (positions: readonly Position[]): Promise<boolean> => areOver(positions, run.body, deps);
  return isRoomOver(room, deps.mayGo ?? byAge, deps);
}

/** On record before it is done: whoever is killed in between goes on with it. */
function goneDraft(room: RoomId, run: Run, { now }: RoomDeps): Draft {
  const source = { system: 'gatehouse', id: goneBy(room, run), sure: true };
  // Placed nowhere: what is kept of a room, a portal or a contact is not kept by this.
  return { kind: 'room.gone', at: now(), source, body: { room, why: DELETED } };
}

function goneBy(room: RoomId, { position }: Run): string {
  return `retention/room-gone/${String(position)}/${room}`;
}

async function isDecided(room: RoomId, run: Run, { journal }: RoomDeps): Promise<boolean> {
  return (await journal.reader.missingOf('gatehouse', [goneBy(room, run)])).length === 0;
}

async function deleted(room: RoomId, { deps, patience }: Means): Promise<Cleaned> {
  const done = await patiently(() => deps.erasing.deleteRoom(room, patience.signal), patience);
  return done.ok ? 'whole' : 'failed';
}

async function purged(
  room: RoomId,
  { before, stop }: Extract<RoomPlan, { do: 'history' }>,
  { deps, patience }: Means,
): Promise<Cleaned> {
  const done = await patiently(() => deps.erasing.purge({ room, before }, patience.signal), patience);
  return done.ok ? stop : 'failed';
}

async function planOf(
  room: RoomId,
  mayGoWhole: boolean,
  { deps, patience }: Means,
): Promise<Result<RoomPlan, HomeserverFailure>> {
  const planner = new RoomPlanner();
  let from: string | undefined;
  do {
    const at = from;
    const page = await patiently(() => deps.erasing.oldest(room, at), patience);
    if (!page.ok) return err(page.error);
    const { events, next } = page.value;
    const said = await onRecord(
      events.map(({ id }) => id),
      deps,
    );
    for (const event of events) {
      if (!planner.add(event, said.get(event.id) ?? 'none')) return ok(planner.plan({ mayGoWhole }));
    }
    from = next;
  } while (from !== undefined);
  return ok(planner.plan({ mayGoWhole }));
}
