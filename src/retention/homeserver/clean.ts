/**
 * What a run erased goes on the homeserver too: Synapse purges, what goes is decided here. Nothing is noted on the way:
 * killed anywhere, all of it is looked at anew, and what is counted is what is read back.
 */
import { wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { Done, Homeserver } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';
import type { StoreCount } from '../../core/retention-entries.ts';
import { usersIn, type GoneEvent, type GoneFile, type GoneGhost } from '../run/gone-notes.ts';
import type { HomeserverCleaner } from '../run/homeserver-cleaner.ts';
import { cleanRoom, type Cleaned, type RoomDeps } from './clean-room.ts';
import { LeftBehind, type LeftReason } from './left-behind.ts';
import { isMediaNamed } from './media-store.ts';
import { orLater, patiently, type Patience } from './patient.ts';
import { takenBack, type TakingBack } from './take-back.ts';

export interface CleanDeps extends RoomDeps {
  readonly homeserver: Pick<Homeserver, 'redact' | 'isOurs' | 'takeBack'>;
  readonly ghosts: Ghosts;
  readonly clock: Patience['clock'];
  readonly log: Log;
}

/** What the bridge says of ghosts. */
export interface Ghosts {
  /** Whether the record knows whom it stands for, still or again. */
  isNeeded(ghost: GoneGhost): Promise<boolean>;
  /** Puts it back as the record says that it is, where it was taken out of use meanwhile. */
  restore(ghost: GoneGhost): Done<void>;
}

/** The homeserver has people to serve: after each room it is left alone as long as it was kept busy. */
const LEAST_REST_MS = 20;
/** Between two of a person's messages that are taken back one by one, at least. */
const ALONE_MS = 100;
/** Asked at the same time when read back. */
const AT_ONCE = 4;

interface Tally {
  gone: number;
  readonly left: LeftBehind;
}

export function homeserverCleaner(deps: CleanDeps): HomeserverCleaner {
  return {
    notes: 'all',
    clean: (run, gone, signal) =>
      orLater(run.position, deps.log, () => cleaned(run, gone, { deps, patience: { clock: deps.clock, signal } })),
  };
}

interface Means {
  readonly deps: CleanDeps;
  readonly patience: Patience;
}

async function cleaned(
  run: EntryOf<'retention.run'>,
  { events, files, ghosts }: Parameters<HomeserverCleaner['clean']>[1],
  means: Means,
): Promise<readonly StoreCount[]> {
  const tally: Tally = { gone: 0, left: new LeftBehind() };
  let rooms = 0;
  for (const [room, ofRoom] of byRoom(events)) {
    const { clock, signal } = means.patience;
    const began = clock.monotonic();
    const done = await cleanRoom(room, run, means);
    if (done === 'whole') rooms += 1;
    await readBack(ofRoom, { run, done, tally }, means);
    await wait(clock, Math.max(LEAST_REST_MS, clock.monotonic() - began), signal);
  }
  const why = tally.left.words;
  return [
    { store: 'homeserver-events', gone: tally.gone, stayed: tally.left.count, ...(why === undefined ? {} : { why }) },
    { store: 'homeserver-rooms', gone: rooms, stayed: 0 },
    await mediaCount(files, means),
    ...(await usersCount(ghosts, means)),
  ];
}

function takingBack({ deps: { homeserver }, patience }: Means): TakingBack {
  return { homeserver, patience };
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
  readonly run: EntryOf<'retention.run'>;
  readonly done: Cleaned;
  readonly tally: Tally;
}

async function readBack(events: readonly GoneEvent[], reading: Reading, means: Means): Promise<void> {
  const { tally, run } = reading;
  const behind: [GoneEvent, LeftReason][] = [];
  for (let at = 0; at < events.length; at += AT_ONCE) {
    const some = events.slice(at, at + AT_ONCE);
    const left = await Promise.all(some.map((event) => whyLeft(event, reading, means)));
    for (const [i, why] of left.entries()) {
      const event = some[i];
      if (why === undefined) tally.gone += 1;
      else if (run.body.dsar !== undefined && event !== undefined && mayBeTakenBack(event, why))
        behind.push([event, why]);
      else tally.left.add(why);
    }
  }
  for (const [event, why] of behind)
    tally.left.add((await takenBackAlone(event, run.position, means)) ? 'redacted' : why);
}

/** A person's words among others' that stay: one by one, which is a new event in their room for each. */
function mayBeTakenBack({ state }: GoneEvent, why: LeftReason): boolean {
  return state !== true && (why === 'behind-kept' || why === 'behind-unrecorded' || why === 'last-message');
}

async function takenBackAlone(event: GoneEvent, run: Position, means: Means): Promise<boolean> {
  const { clock, signal } = means.patience;
  const began = clock.monotonic();
  const done = await takenBack(event, run, takingBack(means));
  await wait(clock, Math.max(ALONE_MS, clock.monotonic() - began), signal);
  return done;
}

/** Undefined: it is not there any more. */
async function whyLeft(event: GoneEvent, reading: Reading, means: Means): Promise<LeftReason | undefined> {
  const { deps, patience } = means;
  const looked = await patiently(() => deps.erasing.look(event), patience);
  if (!looked.ok) return 'unread';
  if (looked.value === 'gone') return undefined;
  if (looked.value === 'redacted') return 'redacted';
  if (event.copy && (await takenBack(event, reading.run.position, takingBack(means)))) return 'redacted';
  return event.state === true ? 'state' : reasonOf(reading.done);
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

/** A ghost goes with the last record of whom it stands for. Whoever comes back meanwhile gets it back. */
async function usersCount(ghosts: readonly GoneGhost[], means: Means): Promise<readonly StoreCount[]> {
  const counts = { gone: 0, stayed: 0 };
  for (const ghost of usersIn(ghosts)) {
    const done = await letGo(ghost, means);
    if (done === 'gone') counts.gone += 1;
    else if (done === 'failed') counts.stayed += 1;
  }
  if (counts.gone + counts.stayed === 0) return [];
  const why = [
    ...(counts.gone > 0 ? [`${String(counts.gone)}: ${USER_IDS}`] : []),
    ...(counts.stayed > 0 ? [`${String(counts.stayed)}: the homeserver did not take them out of use`] : []),
  ];
  return [{ store: 'homeserver-users', ...counts, why: why.join('; ') }];
}

const USER_IDS =
  'out of use, their profiles erased; their user ids, which hold the address, stay: Synapse cannot delete an id';

/** Asked again afterwards: a message may have come while it was being done. */
async function letGo(ghost: GoneGhost, { deps, patience }: Means): Promise<'gone' | 'needed' | 'failed'> {
  const { ghosts, erasing } = deps;
  if (!(await ghosts.isNeeded(ghost))) {
    const done = await patiently(() => erasing.deactivate(ghost.ghost), patience);
    if (!done.ok) return 'failed';
    if (!(await ghosts.isNeeded(ghost))) return 'gone';
  }
  await patiently(() => ghosts.restore(ghost), patience);
  return 'needed';
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
