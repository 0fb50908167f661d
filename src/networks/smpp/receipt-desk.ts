/**
 * Puts receipts on record with the message they speak of. One that comes before the answer that names its message is
 * kept, durably, until that answer or for a minute.
 */
import { z } from 'zod';
import { parseMillis, type Millis, type RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit, OutboundUpdate } from '../../core/ports/connector.ts';
import type { Background } from './background.ts';
import { KeyedOrder } from '../keyed-order.ts';
import type { Receipt } from './receipts.ts';
import { remoteId, sentPrefix, type Matched, type SentMessages } from './sent-messages.ts';

export interface TakenReceipt {
  readonly receipt: Receipt & { readonly id: string };
  /** Tells it from others: the likeness of its PDU. */
  readonly key: string;
  readonly at: Millis;
  readonly raw: Uint8Array;
}

const heldPrefix = 'held:';
const holdForMs = 60_000;
const maxHeld = 1_000;

const stored = z.strictObject({
  at: z.number(),
  raw: z.base64(),
  receipt: z.strictObject({
    id: z.string().min(1),
    state: z.enum(['accepted', 'delivered', 'read', 'failed', 'expired', 'unknown']),
    word: z.string(),
    code: z.string().optional(),
    ids: z.enum(['raw', 'hex', 'dec', 'auto']).optional(),
  }),
});

export class ReceiptDesk {
  readonly #given: { readonly ctx: ConnectorContext; readonly sent: SentMessages; readonly background: Background };
  readonly #held = new Map<string, { readonly taken: TakenReceipt; readonly cancel: () => void }>();
  readonly #order = new KeyedOrder();
  #submitting = 0;

  constructor(given: { readonly ctx: ConnectorContext; readonly sent: SentMessages; readonly background: Background }) {
    this.#given = given;
  }

  /** Takes in what an earlier process noted. */
  async load(): Promise<void> {
    const { ctx, sent } = this.#given;
    const gone = sent.load(await ctx.kv.list(sentPrefix), ctx.clock.now());
    if (gone.length > 0) await ctx.kv.apply(gone);
    for (const note of await ctx.kv.list(heldPrefix)) {
      const taken = readHeld(note);
      if (taken === undefined) await ctx.kv.apply([{ key: note.key, value: null }]);
      else this.#hold(taken);
    }
  }

  /** Resolves when it is on record, or durably kept for its message's answer. */
  async take(taken: TakenReceipt): Promise<void> {
    const waits =
      this.#submitting > 0 && this.#held.size < maxHeld && this.#given.sent.match(taken.receipt) === undefined;
    if (!waits) {
      await this.#record(taken, []);
      return;
    }
    const { at, raw, receipt } = taken;
    const note = JSON.stringify({ at, raw: Buffer.from(raw).toString('base64'), receipt });
    await this.#given.ctx.kv.apply([{ key: `${heldPrefix}${taken.key}`, value: Buffer.from(note) }]);
    // The answer may have come while that was written: then nothing would settle it for a minute.
    if (this.#given.sent.match(receipt) === undefined) this.#hold(taken);
    else this.#release(taken);
  }

  /** A submit begins: receipts for it may come before its answer. */
  submitting(): void {
    this.#submitting += 1;
  }

  /** Its answer came, or never will. */
  submitted(): void {
    this.#submitting -= 1;
  }

  /** A message has its ids: notes them, and settles the receipts that waited for them. */
  sent(key: string, ids: readonly RemoteId[]): void {
    const { ctx, sent, background } = this.#given;
    const edits = sent.add({ key, ids, at: ctx.clock.now() });
    background.run('note-sent', () => ctx.kv.apply(edits));
    for (const { taken, cancel } of Array.from(this.#held.values())) {
      if (sent.match(taken.receipt) === undefined) continue;
      cancel();
      this.#release(taken);
    }
  }

  stop(): void {
    for (const { cancel } of this.#held.values()) cancel();
    this.#held.clear();
  }

  #hold(taken: TakenReceipt): void {
    const { clock } = this.#given.ctx;
    this.#held.get(taken.key)?.cancel();
    // No longer than from now on, should the clock have been set back.
    const left = Math.min(Math.max(0, taken.at + holdForMs - clock.now()), holdForMs);
    const cancel = clock.after(left, () => {
      this.#release(taken);
    });
    this.#held.set(taken.key, { taken, cancel });
  }

  #release(taken: TakenReceipt): void {
    this.#held.delete(taken.key);
    const { background, ctx } = this.#given;
    background.run('held-receipt', async () => {
      try {
        await this.#record(taken, [{ key: `${heldPrefix}${taken.key}`, value: null }]);
      } catch {
        ctx.log.warn('smpp.receipt-not-recorded', {});
        this.#hold({ ...taken, at: ctx.clock.now() });
      }
    });
  }

  /** Receipts of one message follow each other: what it has come to is the sum of those before. */
  #record(taken: TakenReceipt, kv: readonly KvEdit[]): Promise<void> {
    const { ctx, sent } = this.#given;
    const message = sent.match(taken.receipt)?.matches[0] ?? taken.receipt.id;
    return this.#order.run(message, async () => {
      const matched = sent.match(taken.receipt);
      await ctx.outcome(updateOf(taken, matched), [...kv, ...(matched?.kv ?? [])]);
      matched?.settle();
    });
  }
}

function updateOf({ receipt, key, at, raw }: TakenReceipt, matched: Matched | undefined): OutboundUpdate {
  const word = receipt.state === 'delivered' ? '' : receipt.word;
  const detail = matched?.detail ?? word;
  return {
    id: key,
    sure: true,
    at,
    raw,
    remoteId: remoteId(receipt.id),
    state: matched === undefined ? receipt.state : matched.state,
    ...(matched === undefined ? {} : { matches: matched.matches }),
    ...(receipt.code === undefined ? {} : { code: receipt.code }),
    ...(detail === '' ? {} : { detail }),
  };
}

function readHeld(note: { readonly key: string; readonly value: Uint8Array }): TakenReceipt | undefined {
  try {
    const { at, raw, receipt } = stored.parse(JSON.parse(Buffer.from(note.value).toString('utf8')));
    const { id, state, word, code, ids } = receipt;
    const time = parseMillis(at);
    if (!time.ok) return undefined;
    return {
      key: note.key.slice(heldPrefix.length),
      at: time.value,
      raw: Buffer.from(raw, 'base64'),
      receipt: {
        id,
        state,
        word,
        ...(code === undefined ? {} : { code }),
        ...(ids === undefined ? {} : { ids }),
      },
    };
  } catch {
    return undefined;
  }
}
