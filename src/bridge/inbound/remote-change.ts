/** What an edit, a deletion or a reaction of the network's is about, and who made it, as the room knows them. */
import type { Draft, Entry, EntryBodies, EntryOf, ErasedEntry, Where } from '../../core/entry.ts';
import { leftOf, wait, type Clock } from '../../core/clock.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import type { Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { matrixOutcomeDraft } from '../drafts.ts';
import { isAccountRefused } from '../homeserver-turn.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { messageOfRemote, messagesChangedBy } from '../messages/remote-message-store.ts';
import { ensureGhost, ensureInRoom, ghostOf } from '../portals/ghost.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { speakerOf } from './speaker.ts';

type Kind = 'network.edit' | 'network.redaction' | 'network.reaction';

export interface RemoteChange<K extends Kind> {
  readonly entry: EntryOf<K>;
  readonly portal: Portal;
  /** The room of now. */
  readonly room: RoomId;
  /** Those that it is about and that are on record; none where it is about something older. */
  readonly messages: readonly Message[];
}

/** Undefined where there is nothing to be shown in: no chat, or no room yet. */
export async function findChange<K extends Kind>(
  entry: Entry | ErasedEntry,
  kind: K,
  deps: Pick<BridgeDeps, 'journal'>,
): Promise<RemoteChange<K> | undefined> {
  if (!isOf(entry, kind) || entry.portal === undefined) return undefined;
  const { portal: id, position } = entry;
  const { views } = deps.journal;
  return views.read(async (reading) => {
    const portal = await portalById(reading, views.sealer, id);
    if (portal?.room === undefined) return undefined;
    const noted = await messagesChangedBy(reading, position);
    const about = noted.length > 0 ? noted : await namedNow(entry, reading, views.sealer);
    const messages: Message[] = [];
    for (const of of about) {
      const message = await messageAt(reading, of);
      if (message?.portal === id) messages.push(message);
    }
    return { entry, portal, room: portal.room, messages };
  });
}

/** By the ids that it names, for what came on record after it. */
async function namedNow({ body }: EntryOf<Kind>, reading: Reading, sealer: Sealer): Promise<readonly Position[]> {
  const { connector } = body;
  const found = new Set<Position>();
  for (const id of 'targets' in body ? body.targets : [body.target]) {
    const of = await messageOfRemote(reading, sealer, { connector, id });
    if (of !== undefined) found.add(of);
  }
  return [...found];
}

/** For so long the message that it is about may still come on record. */
const MAY_FOLLOW_MS = 5_000;
const LOOK_AGAIN_MS = 500;

/** Undefined once there is nothing more to wait for. */
export function awaited(
  { entry, messages }: RemoteChange<Kind>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Turn | undefined {
  if (messages.length > 0 || leftOf(MAY_FOLLOW_MS, entry.recordedAt, clock) === 0) return undefined;
  return { to: 'aside', until: wait(clock, LOOK_AGAIN_MS, signal) };
}

function isOf<K extends Kind>(entry: Entry | ErasedEntry, kind: K): entry is Entry & EntryOf<K> {
  return !('erased' in entry) && entry.kind === kind;
}

export interface Changer {
  readonly as: UserId;
  /** @gatehouse, because the account of who made it is refused: nobody's change is lost because an admin took it away. */
  readonly instead: boolean;
  /** Its ghost was made or named anew. */
  readonly entries: readonly Draft[];
}

/** The user who made the change, in the room; @gatehouse for what our own account did elsewhere. */
export async function changerOf(
  { entry, portal, room }: RemoteChange<Kind>,
  deps: BridgeDeps,
): Promise<Result<Changer, HomeserverFailure>> {
  if (entry.body.own === true) return ok({ as: deps.homeserver.gatehouse, instead: false, entries: [] });
  const { from, group } = entry.body;
  const speaker = speakerOf({ from, ...(group === undefined ? {} : { group }) }, portal);
  const made = await ensureGhost({ speaker, because: entry.position }, deps);
  if (!made.ok) return orInstead(made, deps);
  const ghost = ghostOf(speaker, deps.homeserver.domain);
  const joined = await ensureInRoom({ ghost, room, again: false }, deps);
  return joined.ok ? ok({ as: ghost, instead: false, entries: made.value }) : orInstead(joined, deps);
}

function orInstead(
  failed: { readonly ok: false; readonly error: HomeserverFailure },
  { homeserver }: Pick<BridgeDeps, 'homeserver'>,
): Result<Changer, HomeserverFailure> {
  return isAccountRefused(failed.error) ? ok({ as: homeserver.gatehouse, instead: true, entries: [] }) : failed;
}

/** On record: what the room shows of the change. It belongs where the change does. */
export function changeShown(
  { entry, room }: RemoteChange<Kind>,
  shown: Omit<EntryBodies['delivery.outcome'], 'of'>,
  { clock }: Pick<BridgeDeps, 'clock'>,
): Draft {
  const made = matrixOutcomeDraft({ at: clock.now(), room }, { ...shown, of: entry.position });
  return { ...made, ...belonging(entry), room };
}

function belonging({ portal, line, contact, direction, ...entry }: EntryOf<Kind>): Where {
  return {
    class: entry.class,
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** Of a change that takes no event of its own. */
export const SHOWN = { target: 'matrix', state: 'sent' } as const;
