/** What the bots need to know of portals and the messages in them; the bridge's tables say it. */
import type { FailureKind } from '../core/failures.ts';
import type { Address, EventId, LineId, NetworkId, Position, RoomId } from '../core/ids.ts';
import { contactByAddress } from '../bridge/contact-store.ts';
import { messageByEvent, type MessageState } from '../bridge/message-store.ts';
import { portalByRoom, portalFor, type Portal } from '../bridge/portal-store.ts';
import type { Views } from '../journal/journal.ts';

export type PortalHere = Pick<Portal, 'portal' | 'line' | 'network' | 'address' | 'name'>;

export interface MessageHere {
  /** The entry that is sent. */
  readonly position: Position;
  readonly state: MessageState;
  readonly reason: FailureKind | undefined;
}

export interface Chat {
  readonly line: LineId;
  readonly network: NetworkId;
  readonly address: Address;
}

export interface Portals {
  byRoom(room: RoomId): Promise<PortalHere | undefined>;
  /** The room of the chat with this address on this line, when it is open. */
  roomOf(chat: Chat): Promise<RoomId | undefined>;
  /** The outbound message that `event` is. */
  message(room: RoomId, event: EventId): Promise<MessageHere | undefined>;
}

export function portalsIn(views: Views): Portals {
  const { sealer } = views;
  return {
    byRoom: (room) => views.read((reading) => portalByRoom(reading, sealer, room)),
    roomOf: (chat) =>
      views.read(async (reading) => {
        const contact = await contactByAddress(reading, sealer, chat);
        if (contact === undefined) return undefined;
        return (await portalFor(reading, sealer, { line: chat.line, contact }))?.room;
      }),
    message: (room, event) =>
      views.read(async (reading) => {
        const message = await messageByEvent(reading, room, event);
        return message?.direction === 'outbound' ? message : undefined;
      }),
  };
}
