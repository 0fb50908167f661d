/**
 * Whether the homeserver remembers more of this record than lies here. A machine that was put back to an earlier state
 * has data, keys and published log of the same old moment: nothing on it tells. The checkpoints in the desks' rooms and
 * the marks on what our users said last do.
 */
import { roomOfUse } from '../bridge/portals/room-store.ts';
import type { Config } from '../config/config.ts';
import { wait, type Clock } from '../core/clock.ts';
import type { RoomId, UserId } from '../core/ids.ts';
import type { Desk } from '../core/line.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { recentPortalRooms } from '../journal/entry-store.ts';
import { ownCheckpoint } from '../journal/log/earlier-logs.ts';
import { epochNamed, originOf } from '../journal/merkle/checkpoint.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { OwnWord } from '../matrix/own-words.ts';
import type { Ahead } from './known-elsewhere.ts';

/** Newest entries of portals that are looked through for rooms, and rooms that are asked for. */
const ENTRIES = 500;
const ROOMS = 10;
/** A homeserver that takes longer at start is asked again while everything waits. */
const PATIENCE_MS = 5_000;

export interface ElsewhereOptions {
  readonly config: {
    readonly desks: readonly Pick<Desk, 'id'>[];
    readonly homeserver: Pick<Config['homeserver'], 'domain'>;
  };
  readonly journal: Pick<OpenJournal, 'views' | 'reader' | 'keys' | 'database'>;
  readonly homeserver: { readonly gatehouse: UserId; readonly compliance: UserId };
  readonly ownWords: (at: { readonly as: UserId; readonly room: RoomId }) => Done<readonly OwnWord[]>;
  readonly clock: Clock;
}

/** `silent`: it did not answer, so nobody knows. */
export type Elsewhere =
  { readonly is: 'here' } | { readonly is: 'silent' } | { readonly is: 'ahead'; readonly ahead: Ahead };

interface Place {
  readonly as: UserId;
  readonly room: RoomId;
  /** As people find it. */
  readonly where: string;
}

/** Asks once, for a few seconds at most. */
export async function askElsewhere(options: ElsewhereOptions): Promise<Elsewhere> {
  const patience = new AbortController();
  const late = wait(options.clock, PATIENCE_MS, patience.signal).then((): Elsewhere => ({ is: 'silent' }));
  try {
    return await Promise.race([ask(options), late]);
  } finally {
    patience.abort();
  }
}

async function ask(options: ElsewhereOptions): Promise<Elsewhere> {
  const places = await placesOf(options);
  const { size, epoch } = await options.journal.reader.stats();
  const said = await Promise.all(places.map(async (place) => ({ place, words: await options.ownWords(place) })));
  const found: Ahead[] = [];
  let silent = false;
  for (const { place, words } of said) {
    if (words.ok) found.push(...words.value.flatMap((word) => headsIn(word, place, options)));
    // A room that we are not in any more says nothing; that is no reason to wait for it.
    else
      silent ||= words.error.kind === 'down' || words.error.kind === 'unclear' || words.error.kind === 'rate-limited';
  }
  const ahead = found
    .filter((head) => epochNamed(head.origin) > epoch || (epochNamed(head.origin) === epoch && head.size > size))
    .toSorted((a, b) => epochNamed(b.origin) - epochNamed(a.origin) || b.size - a.size)[0];
  if (ahead !== undefined) return { is: 'ahead', ahead };
  return silent ? { is: 'silent' } : { is: 'here' };
}

async function placesOf({ config, journal, homeserver }: ElsewhereOptions): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const { id } of config.desks) {
    const room = await journal.views.read((reading) => roomOfUse(reading, { kind: 'desk', desk: id }));
    if (room !== undefined) places.push({ as: homeserver.compliance, room, where: `the room of the desk ${id}` });
  }
  const rows = await journal.database.read((reading) => reading.all(recentPortalRooms, { limit: ENTRIES }));
  const rooms = [...new Set(rows.map((row) => row.room))].slice(0, ROOMS);
  return [...places, ...rooms.map((room) => ({ as: homeserver.gatehouse, room, where: 'a chat with a customer' }))];
}

function headsIn(word: OwnWord, { where }: Place, { config, journal }: ElsewhereOptions): readonly Ahead[] {
  const { domain } = config.homeserver;
  const heads: Ahead[] = [];
  const checkpoint =
    word.checkpoint === undefined
      ? undefined
      : ownCheckpoint(word.checkpoint, { domain, signing: journal.keys.signing });
  if (checkpoint !== undefined) {
    const { origin, size, root } = checkpoint;
    heads.push({ origin, size, root: Buffer.from(root).toString('base64'), where: `the checkpoint in ${where}` });
  }
  if (word.source !== undefined) {
    const { epoch, position } = word.source;
    heads.push({ origin: originOf(domain, epoch), size: position, root: '', where: `a message of ours in ${where}` });
  }
  return heads;
}

/** Why nothing starts, for the admin. */
export function aheadWords({ size, where, origin }: Ahead, here: number): string {
  return (
    `This record was put back to an earlier state: ${where} knows ${String(size)} records of ${origin}, here are ${String(here)}. ` +
    'A backup of the whole machine or its disk was restored. Nothing was started, because new records would take the ' +
    'places of those that are missing. Put the newer data folder back. If it is lost: gatehouse restore --here goes on ' +
    'from this one in a new epoch, or gatehouse restore <folder> --replace from a backup'
  );
}
