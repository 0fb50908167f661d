/** What the bots need to know of portals and the messages in them; the bridge's tables say it. */
import { contactByAddress } from '../bridge/contacts/contact-store.ts';
import { lateEditOf } from '../bridge/messages/late-edit-store.ts';
import { messageAt, messageByEvent, type Message, type MessageState } from '../bridge/messages/message-store.ts';
import { outboundRich } from '../bridge/text/outbound-rich.ts';
import { portalByRoom, portalFor, type Portal } from '../bridge/portals/portal-store.ts';
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { FailureKind } from '../core/failures.ts';
import type { Address, EventId, LineId, NetworkId } from '../core/ids.ts';
import type { Position, RoomId, UserId } from '../core/ids.ts';
import { toPlain } from '../core/rich-text-plain.ts';
import { sourceOf } from '../core/shown-source.ts';
import type { Views } from '../journal/journal.ts';
import { epochAt } from '../journal/log/epochs.ts';

export type PortalHere = Pick<Portal, 'portal' | 'line' | 'network' | 'address' | 'name'>;

export interface MessageHere {
  /** The entry that is sent. */
  readonly position: Position;
  /** Who wrote it. */
  readonly sender: UserId | undefined;
  readonly state: MessageState;
  readonly reason: FailureKind | undefined;
}

interface Chat {
  readonly line: LineId;
  readonly network: NetworkId;
  readonly address: Address;
}

export interface Portals {
  byRoom(room: RoomId): Promise<PortalHere | undefined>;
  /** The room of the chat with this address on this line, when it is open. */
  roomOf(chat: Chat): Promise<RoomId | undefined>;
  /** The outbound message that `event` is, or that an explanation of ours is about: people reply to either. */
  message(room: RoomId, event: EventId): Promise<MessageHere | undefined>;
  /** What its author made of a message after it had gone out, as plain text; undefined where it was not edited since. */
  newestEdit(of: Position): Promise<string | undefined>;
}

export interface PortalReading {
  readonly views: Views;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
  /** The entry of a Matrix event. */
  readonly entryOfEvent: (event: EventId) => Promise<Entry | ErasedEntry | undefined>;
  readonly isOurs: (user: UserId) => boolean;
}

export function portalsIn(given: PortalReading): Portals {
  const { views } = given;
  const { sealer } = views;
  return {
    byRoom: (room) => views.read((reading) => portalByRoom(reading, sealer, room)),
    roomOf: (chat) =>
      views.read(async (reading) => {
        const contact = await contactByAddress(reading, sealer, chat);
        if (contact === undefined) return undefined;
        return (await portalFor(reading, sealer, { line: chat.line, contact }))?.room;
      }),
    message: async (room, event) => {
      const found = await views.read((reading) => messageByEvent(reading, room, event));
      const message = found ?? (await explained(given, room, event));
      return message?.direction === 'outbound' ? message : undefined;
    },
    newestEdit: async (of) => {
      const edit = await views.read((reading) => lateEditOf(reading, of));
      const entry = edit === undefined ? undefined : await given.read(edit);
      if (entry?.kind !== 'matrix.event' || 'erased' in entry) return undefined;
      const rich = outboundRich(entry.body.content);
      return rich.ok ? toPlain(rich.value) : undefined;
    },
  };
}

async function explained(given: PortalReading, room: RoomId, event: EventId): Promise<Message | undefined> {
  const said = await given.entryOfEvent(event);
  const about = said === undefined ? undefined : await sourceSaid(given, room, said);
  if (about === undefined) return undefined;
  const cause = await given.read(about);
  const position = cause === undefined ? about : ofEntry(cause);
  const message = await given.views.read((reading) => messageAt(reading, position));
  return message?.room === room ? message : undefined;
}

/** Only what we said ourselves in this room is believed: anybody can write that key. */
export async function sourceSaid(
  given: Pick<PortalReading, 'isOurs' | 'views'>,
  room: RoomId,
  said: Entry | ErasedEntry,
): Promise<Position | undefined> {
  if (said.kind !== 'matrix.event' || 'erased' in said) return undefined;
  if (said.body.room_id !== room || !given.isOurs(said.body.sender)) return undefined;
  const source = sourceOf(said.body.content);
  if (source === undefined) return undefined;
  const epoch = await given.views.read((reading) => epochAt(source.position, reading));
  return source.epoch === epoch ? source.position : undefined;
}

/** The message that an outcome is the outcome of; else the entry itself. */
function ofEntry(entry: Entry | ErasedEntry): Position {
  if ('erased' in entry) return entry.position;
  switch (entry.kind) {
    case 'delivery.outcome':
    case 'delivery.attempt':
    case 'delivery.abandoned':
    case 'policy.verdict':
    case 'policy.approved':
    case 'policy.rejected':
    case 'policy.expired':
      return entry.body.of;
    default:
      return entry.position;
  }
}
