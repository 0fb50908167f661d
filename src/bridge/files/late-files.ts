/**
 * Task `file.late`: a file that its message was shown without follows as a reply to it, once. Killed after the room has
 * it: the next turn finds it there under the same part, and puts it on record.
 */
import type { Draft, Entry, ErasedEntry } from '../../core/entry.ts';
import type { EventId, PortalId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { TaskHandlers, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { isAccountRefused, isGone, turnOf } from '../homeserver-turn.ts';
import { findChange } from '../inbound/remote-change.ts';
import { speakerOf, spokenFor } from '../inbound/speaker.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { changesOf, messagesChangedBy } from '../messages/remote-message-store.ts';
import { ghostOf } from '../portals/ghost.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { lateDraft } from './file-drafts.ts';
import type { FilePart, MessageFiles } from './message-files.ts';
import { bringsFiles, type WithAttachments } from './network-files.ts';

export const LATE = 'file.late';

const DONE: Turn = { to: 'done' };

type LateDeps = Pick<BridgeDeps, 'journal' | 'homeserver' | 'clock'>;

interface Following {
  readonly message: WithAttachments;
  readonly portal: Portal;
  readonly room: RoomId;
  /** What it follows, where that stands in this room. */
  readonly event: EventId | undefined;
  /** Those that may have come. */
  readonly parts: readonly number[];
}

export function lateFilesHandlers(deps: LateDeps, files: MessageFiles): TaskHandlers {
  return new Map([[LATE, { run: (_task, entry) => follow(entry, deps, files) }]]);
}

async function follow(entry: Entry | ErasedEntry, deps: LateDeps, files: MessageFiles): Promise<Turn> {
  const following = await find(entry, deps);
  if (following === undefined) return DONE;
  const { message, parts } = following;
  const found = files.come(await files.look(message), parts);
  const as = userOf(following, deps);
  const entries: Draft[] = [];
  for (const one of files.parts(found, { as })) {
    const shown = await showOnce(one, { ...following, as }, deps);
    if (!shown.ok) return isGone(shown.error) ? { ...DONE, entries } : { ...turnOf(shown.error), entries };
    entries.push(lateDraft(message, { part: one.part, event: shown.value, at: deps.clock.now() }));
  }
  return { ...DONE, entries };
}

async function find(entry: Entry | ErasedEntry, { journal }: LateDeps): Promise<Following | undefined> {
  const parts = partsOf(entry);
  if (parts === undefined || 'erased' in entry || entry.portal === undefined) return undefined;
  const message = await journal.read(parts.of);
  if (message === undefined || !bringsFiles(message)) return undefined;
  const place = await placeOf(message, entry.portal, journal);
  return place === undefined ? undefined : { message, ...place, parts: parts.parts };
}

async function placeOf(
  entry: WithAttachments,
  id: PortalId,
  journal: LateDeps['journal'],
): Promise<Pick<Following, 'portal' | 'room' | 'event'> | undefined> {
  const { views } = journal;
  const shown = await shownMessage(entry, journal);
  const { portal, changes } = await views.read(async (reading) => ({
    portal: await portalById(reading, views.sealer, id),
    changes: shown === undefined ? [] : await changesOf(reading, shown.position),
  }));
  if (portal?.room === undefined || (await wasTakenBack(changes, journal))) return undefined;
  const { room } = portal;
  return { portal, room, event: shown?.room === room ? shown.event : undefined };
}

/** The message that brought the file, or that an edit, or what told of it once more, brought it to. */
async function shownMessage(entry: WithAttachments, journal: LateDeps['journal']): Promise<Message | undefined> {
  if (entry.kind === 'network.edit') return (await findChange(entry, 'network.edit', { journal }))?.messages[0];
  return journal.views.read(async (reading) => {
    const [of = entry.position] = await messagesChangedBy(reading, entry.position);
    return messageAt(reading, of);
  });
}

function partsOf(entry: Entry | ErasedEntry): { readonly of: Position; readonly parts: readonly number[] } | undefined {
  if ('erased' in entry) return undefined;
  switch (entry.kind) {
    case 'delivery.outcome':
      return { of: entry.body.of, parts: entry.body.lacking ?? [] };
    case 'file.stored':
    case 'file.scanned':
    case 'file.missing':
      return { of: entry.body.of, parts: [entry.body.part] };
    default:
      return undefined;
  }
}

/** What its sender took back is not shown any more. */
async function wasTakenBack(changes: readonly Position[], journal: LateDeps['journal']): Promise<boolean> {
  for (const position of changes) {
    if ((await journal.read(position))?.kind === 'network.redaction') return true;
  }
  return false;
}

/** As the message itself was said. */
function userOf({ message, portal }: Following, { homeserver }: LateDeps): UserId {
  const { body } = message;
  if (spokenFor(body, portal, false) !== undefined) return homeserver.gatehouse;
  return ghostOf(speakerOf(body, portal), homeserver.domain);
}

/** By @gatehouse where the ghost's account is refused. */
async function showOnce(file: FilePart, at: Following & { readonly as: UserId }, deps: LateDeps): Done<EventId> {
  const { message, room, event, as } = at;
  const { homeserver } = deps;
  const sent = { as, room, source: message.position, part: file.part };
  const before = await homeserver.findEcho({ ...sent, since: message.recordedAt });
  if (!before.ok) return before;
  if (before.value !== undefined) return ok(before.value);
  const shown = await file.make();
  if (!shown.ok) return shown;
  const relation = event === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: event } } };
  const content = { ...shown.value.content, ...relation, 'm.mentions': {} };
  const done = await homeserver.send({ ...sent, type: shown.value.type, content });
  if (done.ok || !isAccountRefused(done.error) || as === homeserver.gatehouse) return done;
  return showOnce(file, { ...at, as: homeserver.gatehouse }, deps);
}
