/** The body of `PUT /_matrix/app/v1/transactions/{txnId}`. Transaction ids mean nothing: Synapse uses them again. */
import { isJsonObject } from '../core/json.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ReceivedEvent } from './event-drafts.ts';
import { eventSlices } from './event-slices.ts';

export interface Transaction {
  readonly events: readonly ReceivedEvent[];
  /** Receipts, typing, presence: for the library's caches and for marks, never on record. */
  readonly ephemeral: readonly unknown[];
}

/** Names in order of age: the stable one, and the one that Synapse used before 1.156. */
const EPHEMERAL_KEYS = ['ephemeral', 'de.sorunome.msc2409.ephemeral'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The error says what is wrong with a body that is no JSON object at all. */
export function parseTransaction(body: Uint8Array): Result<Transaction, string> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  if (!isJsonObject(parsed.value)) return err('the body is not a JSON object');
  const { events } = parsed.value;
  return ok({ events: received(events, body), ephemeral: ephemeralOf(parsed.value) });
}

function parseJson(body: Uint8Array): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(utf8.decode(body));
    return ok(value);
  } catch {
    return err('the body is not JSON in UTF-8');
  }
}

function received(events: unknown, body: Uint8Array): ReceivedEvent[] {
  if (events === undefined) return [];
  // The homeserver would send it for ever: what can't be cut into events goes on record as a whole.
  if (!Array.isArray(events)) return [{ value: undefined, raw: body }];
  const slices = eventSlices(body);
  if (slices.length !== events.length) throw new Error('the transaction was cut wrongly');
  return slices.map((raw, index) => ({ value: itemAt(events, index), raw }));
}

function ephemeralOf(body: Readonly<Record<string, unknown>>): readonly unknown[] {
  for (const key of EPHEMERAL_KEYS) {
    const list = body[key];
    if (Array.isArray(list)) return list;
  }
  return [];
}

function itemAt(items: readonly unknown[], index: number): unknown {
  return items[index];
}
