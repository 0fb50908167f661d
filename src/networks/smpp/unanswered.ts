/**
 * Which texts are on record but perhaps not acknowledged in the carrier's eyes: only of those may a look-alike be a
 * repeat. A note is committed with each text and forgotten once its answer has gone out and the session lived on.
 * A customer who writes "ok" twice is heard twice, without a mark.
 */
import type { Clock } from '../../core/clock.ts';
import type { Millis } from '../../core/ids.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import type { Background } from './background.ts';
import { Standstill } from './standstill.ts';

export const unansweredPrefix = 'unanswered:';
/** No carrier repeats after a day what it had no answer for; one day more, should the clock be set by one. */
const keepForMs = 48 * 3_600_000;
const maxNotes = 10_000;
const maxUnclear = 1_000;
/**
 * Answers written longer ago than this have reached a peer that is still there: in the meantime it has answered an
 * `enquire_link` that was written after them. An operating system takes what it is given also for a peer that is gone.
 */
const settleMs = 75_000;
/** A carrier repeats within one session only after its response timer, which is never shorter. */
const impatientMs = 5_000;

interface Note {
  readonly session: number;
  /** Copies on record whose answer has not been written. */
  open: number;
  readonly since: number;
}

/** Sessions are numbered from 1; notes of an earlier process belong to none. */
const earlier = 0;

export class Unanswered {
  readonly #notes = new Map<string, Note>();
  readonly #given: { readonly clock: Clock; readonly kv: Kv; readonly background: Background };
  /** Notes whose commit failed: it may have gone through all the same, when the database was lost in the midst of it. */
  readonly #unclear = new Map<string, Uint8Array>();
  readonly #standstill: Standstill;
  /** Answers written since the timer was set, and before. */
  #written: string[] = [];
  #older: string[] = [];
  #cancel: (() => void) | undefined;

  constructor(given: { readonly clock: Clock; readonly kv: Kv; readonly background: Background }) {
    this.#given = given;
    this.#standstill = new Standstill(given.clock);
  }

  /** @returns the edits that forget what is too old. */
  load(notes: readonly { readonly key: string; readonly value: Uint8Array }[], now: Millis): KvEdit[] {
    const gone: KvEdit[] = [];
    for (const { key, value } of notes) {
      const at = Number(Buffer.from(value).toString('utf8'));
      if (!(now - at <= keepForMs)) gone.push({ key, value: null });
      else this.#notes.set(key.slice(unansweredPrefix.length), { session: earlier, open: 1, since: 0 });
    }
    return gone;
  }

  /** Whether this may be a repeat of one on record. Ask when it comes in. */
  mayRepeat(likeness: string, session: number): boolean {
    const note = this.#notes.get(likeness);
    if (note === undefined) return false;
    if (note.session !== session || this.#standstill.justEnded()) return true;
    return note.open > 0 && this.#given.clock.monotonic() - note.since > impatientMs;
  }

  /** The commit with `edit` failed: whether the text is on record shows when it comes again. */
  failed(likeness: string, { value }: KvEdit): void {
    if (value === null || (this.#unclear.size >= maxUnclear && !this.#unclear.has(likeness))) return;
    this.#unclear.set(likeness, value);
  }

  /** Call before `mayRepeat`. The note stands on disk exactly when the text does. Rejects when the disk can't be read. */
  async clear(likeness: string): Promise<void> {
    const tried = this.#unclear.get(likeness);
    if (tried === undefined) return;
    const stored = await this.#given.kv.get(unansweredPrefix + likeness);
    this.#unclear.delete(likeness);
    if (stored === undefined || Buffer.compare(stored, tried) !== 0) return;
    this.#notes.set(likeness, { session: earlier, open: 1, since: 0 });
  }

  /** Commits with the text's entry. */
  edit(likeness: string): KvEdit {
    return { key: `${unansweredPrefix}${likeness}`, value: Buffer.from(String(this.#given.clock.now())) };
  }

  /** The entry is on record; its answer has still to be written. */
  recorded(likeness: string, session: number): KvEdit[] {
    const note = this.#notes.get(likeness);
    const open = note?.session === session ? note.open + 1 : 1;
    this.#notes.delete(likeness);
    this.#notes.set(likeness, { session, open, since: this.#given.clock.monotonic() });
    if (this.#notes.size <= maxNotes) return [];
    const [oldest] = this.#notes.keys();
    if (oldest === undefined) return [];
    this.#notes.delete(oldest);
    return [{ key: `${unansweredPrefix}${oldest}`, value: null }];
  }

  /** The answer is in the socket. */
  answered(likeness: string, session: number): void {
    const note = this.#notes.get(likeness);
    if (note?.session !== session) return;
    note.open -= 1;
    if (note.open > 0) return;
    this.#written.push(likeness);
    this.#settleLater(session);
  }

  #settleLater(session: number): void {
    this.#cancel ??= this.#given.clock.after(settleMs, () => {
      this.#cancel = undefined;
      this.#settle(this.#older.splice(0), session);
      this.#older = this.#written.splice(0);
      if (this.#older.length > 0) this.#settleLater(session);
    });
  }

  /** The peer of `session` has what was written to it. */
  forget(session: number): void {
    this.#settle([...this.#older.splice(0), ...this.#written.splice(0)], session);
  }

  #settle(answered: readonly string[], session: number): void {
    const settled = answered.filter((likeness) => {
      const note = this.#notes.get(likeness);
      return note?.session === session && note.open === 0;
    });
    if (settled.length === 0) return;
    for (const likeness of settled) this.#notes.delete(likeness);
    this.#given.background.run('forget-answered', () =>
      this.#given.kv.apply(settled.map((likeness) => ({ key: `${unansweredPrefix}${likeness}`, value: null }))),
    );
  }

  /** From now on texts may wait in a connection. */
  sessionBegan(): void {
    this.#standstill.start();
  }

  /** The session is over: what was just written may not have arrived, so its notes stay. */
  sessionEnded(): void {
    this.#standstill.stop();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#written = [];
    this.#older = [];
  }
}
