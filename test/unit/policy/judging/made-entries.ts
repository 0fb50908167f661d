/** Entries for tests of the judging, as the journal would give them. */
import type { Draft, DraftOf, EntryKind, EntryOf } from '../../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseEventId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePosition,
  parseRoomId,
  parseUserId,
  type Position,
} from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Line } from '../../../../src/core/line.ts';

export const domain = 'acme.example';
export const alice = must(parseUserId(`@alice:${domain}`));
export const bob = must(parseUserId(`@bob:${domain}`));
export const ghost = must(parseUserId(`@_gh_sms_12025550199:${domain}`));
export const room = must(parseRoomId('!deals:acme.example'));
export const otherRoom = must(parseRoomId('!lunch:acme.example'));
export const sms = must(parseNetworkId('sms'));
export const ann = must(parseAddress('+12025550199'));
export const began = 1_760_000_000_000;

export const sales: Line = {
  id: must(parseLineId('sales')),
  name: 'Sales',
  connector: must(parseConnectorId('carrier')),
  network: sms,
  address: must(parseAddress('+493012345670')),
  supervisors: [],
  routing: 'shared',
  class: must(parseClassId('test-class')),
  country: 'DE',
};

export const at = (ms: number) => must(parseMillis(ms));
export const position = (n: number): Position => must(parsePosition(n));
export const event = (name: string) => must(parseEventId(name));

interface More {
  readonly type?: string;
  readonly sender?: typeof alice;
  readonly room?: typeof room;
  readonly id?: string;
  readonly at?: number;
  readonly stateKey?: string;
  readonly direction?: Draft['direction'];
}

let made = 0;

export function eventDraft(content: JsonObject, more: More = {}): DraftOf<'matrix.event'> {
  made += 1;
  const id = event(more.id ?? `$made${made}`);
  const time = at(more.at ?? began + made);
  const { type = 'm.room.message', sender = alice, stateKey, direction } = more;
  return {
    kind: 'matrix.event',
    at: time,
    source: { system: 'matrix', id, sure: true },
    room: more.room ?? room,
    ...(direction === undefined ? {} : { direction }),
    body: {
      ...{ event_id: id, type, room_id: more.room ?? room, sender, origin_server_ts: time, content },
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
    },
  };
}

export function textDraft(body: string, more: More = {}): DraftOf<'matrix.event'> {
  return eventDraft({ msgtype: 'm.text', body }, more);
}

export function smsDraft(text: string, more: { readonly at?: number } = {}): DraftOf<'network.message'> {
  made += 1;
  return {
    kind: 'network.message',
    at: at(more.at ?? began + made),
    source: { system: 'network:carrier', id: `sms-${made}`, sure: true },
    ...{ actor: ghost, line: sales.id, direction: 'inbound', room },
    body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text },
  };
}

/** A draft at a position of its own, as if it were on record. */
export function recorded<K extends EntryKind>(draft: DraftOf<K>, where = 1): EntryOf<K> {
  return { ...draft, position: position(where), v: 1, recordedAt: draft.at, class: must(parseClassId('test-class')) };
}

export function said(content: JsonObject, more: More = {}): EntryOf<'matrix.event'> {
  return recorded(eventDraft(content, more));
}
