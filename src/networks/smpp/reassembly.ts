/**
 * Long messages in parts (3GPP TS 23.040, 9.2.3.24.1). Pure: it says what a part means, the caller makes that durable
 * and then applies it, so that what is in memory never runs ahead of what is on disk.
 */
import type { Millis } from '../../core/ids.ts';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { octetsOf, type Content } from './message-parts.ts';
import type { Concat } from './text/udh.ts';

export interface Part {
  readonly frame: Buffer;
  readonly pdu: ShortMessage | DataSm;
  readonly content: Content;
  readonly concat: Concat;
  readonly at: Millis;
  /** The same on the clock that never goes back: a wall clock that is set gives up nobody's parts. */
  readonly heldSince: number;
  readonly likeness: string;
  readonly mayRepeat: boolean;
}

export interface OpenSet {
  /** Names its notes; two sets with one reference have different ids. */
  readonly id: string;
  readonly key: string;
  /** Sender and receiver. */
  readonly chat: string;
  readonly total: number;
  readonly since: number;
  readonly parts: ReadonlyMap<number, Part>;
}

export type Plan =
  /** The very same part is held already: acknowledge it again. */
  | { readonly step: 'repeat' }
  /** Keep it; `given up` sets are told with what is missing, in the same commit. */
  | { readonly step: 'hold'; readonly set: OpenSet; readonly givenUp: readonly OpenSet[] }
  | { readonly step: 'complete'; readonly set: OpenSet; readonly givenUp: readonly OpenSet[] };

/** Against floods of first parts. */
export interface ReassemblyLimits {
  readonly setsPerChat: number;
  readonly sets: number;
  readonly octets: number;
}
const standardLimits: ReassemblyLimits = { setsPerChat: 20, sets: 2_000, octets: 8 * 1024 * 1024 };

export class Reassembly {
  /** By key, oldest first. */
  readonly #open = new Map<string, OpenSet>();
  readonly #limits: ReassemblyLimits;
  #octets = 0;

  constructor(limits: ReassemblyLimits = standardLimits) {
    this.#limits = limits;
  }

  plan(part: Part, newId: () => string): Plan {
    const key = setKey(part);
    const open = this.#open.get(key);
    const held = open?.parts.get(part.concat.sequence);
    if (held !== undefined && octetsOf(held.pdu).equals(octetsOf(part.pdu))) return { step: 'repeat' };
    // Other octets under a number that is taken: the reference has come round, and this is another message.
    const joins = open !== undefined && held === undefined;
    const set = joins ? withPart(open, part) : begun(key, part, newId());
    const displaced = open !== undefined && !joins ? [open] : [];
    const givenUp = joins ? [] : [...displaced, ...this.#crowdedOut(set.chat, displaced)];
    return { step: set.parts.size === set.total ? 'complete' : 'hold', set, givenUp };
  }

  /** Call once the plan is on disk. */
  apply(plan: Plan): void {
    if (plan.step === 'repeat') return;
    for (const set of plan.givenUp) this.forget(set);
    const before = this.#open.get(plan.set.key);
    if (before?.id === plan.set.id) this.forget(before);
    if (plan.step === 'hold') this.#keep(plan.set);
  }

  /** Puts back a part that an earlier process held, under the id it had. */
  restore(id: string, part: Part): void {
    const key = setKey(part);
    const open = this.#open.get(key);
    if (open !== undefined) this.forget(open);
    this.#keep(open?.id === id ? withPart(open, part) : begun(key, part, id));
  }

  /** Sets whose first part came before `time`, by the clock that never goes back. */
  olderThan(time: number): OpenSet[] {
    return Array.from(this.#open.values()).filter((set) => set.since <= time);
  }

  /** When the oldest set began. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const set of this.#open.values()) if (oldest === undefined || set.since < oldest) oldest = set.since;
    return oldest;
  }

  /** Whether a set with the part's reference is open. */
  awaits(part: Part): boolean {
    return this.#open.has(setKey(part));
  }

  /** The set as it is now. */
  current(set: OpenSet): OpenSet | undefined {
    const open = this.#open.get(set.key);
    return open?.id === set.id ? open : undefined;
  }

  forget(set: OpenSet): void {
    const open = this.#open.get(set.key);
    if (open?.id !== set.id) return;
    this.#open.delete(set.key);
    this.#octets -= octetsIn(open);
  }

  #keep(set: OpenSet): void {
    this.#open.set(set.key, set);
    this.#octets += octetsIn(set);
  }

  #crowdedOut(chat: string, displaced: readonly OpenSet[]): OpenSet[] {
    const others = Array.from(this.#open.values()).filter((set) => !displaced.includes(set));
    const ofChat = others.filter((set) => set.chat === chat);
    if (ofChat.length >= this.#limits.setsPerChat) return ofChat.slice(0, 1);
    const full = others.length >= this.#limits.sets || this.#octets >= this.#limits.octets;
    return full ? others.slice(0, 1) : [];
  }
}

/** The parts of one message share these; an 8-bit reference alone comes round after 256 messages. */
export function setKey({ pdu, concat }: Part): string {
  const { source, destination } = pdu;
  return JSON.stringify([source.ton, source.value, destination.value, concat.width, concat.reference, concat.total]);
}

/** A set of one part. */
export function begun(key: string, part: Part, id: string): OpenSet {
  const chat = chatOf(part.pdu);
  return {
    id,
    key,
    chat,
    total: part.concat.total,
    since: part.heldSince,
    parts: new Map([[part.concat.sequence, part]]),
  };
}

/** Messages of one chat are taken in one after the other. */
export function chatOf(pdu: ShortMessage | DataSm): string {
  return JSON.stringify([pdu.source.value, pdu.destination.value]);
}

/** The same with one part more. */
export function withPart(set: OpenSet, part: Part): OpenSet {
  return { ...set, parts: new Map(set.parts).set(part.concat.sequence, part) };
}

/** How much its frames take. */
export function octetsIn(set: OpenSet): number {
  let octets = 0;
  for (const part of set.parts.values()) octets += part.frame.length;
  return octets;
}
