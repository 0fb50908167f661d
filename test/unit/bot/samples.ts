/** People, rooms and messages that the bots' tests speak of. */
import type { Entry, EntryOf } from '../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseDeskId,
  parseEventId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePortalId,
  parsePosition,
  parseRoomAlias,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Desk, Line } from '../../../src/core/line.ts';
import { incoming, type Incoming } from '../../../src/bot/incoming.ts';

export const user = (text: string) => must(parseUserId(text));
export const room = (text: string) => must(parseRoomId(text));
export const position = (n: number) => must(parsePosition(n));
export const millis = (n: number) => must(parseMillis(n));
export const event = (text: string) => must(parseEventId(text));

export const domain = 'acme.example';
export const alice = user('@alice:acme.example');
export const bob = user('@bob:acme.example');
export const olivia = user('@olivia:acme.example');
export const rita = user('@rita:acme.example');
export const audrey = user('@audrey:acme.example');
export const ghost = user('@_gh_sms_12025550199:acme.example');
export const sms = must(parseNetworkId('sms'));
export const ann = must(parseAddress('+12025550199'));
export const now = millis(Date.UTC(2026, 2, 6, 21, 30));

function line(id: string, name: string, address: string, country?: string): Line {
  return {
    id: must(parseLineId(id)),
    name,
    connector: must(parseConnectorId('carrier')),
    network: sms,
    address: must(parseAddress(address)),
    supervisors: [],
    routing: 'shared',
    class: must(parseClassId('us-finra-6y')),
    ...(country === undefined ? {} : { country }),
  };
}

export const sales = line('sales', 'Sales', '+12025550100');
export const support = line('support', 'Support Berlin', '+493012345670');

export const desk: Desk = {
  id: must(parseDeskId('main')),
  room: must(parseRoomAlias('#compliance:acme.example')),
  timezone: 'America/New_York',
  officers: [olivia],
  reviewers: [rita],
  auditors: [audrey],
};

export const annsPortal = {
  portal: must(parsePortalId('p7')),
  line: sales.id,
  network: sms,
  address: ann,
  name: 'Ann Lee',
};

let counted = 0;

/** A Matrix event as the journal gives it. */
export function matrixEntry(
  content: JsonObject,
  more: Partial<EntryOf<'matrix.event'>> & {
    readonly type?: string;
    readonly stateKey?: string;
    readonly sender?: typeof alice;
  } = {},
): EntryOf<'matrix.event'> {
  counted += 1;
  const { type = 'm.room.message', stateKey, sender = alice, ...rest } = more;
  const id = event(`$event${counted}`);
  return {
    kind: 'matrix.event',
    position: position(100 + counted),
    v: 1,
    at: now,
    recordedAt: now,
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'matrix', id, sure: true },
    actor: sender,
    body: {
      event_id: id,
      type,
      room_id: rest.room ?? room('!r:acme.example'),
      sender,
      origin_server_ts: now,
      content,
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
    },
    ...rest,
  };
}

export function text(body: string): JsonObject {
  return { msgtype: 'm.text', body };
}

/** What a bot is given of a message. */
export function typed(body: string, more: Partial<Incoming> = {}): Incoming {
  const message = incoming(matrixEntry(text(body)));
  if (message === undefined) throw new Error('not a message');
  return { ...message, ...more };
}

/** A customer's text on record. */
export function networkEntry(at: number, words: string, more: Partial<EntryOf<'network.message'>> = {}): Entry {
  return {
    kind: 'network.message',
    position: position(at),
    v: 1,
    at: now,
    recordedAt: now,
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'network:carrier', id: `m${at}`, sure: true },
    direction: 'inbound',
    body: {
      connector: must(parseConnectorId('carrier')),
      network: sms,
      to: sales.address,
      from: ann,
      text: words,
    },
    ...more,
  };
}
