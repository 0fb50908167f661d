/**
 * What was handed to the carrier and still waits for its last receipt, kept through restarts. A long message's parts
 * have receipts of their own: it is delivered when all are, failed when one is, and it never goes back.
 */
import { z } from 'zod';
import type { ReceiptState } from '../../core/network-entries.ts';
import { must, parseRemoteId, type Millis, type RemoteId } from '../../core/ids.ts';
import type { KvEdit } from '../../core/ports/connector.ts';
import { OutstandingIds, type IdForm } from './message-ids.ts';
import type { Receipt } from './receipts.ts';

interface Sent {
  readonly key: string;
  readonly at: number;
  readonly ids: readonly RemoteId[];
  readonly states: Map<RemoteId, ReceiptState>;
}

export interface Matched {
  /** All parts of the message. */
  readonly matches: readonly RemoteId[];
  /** Of the whole message. */
  readonly state: ReceiptState;
  /** "2 of 3 parts", for a long message. */
  readonly detail?: string;
  /** Commits with the receipt's entry. */
  readonly kv: readonly KvEdit[];
  /** Call after that commit. */
  readonly settle: () => void;
}

export const sentPrefix = 'sent:';
/** Carriers give up on a text after a few days at most. */
const keepForMs = 7 * 24 * 3_600_000;
const maxSent = 20_000;

const stored = z.strictObject({
  at: z.number(),
  ids: z.array(z.string().min(1).max(255)),
  states: z.record(z.string(), z.enum(['accepted', 'delivered', 'read', 'failed', 'expired', 'unknown'])),
});

export class SentMessages {
  readonly #ids: OutstandingIds<Sent>;
  readonly #byAge = new Map<string, Sent>();

  constructor(form: IdForm) {
    this.#ids = new OutstandingIds(form);
  }

  /** Takes in what an earlier process noted. @returns the edits that forget what is too old or unreadable. */
  load(notes: readonly { readonly key: string; readonly value: Uint8Array }[], now: Millis): KvEdit[] {
    const gone: KvEdit[] = [];
    for (const { key, value } of notes) {
      const sent = readNote(key, value);
      if (sent === undefined || now - sent.at > keepForMs) gone.push({ key, value: null });
      else this.#keep(sent);
    }
    return gone;
  }

  /** @returns the edits that note it, and forget the oldest when there are too many. */
  add(of: { readonly key: string; readonly ids: readonly RemoteId[]; readonly at: Millis }): KvEdit[] {
    const sent: Sent = { key: `${sentPrefix}${of.key}`, at: of.at, ids: of.ids, states: new Map() };
    this.#keep(sent);
    const oldest = this.#byAge.size > maxSent ? this.#byAge.values().next().value : undefined;
    if (oldest !== undefined) this.#forget(oldest);
    return [note(sent), ...(oldest === undefined ? [] : [{ key: oldest.key, value: null }])];
  }

  /** What a receipt means for the message it speaks of; undefined when no outstanding one is meant for certain. */
  match(receipt: Receipt): Matched | undefined {
    const found = receipt.id === undefined ? undefined : this.#ids.find(receipt.id, receipt.ids);
    const id = found?.value.ids.find((one) => one === found.id);
    if (found === undefined || id === undefined) return undefined;
    const sent = found.value;
    const states = new Map(sent.states).set(id, further(sent.states.get(id), receipt.state));
    const state = whole(sent.ids, states);
    const final = sent.ids.every((one) => isFinal(states.get(one)));
    return {
      matches: sent.ids,
      state,
      ...(sent.ids.length === 1 ? {} : { detail: progress(sent.ids, states) }),
      kv: [final ? { key: sent.key, value: null } : note({ ...sent, states })],
      settle: () => {
        for (const [part, reached] of states) sent.states.set(part, further(sent.states.get(part), reached));
      },
    };
  }

  /** What was heard so far of what an entry sent: that the carrier took it, where it has said no more. */
  ofPosition(position: string): { readonly state: ReceiptState; readonly ids: readonly RemoteId[] } | undefined {
    const attempts = Array.from(this.#byAge.values()).filter(({ key }) => key.startsWith(`${sentPrefix}${position}.`));
    const last = attempts.at(-1);
    return last === undefined ? undefined : { state: whole(last.ids, last.states), ids: last.ids };
  }

  /** Parts handed over before then, and not too long before, whose last word never came; the oldest first. */
  overdue(before: number): readonly RemoteId[] {
    return Array.from(this.#byAge.values()).flatMap(({ at, ids, states }) =>
      at <= before && at > before - keepForMs ? ids.filter((id) => !isFinal(states.get(id))) : [],
    );
  }

  #keep(sent: Sent): void {
    this.#byAge.set(sent.key, sent);
    for (const id of sent.ids) this.#ids.add(id, sent);
  }

  #forget(sent: Sent): void {
    this.#byAge.delete(sent.key);
    for (const id of sent.ids) this.#ids.delete(id);
  }
}

function readNote(key: string, value: Uint8Array): Sent | undefined {
  try {
    const { at, ids, states } = stored.parse(JSON.parse(Buffer.from(value).toString('utf8')));
    return {
      key,
      at,
      ids: ids.map(remoteId),
      states: new Map(Object.entries(states).map(([id, state]) => [remoteId(id), state])),
    };
  } catch {
    return undefined;
  }
}

function note(sent: Sent): KvEdit {
  const { at, ids } = sent;
  return { key: sent.key, value: Buffer.from(JSON.stringify({ at, ids, states: Object.fromEntries(sent.states) })) };
}

/** An id as the carrier wrote it, without what no id can hold. @throws Error when nothing is left; see `cleanId`. */
export function remoteId(id: string): RemoteId {
  return must(parseRemoteId(cleanId(id)));
}

/** Control characters and line ends are no part of an id, whatever a carrier sends. */
export function cleanId(id: string): string {
  return id
    .replace(/[\p{Cc}\u2028\u2029]/gu, '')
    .trim()
    .slice(0, 255);
}

export function isFinal(state: ReceiptState | undefined): state is 'delivered' | 'read' | 'failed' | 'expired' {
  return state === 'delivered' || state === 'read' || state === 'failed' || state === 'expired';
}

/** A state that only goes on: delivered stays delivered, and a failure isn't taken back by "en route". */
function further(before: ReceiptState | undefined, now: ReceiptState): ReceiptState {
  if (before === undefined || before === 'delivered') return before ?? now;
  return isFinal(before) && now !== 'delivered' ? before : now;
}

function whole(ids: readonly RemoteId[], states: ReadonlyMap<RemoteId, ReceiptState>): ReceiptState {
  const reached = ids.map((id) => states.get(id) ?? 'accepted');
  for (const state of ['failed', 'expired', 'unknown'] as const) if (reached.includes(state)) return state;
  return reached.every((state) => state === 'delivered') ? 'delivered' : 'accepted';
}

function progress(ids: readonly RemoteId[], states: ReadonlyMap<RemoteId, ReceiptState>): string {
  const delivered = ids.filter((id) => states.get(id) === 'delivered').length;
  return `${delivered} of ${ids.length} parts delivered`;
}
