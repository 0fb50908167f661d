/**
 * Texts in several parts: kept until all are there, told with what is missing when one doesn't come in time, and edited
 * when it comes after that. Parts of one chat are to be given one after the other (`order`).
 */
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import type { KeyedOrder } from '../keyed-order.ts';
import { taken, type Answer } from './answer.ts';
import { lateEvent, nameOf, setEvent, type Arrived } from './assemble.ts';
import type { Background } from './background.ts';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { noteKey, PartNotes, type KeptPart } from './part-notes.ts';
import { Reassembly, type OpenSet, type Part } from './reassembly.ts';
import type { DefaultAlphabet } from './text/decode-text.ts';
import { ToldTexts, toldPrefix, type ToldText } from './told-texts.ts';

export interface LongTextsOptions {
  readonly ctx: ConnectorContext;
  readonly partsTimeout: number;
  readonly background: Background;
  readonly order: KeyedOrder;
  alphabetOf(pdu: ShortMessage | DataSm): DefaultAlphabet;
  /** Puts on record; rejects when it can't. */
  record(
    events: readonly NetworkEvent[],
    of: readonly Pick<Arrived, 'likeness'>[],
    session: number,
    kv: readonly KvEdit[],
  ): Promise<Answer>;
}

/** A set that is given up: what is told of it, and what commits with that. `apply` once it is on disk. */
interface GivenUp {
  readonly set: OpenSet;
  readonly events: readonly NetworkEvent[];
  readonly edits: readonly KvEdit[];
  readonly apply: () => void;
}

/** Before what could not be recorded is tried again. */
const pauseMs = 5_000;

export class LongTexts {
  readonly #options: LongTextsOptions;
  readonly #reassembly = new Reassembly();
  readonly #notes = new PartNotes();
  readonly #told: ToldTexts;
  /** By set: the commit is said to have failed, and may have gone through when the database was lost in the midst of it. */
  readonly #unclear = new Map<string, GivenUp>();
  #cancelExpiry: (() => void) | undefined;
  #stopped = false;

  constructor(options: LongTextsOptions) {
    this.#options = options;
    const { clock, kv } = options.ctx;
    this.#told = new ToldTexts({ clock, kv, background: options.background });
  }

  /** Takes in what an earlier process noted. @returns the edits that forget what is of no use any more. */
  async load(partOf: (kept: KeptPart) => Part | undefined): Promise<KvEdit[]> {
    const { kv } = this.#options.ctx;
    const restored = this.#notes.read(await kv.list(PartNotes.prefix), partOf);
    for (const { id, part } of restored.parts) this.#reassembly.restore(id, part);
    const gone = this.#told.load(await kv.list(toldPrefix), partOf);
    this.#expireLater();
    return [...restored.unreadable, ...gone];
  }

  /** Rejects when it can't be recorded. */
  async take(part: Part, session: number, chat: string): Promise<Answer> {
    await this.#settle(chat);
    const late = this.#reassembly.awaits(part) ? undefined : await this.#told.noted(part);
    if (late === 'repeat') return taken;
    return late === undefined ? this.#join(part, session) : this.#fill(late, part, session);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelExpiry?.();
    this.#told.stop();
  }

  async #join(part: Part, session: number): Promise<Answer> {
    const plan = this.#reassembly.plan(part, () => part.likeness.slice(0, 16));
    if (plan.step === 'repeat') return taken;
    // From here on the reference stands for this set: what comes late under it is not told apart from what belongs to it.
    const over = this.#told.forget(plan.set.key);
    const left = plan.givenUp.map((set) => this.#giveUp(set, set.key === plan.set.key));
    const events = left.flatMap((one) => one.events);
    const edits = [...over.edits, ...left.flatMap((one) => one.edits)];
    const apply = (): void => {
      over.apply();
      for (const one of left) one.apply();
      this.#reassembly.apply(plan);
      this.#expireLater();
    };
    if (plan.step === 'hold') {
      await this.#commit([...events], [...edits, this.#notes.keep(plan.set, part)], left);
      apply();
      return taken;
    }
    const whole = this.#eventOf(plan.set);
    const parts = Array.from(plan.set.parts.values());
    const all = whole === undefined ? events : [...events, whole];
    const answer = await this.#options.record(all, parts, session, [...edits, ...this.#notes.forget(plan.set)]);
    apply();
    return answer;
  }

  /** It came after its text was told: recorded by itself, as what edits that one. */
  async #fill(late: ToldText, part: Part, session: number): Promise<Answer> {
    const change = this.#told.keep(late);
    const event = lateEvent(late.set, part, late.target, this.#options.alphabetOf(part.pdu));
    try {
      const answer = await this.#options.record([event], [part], session, change.edits);
      change.apply();
      return answer;
    } catch (error) {
      this.#told.doubt(late);
      throw error;
    }
  }

  #giveUp(set: OpenSet, isReplaced = false): GivenUp {
    // All of it is on record already: the carrier had not got our answers and gave some parts again.
    const isKnown = Array.from(set.parts.values()).every((part) => part.mayRepeat);
    const event = isKnown ? undefined : this.#eventOf(set);
    const told = event === undefined || isReplaced ? undefined : this.#told.tell(set, nameOf(set));
    return {
      set,
      events: event === undefined ? [] : [event],
      edits: [...this.#notes.forget(set), ...(told?.edits ?? [])],
      apply: () => {
        this.#reassembly.forget(set);
        told?.apply();
      },
    };
  }

  async #commit(events: NetworkEvent[], edits: KvEdit[], left: readonly GivenUp[]): Promise<void> {
    try {
      await this.#options.ctx.ingest(events, edits);
    } catch (error) {
      for (const one of left) this.#unclear.set(one.set.id, one);
      throw error;
    }
  }

  /** What of the chat was given up by a commit that only seemed to fail: its parts are noted no longer. */
  async #settle(chat: string): Promise<void> {
    for (const [id, left] of Array.from(this.#unclear)) {
      const [part] = left.set.parts.values();
      if (left.set.chat !== chat || part === undefined) continue;
      const noted = await this.#options.ctx.kv.get(noteKey(left.set, part));
      this.#unclear.delete(id);
      if (noted === undefined) left.apply();
    }
  }

  #eventOf(set: OpenSet): NetworkEvent | undefined {
    const [first] = set.parts.values();
    return first === undefined ? undefined : setEvent(set, this.#options.alphabetOf(first.pdu));
  }

  #expireLater(least = 0): void {
    const { ctx, partsTimeout, background } = this.#options;
    const oldest = this.#reassembly.oldest();
    if (oldest === undefined || this.#cancelExpiry !== undefined || this.#stopped) return;
    const due = Math.max(least, oldest + partsTimeout - ctx.clock.monotonic());
    this.#cancelExpiry = ctx.clock.after(due, () => {
      background.run('expire-parts', () => this.#expire());
    });
  }

  /** Tells what there is of messages whose other parts never came. */
  async #expire(): Promise<void> {
    const { ctx, partsTimeout, order } = this.#options;
    let isDone = true;
    for (const set of this.#reassembly.olderThan(ctx.clock.monotonic() - partsTimeout)) {
      isDone = (await order.run(set.chat, () => this.#expireOne(set))) && isDone;
    }
    this.#cancelExpiry = undefined;
    this.#expireLater(isDone ? 0 : pauseMs);
  }

  /** Never rejects; false when it is to be tried again. */
  async #expireOne(given: OpenSet): Promise<boolean> {
    try {
      await this.#settle(given.chat);
      const set = this.#reassembly.current(given);
      if (set === undefined) return true;
      const left = this.#giveUp(set);
      await this.#commit([...left.events], [...left.edits], [left]);
      left.apply();
      return true;
    } catch {
      this.#options.ctx.log.warn('smpp.parts-not-recorded', { parts: given.parts.size });
      return false;
    }
  }
}
