/** Entries that the bridge makes itself. Their ids follow from what they are about, so that a repeat is one entry. */
import type { Draft, EntryBodies } from '../core/entry.ts';
import type { ConnectorId, ContactId, LineId, Millis, Position, RoomId } from '../core/ids.ts';
import { networkSource } from './messages/message-projection.ts';

function ours(id: string) {
  return { system: 'gatehouse', id, sure: true };
}

export function attemptDraft(at: Millis, body: EntryBodies['delivery.attempt']): Draft {
  return { kind: 'delivery.attempt', at, source: ours(`attempt/${body.of}/${body.attempt}`), body };
}

interface OutcomeMade {
  readonly at: Millis;
  /** Undefined where none is behind the line any more, and nobody was asked. */
  readonly connector: ConnectorId | undefined;
  readonly attempt: number;
  /** How often a person asked for it again: what is refused a second time makes no attempt, and is told all the same. */
  readonly generation: number;
}

/** The connector that was asked is the entry's source: its ids mean something only there. */
export function networkOutcomeDraft(made: OutcomeMade, body: EntryBodies['delivery.outcome']): Draft {
  const again = made.generation === 0 ? '' : `/${made.generation}`;
  const id = `outcome/${body.of}/${made.attempt}${again}`;
  const source = made.connector === undefined ? ours(id) : { system: networkSource(made.connector), id, sure: true };
  return { kind: 'delivery.outcome', at: made.at, source, body };
}

/** What became of a message that the network had left open with the outcome at `because`. */
export function settledDraft(
  made: { readonly at: Millis; readonly connector: ConnectorId; readonly because: Position },
  body: EntryBodies['delivery.outcome'],
): Draft {
  const source = { system: networkSource(made.connector), id: `settled/${body.of}/${made.because}`, sure: true };
  return { kind: 'delivery.outcome', at: made.at, source, body };
}

export function matrixOutcomeDraft(
  made: { readonly at: Millis; readonly room: RoomId },
  body: EntryBodies['delivery.outcome'],
): Draft {
  const source = ours(`shown/${body.of}/${body.eventId ?? body.state}`);
  return { kind: 'delivery.outcome', at: made.at, room: made.room, source, body };
}

export function abandonedDraft(at: Millis, body: EntryBodies['delivery.abandoned'], because: Position): Draft {
  return { kind: 'delivery.abandoned', at, source: ours(`abandoned/${body.of}/${because}`), body };
}

export function deferredDraft(at: Millis, body: EntryBodies['delivery.deferred'], because: Position): Draft {
  return { kind: 'delivery.deferred', at, source: ours(`deferred/${body.of}/${because}`), body };
}

export function portalOpenedDraft(at: Millis, body: EntryBodies['portal.opened']): Draft {
  return { kind: 'portal.opened', at, room: body.room, source: ours(`opened/${body.portal}/${body.room}`), body };
}

export function portalMovedDraft(at: Millis, body: EntryBodies['portal.moved']): Draft {
  return { kind: 'portal.moved', at, room: body.to, source: ours(`moved/${body.portal}/${body.to}`), body };
}

export function portalClosedDraft(at: Millis, body: EntryBodies['portal.closed'] & { readonly room: RoomId }): Draft {
  return { kind: 'portal.closed', at, room: body.room, source: ours(`closed/${body.portal}/${body.room}`), body };
}

export function roomGoneDraft(at: Millis, body: EntryBodies['room.gone']): Draft {
  return { kind: 'room.gone', at, room: body.room, source: ours(`gone/${body.room}`), body };
}

export function roomMadeDraft(at: Millis, body: EntryBodies['room.made']): Draft {
  return { kind: 'room.made', at, room: body.room, source: ours(`made/${body.room}`), body };
}

/** `because`: what it was made for. A ghost that was let go is made anew under the same name. */
export function ghostMadeDraft(
  made: { readonly at: Millis; readonly because: Position; readonly line: LineId; readonly contact: ContactId },
  body: EntryBodies['ghost.made'],
): Draft {
  const { at, because, line, contact } = made;
  return { kind: 'ghost.made', at, line, contact, source: ours(`ghost/${body.user}/${because}`), body };
}
