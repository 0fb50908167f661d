/**
 * What a run erased goes on the homeserver too: Synapse purges, what goes is decided here. Nothing is noted on the way:
 * killed anywhere, all of it is looked at anew, and what is counted is what is read back.
 */
import { wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';
import type { StoreCount } from '../../core/retention-entries.ts';
import type { GoneEvent, GoneFile } from '../run/gone-notes.ts';
import type { HomeserverCleaner } from '../run/run-task.ts';
import { cleanRoom, type Cleaned, type RoomDeps } from './clean-room.ts';
import { LeftBehind, type LeftReason } from './left-behind.ts';
import { isMediaNamed } from './media-store.ts';
import { HomeserverAway, patiently, type Patience } from './patient.ts';

export interface CleanDeps extends RoomDeps {
  readonly homeserver: Pick<Homeserver, 'redact'>;
  readonly clock: Patience['clock'];
  readonly log: Log;
}

/** The homeserver has people to serve: after each room it is left alone as long as it was kept busy. */
const LEAST_REST_MS = 20;
/** Asked at the same time when read back. */
const AT_ONCE = 4;

interface Tally {
  gone: number;
  readonly left: LeftBehind;
}

export function homeserverCleaner(deps: CleanDeps): HomeserverCleaner {
  return {
    clean: async (run, { events, files }, signal) => {
      const patience = { clock: deps.clock, signal };
      try {
        return await cleaned(run, { events, files }, { deps, patience });
      } catch (error) {
        if (!(error instanceof HomeserverAway)) throw error;
        deps.log.warn('retention.homeserver-away', { run: run.position });
        return undefined;
      }
    },
  };
}

/** Where there is no admin's token: it can't be asked. */
export const cleanerWithoutToken: HomeserverCleaner = {
  clean: (_run, { events, files }) => {
    const why = 'not touched: homeserver.adminToken is not set';
    const untouched = (store: StoreCount['store'], stayed: number): StoreCount => ({ store, gone: 0, stayed, why });
    return Promise.resolve([
      untouched('homeserver-events', events.length),
      untouched('homeserver-media', files.length),
    ]);
  },
};

interface Means {
  readonly deps: CleanDeps;
  readonly patience: Patience;
}

async function cleaned(
  run: EntryOf<'retention.run'>,
  { events, files }: { readonly events: readonly GoneEvent[]; readonly files: readonly GoneFile[] },
  means: Means,
): Promise<readonly StoreCount[]> {
  const tally: Tally = { gone: 0, left: new LeftBehind() };
  let rooms = 0;
  for (const [room, ofRoom] of byRoom(events)) {
    const { clock, signal } = means.patience;
    const began = clock.monotonic();
    const done = await cleanRoom(room, run, means);
    if (done === 'whole') rooms += 1;
    await readBack(ofRoom, { run: run.position, done, tally }, means);
    await wait(clock, Math.max(LEAST_REST_MS, clock.monotonic() - began), signal);
  }
  const why = tally.left.words;
  return [
    { store: 'homeserver-events', gone: tally.gone, stayed: tally.left.count, ...(why === undefined ? {} : { why }) },
    { store: 'homeserver-rooms', gone: rooms, stayed: 0 },
    await mediaCount(files, means),
  ];
}

function byRoom(events: readonly GoneEvent[]): ReadonlyMap<RoomId, readonly GoneEvent[]> {
  const rooms = new Map<RoomId, GoneEvent[]>();
  for (const event of events) {
    const room = rooms.get(event.room);
    if (room === undefined) rooms.set(event.room, [event]);
    else room.push(event);
  }
  return rooms;
}

interface Reading {
  readonly run: Position;
  readonly done: Cleaned;
  readonly tally: Tally;
}

async function readBack(events: readonly GoneEvent[], reading: Reading, means: Means): Promise<void> {
  for (let at = 0; at < events.length; at += AT_ONCE) {
    const some = events.slice(at, at + AT_ONCE);
    const left = await Promise.all(some.map((event) => whyLeft(event, reading, means)));
    for (const why of left) {
      if (why === undefined) reading.tally.gone += 1;
      else reading.tally.left.add(why);
    }
  }
}

/** Undefined: it is not there any more. */
async function whyLeft(event: GoneEvent, reading: Reading, means: Means): Promise<LeftReason | undefined> {
  const { deps, patience } = means;
  const looked = await patiently(() => deps.erasing.look(event), patience);
  if (!looked.ok) return 'unread';
  if (looked.value === 'gone') return undefined;
  if (looked.value === 'redacted') return 'redacted';
  if (event.copy && (await takenBack(event, reading.run, means))) return 'redacted';
  return event.state === true ? 'state' : reasonOf(reading.done);
}

/** A message of ours that quotes what is erased, among others that have to stay. */
async function takenBack(event: GoneEvent, source: Position, { deps, patience }: Means): Promise<boolean> {
  const { by, room, event: id, position } = event;
  if (by === undefined || event.state === true) return false;
  const part = `copy-${String(position)}`;
  const done = await patiently(() => deps.homeserver.redact({ as: by, room, event: id, source, part }), patience);
  return done.ok;
}

function reasonOf(done: Cleaned): LeftReason {
  switch (done) {
    case 'stays':
      return 'behind-kept';
    case 'not-captured':
      return 'behind-unrecorded';
    case 'last-message':
      return 'last-message';
    case 'whole':
    case 'not-there':
    case 'failed':
      return 'failed';
  }
}

/** A file goes with the last record that names it. */
async function mediaCount(files: readonly GoneFile[], { deps, patience }: Means): Promise<StoreCount> {
  const { views } = deps.journal;
  const counts = { gone: 0, named: 0, theirs: 0, failed: 0 };
  for (const media of new Set(files.map((file) => file.media))) {
    if (await views.read((reading) => isMediaNamed(media, reading, views.sealer))) {
      counts.named += 1;
      continue;
    }
    const done = await patiently(() => deps.erasing.deleteMedia(media), patience);
    if (!done.ok) counts.failed += 1;
    else if (done.value === 'not-ours') counts.theirs += 1;
    else counts.gone += 1;
  }
  const why = [
    ...(counts.named > 0 ? [`${String(counts.named)}: another record that stays has the same file`] : []),
    ...(counts.theirs > 0 ? [`${String(counts.theirs)}: on another server, which alone can delete it`] : []),
    ...(counts.failed > 0 ? [`${String(counts.failed)}: the homeserver did not delete it`] : []),
  ];
  const stayed = counts.named + counts.theirs + counts.failed;
  return { store: 'homeserver-media', gone: counts.gone, stayed, ...(why.length === 0 ? {} : { why: why.join('; ') }) };
}
