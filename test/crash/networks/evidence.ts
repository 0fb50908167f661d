/** What is seen from outside: the rooms as Synapse shows them to Alice, the record as the command prints it, the providers. */
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordSeen, RoomEvent } from '../judge/evidence.ts';
import { repliedTo, textOf } from '../judge/evidence.ts';
import { errorsIn, recordIn } from '../observer.ts';
import type { NetworkRun } from './house.ts';
import { hashOf, namesIn, type Customer } from './traffic.ts';

/** One event of a ghost's. */
export interface Shown {
  readonly what: 'text' | 'picture' | 'edit' | 'hidden';
  readonly text: string;
  /** Of a picture's bytes as Alice downloads them. */
  readonly sha256?: string;
  readonly marked: boolean;
  readonly event?: string;
  /** The event that it answers. */
  readonly answers?: string | undefined;
}

export interface NetworkEvidence {
  /** By customer's name the rooms in which a ghost spoke as he did, whole. */
  readonly rooms: ReadonlyMap<string, readonly (readonly RoomEvent[])[]>;
  readonly shown: ReadonlyMap<string, readonly Shown[]>;
  readonly record: readonly RecordSeen[];
  readonly errors: readonly string[];
}

const REPEAT = '(may be a repeat)';
const GHOST = '@_gh_';
const edited = z.object({ 'm.new_content': z.object({ body: z.string() }) });
const pictured = z.object({ url: z.string() });

/** Bytes that were downloaded once are not downloaded again. */
const downloaded = new Map<string, string>();

export async function evidenceOf(run: NetworkRun): Promise<NetworkEvidence> {
  const all = await run.rooms.all();
  const rooms = new Map(run.traffic.customers.map((one) => [one.name, roomsOf(one, all)]));
  const shown = new Map<string, readonly Shown[]>();
  for (const [name, events] of rooms) shown.set(name, await Promise.all(ghosts(events.flat()).map(showing(run))));
  return {
    ...{ rooms, shown },
    record: await recordIn(run.house, 'kind:network OR answer'),
    errors: await errorsIn(join(run.house.dir, 'gatehouse.log')),
  };
}

function roomsOf({ name }: Customer, all: readonly (readonly RoomEvent[])[]): readonly (readonly RoomEvent[])[] {
  return all.filter((events) => ghosts(events).some((one) => namesIn(textOf(one)).has(name)));
}

function ghosts(events: readonly RoomEvent[]): readonly RoomEvent[] {
  return events.filter(({ type, sender }) => type === 'm.room.message' && sender.startsWith(GHOST));
}

function showing({ alice }: NetworkRun): (one: RoomEvent) => Promise<Shown> {
  return async (one) => {
    if (Object.keys(one.content).length === 0) return { what: 'hidden', text: '', marked: false };
    const edit = edited.safeParse(one.content).data;
    const body = edit?.['m.new_content'].body ?? textOf(one);
    const [text = '', ...notes] = body.split('\n');
    const marked = notes.includes(REPEAT);
    const named = { event: one.event_id, answers: repliedTo(one) };
    if (edit !== undefined) return { what: 'edit', text, marked };
    const picture = pictured.safeParse(one.content).data;
    if (picture === undefined) return { what: 'text', text, marked, ...named };
    const sha256 = downloaded.get(picture.url) ?? hashOf(await alice.download(picture.url));
    downloaded.set(picture.url, sha256);
    return { what: 'picture', text, marked, sha256, ...named };
  };
}
