/** Small things said, and a search over them. */
import type { Draft, DraftOf } from '../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseConnectorId,
  parseEventId,
  parseMillis,
  parseNetworkId,
  parseRoomId,
  parseUserId,
} from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { OpenJournal } from '../../src/journal/open-journal.ts';
import type { Constraint, FieldResolver } from '../../src/journal/search/field-resolver.ts';
import { policyMarks } from '../../src/policy/verdicts/mark-store.ts';
import { createSearch, type Search, type SearchOptions, type SearchPage } from '../../src/journal/search/search.ts';

let made = 0;
export const ROOM = must(parseRoomId('!deals:acme.example'));
export const BOB = must(parseUserId('@bob:acme.example'));
export const ANN = must(parseAddress('+12025550142'));

/** A text that Ann sent to the company. */
export function said(text: string, at = 1_772_000_000_000): DraftOf<'network.message'> {
  made += 1;
  const connector = must(parseConnectorId('carrier'));
  const to = must(parseAddress('+12025550100'));
  return {
    kind: 'network.message',
    at: must(parseMillis(at)),
    source: { system: 'network:carrier', id: `m${made}`, sure: true },
    direction: 'inbound',
    body: { connector, network: must(parseNetworkId('sms')), to, from: ANN, text },
  };
}

/** An event that Bob sent in a room. */
export function wrote(content: JsonObject, more: Partial<Draft> & { type?: string; sender?: string } = {}): Draft {
  made += 1;
  const { type = 'm.room.message', sender = BOB, ...rest } = more;
  return {
    at: must(parseMillis(1_772_000_000_000)),
    direction: 'internal',
    actor: sender,
    room: ROOM,
    source: { system: 'matrix', id: `$e${made}`, sure: true },
    ...rest,
    kind: 'matrix.event',
    body: {
      event_id: must(parseEventId(`$e${made}`)),
      type,
      room_id: ROOM,
      sender: must(parseUserId(sender)),
      origin_server_ts: 1_772_000_000_000,
      content,
    },
  };
}

export const meant: Readonly<Record<string, readonly Constraint[]>> = {
  'from:@bob': [{ actor: BOB }],
  'user:@bob': [{ actor: BOB }],
  'from:+12025550142': [{ direction: 'inbound' }],
  'in:deals': [{ room: ROOM }],
};
export const resolver: FieldResolver = {
  resolve: (field, value) => Promise.resolve(meant[`${field}:${value}`] ?? []),
};

export const options: SearchOptions = { timezone: 'UTC', now: Date.UTC(2026, 2, 1), country: 'US', limit: 10 };

export function searchIn(journal: OpenJournal): Search {
  return createSearch({ journal, index: journal.search, resolver, marks: policyMarks });
}

export async function found(search: Search, query: string, more: Partial<SearchOptions> = {}): Promise<SearchPage> {
  const page = await search(query, { ...options, ...more });
  if (!page.ok) throw new Error(page.error.what);
  return page.value;
}

export async function positions(search: Search, query: string, more: Partial<SearchOptions> = {}): Promise<number[]> {
  const page = await found(search, query, more);
  return page.hits.map((hit) => hit.position);
}
