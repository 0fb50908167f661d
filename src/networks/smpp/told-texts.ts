/**
 * Long texts that were told with a gap: for some hours a part that comes late still fills it. It may not be for ever. A
 * phone counts its long texts to everybody and begins again after 256 (3GPP TS 23.040, 9.2.3.24.1; Android's
 * `SMSDispatcher` adds one each time), so that the same reference is another text later. Nobody writes 256 long ones in
 * six hours, and a carrier that keeps a part longer than that is rare. A new text under the reference ends it earlier.
 */
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { must, parseRemoteId, type RemoteId } from '../../core/ids.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import type { Background } from './background.ts';
import { octetsOf } from './message-parts.ts';
import { keptPart, storable, storedPart, type KeptPart } from './part-notes.ts';
import { begun, octetsIn, setKey, withPart, type OpenSet, type Part } from './reassembly.ts';

export const toldPrefix = 'told:';
export const lateForMs = 6 * 3_600_000;
const toldMax = { texts: 1_000, octets: 4 * 1024 * 1024 };

const stored = z.strictObject({ target: z.string(), at: z.number(), parts: z.array(storedPart).min(1) });

export interface ToldText {
  /** What it was told as. */
  readonly target: RemoteId;
  readonly set: OpenSet;
  /** When, by the wall clock, and by the one that never goes back. */
  readonly at: number;
  readonly since: number;
  /** A commit that would have forgotten its note is said to have failed, and may have gone through. */
  readonly doubted?: true;
}

/** `apply` once `edits` are on disk. */
interface Change {
  readonly edits: readonly KvEdit[];
  readonly apply: () => void;
}

interface Given {
  readonly clock: Clock;
  readonly kv: Kv;
  readonly background: Background;
}

export class ToldTexts {
  /** By key, oldest first. */
  readonly #texts = new Map<string, ToldText>();
  readonly #given: Given;
  #octets = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(given: Given) {
    this.#given = given;
  }

  /** @returns the edits that forget what is too old or can't be read. */
  load(
    notes: readonly { readonly key: string; readonly value: Uint8Array }[],
    partOf: (kept: KeptPart) => Part | undefined,
  ): KvEdit[] {
    const { clock } = this.#given;
    const gone: KvEdit[] = [];
    const read: ToldText[] = [];
    for (const { key, value } of notes) {
      const text = this.#read(value, partOf);
      if (text === undefined || clock.monotonic() - text.since >= lateForMs) gone.push({ key, value: null });
      else read.push(text);
    }
    for (const text of read.sort((a, b) => a.since - b.since)) this.#put(text);
    this.#expireLater();
    return gone;
  }

  /**
   * What the text is with this part; `repeat` for one that it has; undefined for a part of no text that was told. With a
   * text that was erased from the record went its note: nothing fills that one any more.
   */
  async noted(part: Part): Promise<ToldText | 'repeat' | undefined> {
    const told = this.#texts.get(setKey(part));
    if (told === undefined) return undefined;
    const stays = told.doubted ?? (await this.#given.kv.get(toldPrefix + told.target)) !== undefined;
    if (!stays) this.#drop(told);
    return this.#with(part);
  }

  /** Nobody knows whether the part that filled it last is on record: its note says nothing any more. */
  doubt({ set: { key } }: ToldText): void {
    const told = this.#texts.get(key);
    if (told !== undefined) this.#put({ ...told, doubted: true });
  }

  #with(part: Part): ToldText | 'repeat' | undefined {
    const told = this.#texts.get(setKey(part));
    if (told === undefined) return undefined;
    const has = told.set.parts.get(part.concat.sequence);
    if (has === undefined) return { ...told, set: withPart(told.set, part) };
    return octetsOf(has.pdu).equals(octetsOf(part.pdu)) ? 'repeat' : undefined;
  }

  /** It was told now. */
  tell(set: OpenSet, target: RemoteId): Change {
    const { clock } = this.#given;
    return this.keep({ set, target, at: clock.now(), since: clock.monotonic() });
  }

  /** As it is now: one that has all its parts is waited for no longer. */
  keep(text: ToldText): Change {
    const { set, target, at } = text;
    if (set.parts.size === set.total) return this.forget(set.key);
    const value = JSON.stringify({ target, at, parts: Array.from(set.parts.values(), storable) });
    return {
      edits: [{ key: toldPrefix + target, value: Buffer.from(value), of: target }],
      apply: () => {
        this.#put(text);
        const over = this.#evicted();
        if (over.length > 0) this.#given.background.run('forget-oldest', () => this.#given.kv.apply(over));
        this.#expireLater();
      },
    };
  }

  /** The text under that reference, if there is one. */
  forget(key: string): Change {
    const told = this.#texts.get(key);
    return {
      edits: told === undefined ? [] : [{ key: toldPrefix + told.target, value: null }],
      apply: () => {
        if (told !== undefined) this.#drop(told);
      },
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #read(value: Uint8Array, partOf: (kept: KeptPart) => Part | undefined): ToldText | undefined {
    const { clock } = this.#given;
    try {
      const { target, at, parts } = stored.parse(JSON.parse(Buffer.from(value).toString('utf8')));
      const [first, ...more] = parts.map((one) => partOf(keptPart(one)));
      if (first === undefined) return undefined;
      let set = begun(setKey(first), first, target);
      for (const part of more) if (part !== undefined) set = withPart(set, part);
      // An earlier process noted the wall clock's time, which may have been set since.
      const since = clock.monotonic() - Math.min(Math.max(0, clock.now() - at), lateForMs);
      return { target: must(parseRemoteId(target)), set, at, since };
    } catch {
      return undefined;
    }
  }

  #put(text: ToldText): void {
    const before = this.#texts.get(text.set.key);
    this.#octets += octetsIn(text.set) - (before === undefined ? 0 : octetsIn(before.set));
    this.#texts.set(text.set.key, text);
  }

  #drop(text: ToldText): void {
    const { key } = text.set;
    const now = this.#texts.get(key);
    if (now?.target !== text.target) return;
    this.#texts.delete(key);
    this.#octets -= octetsIn(now.set);
  }

  #evicted(): KvEdit[] {
    const edits: KvEdit[] = [];
    for (const text of this.#texts.values()) {
      if (this.#texts.size <= toldMax.texts && this.#octets <= toldMax.octets) break;
      this.#drop(text);
      edits.push({ key: toldPrefix + text.target, value: null });
    }
    return edits;
  }

  /** What customers wrote stays in no note longer than it is of use. */
  #expireLater(): void {
    const [oldest] = this.#texts.values();
    if (oldest === undefined || this.#cancel !== undefined || this.#stopped) return;
    const { clock, background, kv } = this.#given;
    this.#cancel = clock.after(Math.max(0, oldest.since + lateForMs - clock.monotonic()), () => {
      this.#cancel = undefined;
      const over = Array.from(this.#texts.values()).filter(({ since }) => since + lateForMs <= clock.monotonic());
      for (const text of over) this.#drop(text);
      this.#expireLater();
      background.run('forget-told', () =>
        kv.apply(over.map(({ target }) => ({ key: toldPrefix + target, value: null }))),
      );
    });
  }
}
