/**
 * Takes in what the carrier delivers. An answer of 0 means that it is on record; when the record can't be written the
 * carrier is told to try again. What can't be decoded is put on record as it came.
 */
import { randomBytes } from 'node:crypto';
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import { fromWire } from './addresses.ts';
import { refused, taken, tryAgain, type Answer } from './answer.ts';
import { singleEvent, textOf, type Arrived } from './assemble.ts';
import type { Background } from './background.ts';
import { decodePdu, type Malformed } from './codec/decode.ts';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { status } from './codec/status.ts';
import { KeyedOrder } from '../keyed-order.ts';
import { likenessOfFrame, likenessWith, type Likeness } from './likeness.ts';
import { contentOf } from './message-parts.ts';
import { LongTexts } from './long-texts.ts';
import type { KeptPart } from './part-notes.ts';
import { chatOf, type Part } from './reassembly.ts';
import type { ReceiptDesk } from './receipt-desk.ts';
import { isReceipt, readReceipt } from './receipts.ts';
import type { Route, Routes } from './routes.ts';
import { cleanId } from './sent-messages.ts';
import { decodeParts } from './text/decode-text.ts';
import { Unanswered, unansweredPrefix } from './unanswered.ts';

export interface InboundOptions {
  readonly ctx: ConnectorContext;
  readonly routes: Routes;
  readonly partsTimeout: number;
  readonly receipts: ReceiptDesk;
  readonly background: Background;
}

const likenessKey = 'likeness-key';

export class Inbound {
  readonly #options: InboundOptions;
  readonly #order = new KeyedOrder();
  readonly #longTexts: LongTexts;
  readonly #unanswered: Unanswered;
  #key: Uint8Array = Buffer.alloc(0);
  #likeness: Likeness = likenessWith(this.#key);

  constructor(options: InboundOptions) {
    this.#options = options;
    const { ctx, background, partsTimeout } = options;
    const { clock, kv } = ctx;
    this.#unanswered = new Unanswered({ clock, kv, background });
    this.#longTexts = new LongTexts({
      ...{ ctx, background, partsTimeout, order: this.#order },
      alphabetOf: (pdu) => this.#route(pdu).dataCoding0,
      record: (events, of, session, edits) => this.#record(events, of, session, edits),
    });
  }

  /** Takes in what an earlier process noted. Call before the first session. */
  async load(): Promise<void> {
    const { kv, clock } = this.#options.ctx;
    const known = await kv.get(likenessKey);
    this.#key = known ?? randomBytes(32);
    this.#likeness = likenessWith(this.#key);
    const gone = this.#unanswered.load(await kv.list(unansweredPrefix), clock.now());
    const edits = [...gone, ...(await this.#longTexts.load((kept) => this.#partOf(kept)))];
    if (known === undefined) edits.push({ key: likenessKey, value: this.#key });
    if (edits.length > 0) await kv.apply(edits);
  }

  /** Never rejects. */
  receive(pdu: ShortMessage | DataSm, frame: Buffer, session: number): Promise<Answer> {
    return this.#order.run(chatOf(pdu), () => this.#guarded(() => this.#take(pdu, frame, session)));
  }

  /** Puts on record what could not be decoded. Never rejects. */
  receiveMalformed(fault: Malformed, frame: Buffer): Promise<Answer> {
    const { ctx } = this.#options;
    return this.#guarded(async () => {
      await ctx.ingest({
        kind: 'unsupported',
        what: `a message that can't be decoded (status ${fault.status})`,
        id: likenessOfFrame(this.#key, frame),
        sure: false,
        at: ctx.clock.now(),
        raw: frame,
      });
      return refused(fault.status);
    });
  }

  sessionBegan(session: number): void {
    this.#unanswered.sessionBegan(session);
  }

  sessionEnded(session: number): void {
    this.#unanswered.sessionEnded(session);
  }

  /** The carrier has all our answers of `session`: it confirmed the unbind. */
  goodbye(session: number): void {
    this.#unanswered.forget(session);
  }

  stop(): void {
    this.#unanswered.stop();
    this.#longTexts.stop();
  }

  async #guarded(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      this.#options.ctx.log.warn('smpp.not-recorded', { error: error instanceof Error ? error.name : 'unknown' });
      return tryAgain;
    }
  }

  async #take(pdu: ShortMessage | DataSm, frame: Buffer, session: number): Promise<Answer> {
    const content = contentOf(pdu);
    const likeness = this.#likeness(pdu);
    await this.#unanswered.clear(likeness);
    const { clock } = this.#options.ctx;
    const mayRepeat = this.#unanswered.mayRepeat(likeness, session);
    const arrived: Arrived = { pdu, frame, content, at: clock.now(), likeness, mayRepeat };
    if (isReceipt(pdu)) return this.#takeReceipt(arrived);
    const { concat } = content;
    if (concat === undefined)
      return this.#record(singleEvent(arrived, this.#route(pdu).dataCoding0), [arrived], session, []);
    return this.#longTexts.take({ ...arrived, concat, heldSince: clock.monotonic() }, session, chatOf(pdu));
  }

  async #takeReceipt(arrived: Arrived): Promise<Answer> {
    const { ctx, receipts } = this.#options;
    const { pdu, content, frame, at, likeness } = arrived;
    const { dataCoding0, ids } = this.#route(pdu);
    const receipt = readReceipt(pdu, textOf(decodeParts([content], dataCoding0)));
    const id = cleanId(receipt.id ?? '');
    if (id === '') {
      const what = 'a delivery receipt that names no message';
      const addresses = { to: fromWire(pdu.destination), from: fromWire(pdu.source) };
      await ctx.ingest({ kind: 'unsupported', what, ...addresses, id: likeness, sure: false, at, raw: frame });
    } else {
      await receipts.take({ receipt: { ...receipt, id, ids }, key: likeness, at, raw: frame });
    }
    return taken;
  }

  /** On record, with a note that the answer is still to be written. */
  async #record(
    events: NetworkEvent | readonly NetworkEvent[],
    of: readonly Pick<Arrived, 'likeness'>[],
    session: number,
    kv: readonly KvEdit[],
  ): Promise<Answer> {
    const { ctx, background } = this.#options;
    const edits = of.map(({ likeness }) => ({ likeness, edit: this.#unanswered.edit(likeness) }));
    try {
      await ctx.ingest(events, [...kv, ...edits.map(({ edit }) => edit)]);
    } catch (error) {
      for (const { likeness, edit } of edits) this.#unanswered.failed(likeness, edit);
      throw error;
    }
    const evicted = of.flatMap(({ likeness }) => this.#unanswered.recorded(likeness, session));
    if (evicted.length > 0) background.run('forget-oldest', () => ctx.kv.apply(evicted));
    return {
      status: status.ok,
      written: () => {
        for (const { likeness } of of) this.#unanswered.answered(likeness, session);
      },
    };
  }

  #route({ source }: ShortMessage | DataSm): Route {
    return this.#options.routes.of(fromWire(source));
  }

  #partOf({ frame, at, mayRepeat }: KeptPart): Part | undefined {
    const decoded = decodePdu(frame);
    if (!decoded.ok || !('destination' in decoded.value)) return undefined;
    const pdu = decoded.value;
    const content = contentOf(pdu);
    if (content.concat === undefined) return undefined;
    const { clock } = this.#options.ctx;
    // An earlier process noted the wall clock's time, which may have been set since.
    const heldMs = Math.min(Math.max(0, clock.now() - at), this.#options.partsTimeout);
    const heldSince = clock.monotonic() - heldMs;
    return { frame, pdu, content, concat: content.concat, at, heldSince, likeness: this.#likeness(pdu), mayRepeat };
  }
}
