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
  /** By session: copies on record whose answer has not been written; 0 where it has been, and perhaps didn't arrive. */
  readonly open: Map<number, number>;
  readonly since: number;
}

/** An answer that was written. */
interface Written {
  readonly likeness: string;
  readonly session: number;
}

/** Sessions are numbered from 1; notes of an earlier process belong to none. */
const earlier = 0;

export class Unanswered {
  readonly #notes = new Map<string, Note>();
  readonly #given: { readonly clock: Clock; readonly kv: Kv; readonly background: Background };
  /** Notes whose commit failed: it may have gone through all the same, when the database was lost in the midst of it. */
  readonly #unclear = new Map<string, Uint8Array>();
  readonly #standstill: Standstill;
  /** Sessions that are bound: what is answered there is on its way. */
  readonly #live = new Set<number>();
  /** Answers written since the timer was set, and before. */
  #written: Written[] = [];
  #older: Written[] = [];
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
      else this.#notes.set(key.slice(unansweredPrefix.length), noteOf(earlier, 0));
    }
    return gone;
  }

  /** Whether this may be a repeat of one on record. Ask when it comes in. */
  mayRepeat(likeness: string, session: number): boolean {
    const note = this.#notes.get(likeness);
    if (note === undefined) return false;
    const sessions = Array.from(note.open.keys());
    if (sessions.some((one) => one !== session && !this.#live.has(one)) || this.#standstill.justEnded()) return true;
    return isOpen(note) && this.#given.clock.monotonic() - note.since > impatientMs;
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
    this.#notes.set(likeness, noteOf(earlier, 0));
  }

  /** Commits with the text's entry. */
  edit(likeness: string): KvEdit {
    return { key: `${unansweredPrefix}${likeness}`, value: Buffer.from(String(this.#given.clock.now())) };
  }

  /** The entry is on record; its answer has still to be written. */
  recorded(likeness: string, session: number): KvEdit[] {
    const known = Array.from(this.#notes.get(likeness)?.open ?? []);
    const open = new Map(known.filter(([one]) => one === session || this.#live.has(one)));
    open.set(session, (open.get(session) ?? 0) + 1);
    this.#notes.delete(likeness);
    this.#notes.set(likeness, { open, since: this.#given.clock.monotonic() });
    if (this.#notes.size <= maxNotes) return [];
    const [oldest] = this.#notes.keys();
    if (oldest === undefined) return [];
    this.#notes.delete(oldest);
    return [{ key: `${unansweredPrefix}${oldest}`, value: null }];
  }

  /** The answer is in the socket. */
  answered(likeness: string, session: number): void {
    const note = this.#notes.get(likeness);
    const left = (note?.open.get(session) ?? 0) - 1;
    if (note === undefined || left < 0) return;
    note.open.set(session, left);
    if (left > 0) return;
    this.#written.push({ likeness, session });
    this.#settleLater();
  }

  #settleLater(): void {
    this.#cancel ??= this.#given.clock.after(settleMs, () => {
      this.#cancel = undefined;
      this.#settle(this.#older.splice(0));
      this.#older = this.#written.splice(0);
      if (this.#older.length > 0) this.#settleLater();
    });
  }

  /** The peer of `session` has what was written to it. */
  forget(session: number): void {
    const all = [...this.#older, ...this.#written];
    this.#dropWritten(session);
    this.#settle(all.filter((one) => one.session === session));
  }

  #dropWritten(session: number): void {
    this.#written = this.#written.filter((one) => one.session !== session);
    this.#older = this.#older.filter((one) => one.session !== session);
  }

  #settle(answered: readonly Written[]): void {
    const settled: string[] = [];
    for (const { likeness, session } of answered) {
      const open = this.#notes.get(likeness)?.open;
      if (open?.get(session) !== 0) continue;
      open.delete(session);
      if (open.size > 0) continue;
      this.#notes.delete(likeness);
      settled.push(likeness);
    }
    if (settled.length === 0) return;
    this.#given.background.run('forget-answered', () =>
      this.#given.kv.apply(settled.map((likeness) => ({ key: `${unansweredPrefix}${likeness}`, value: null }))),
    );
  }

  /** From now on texts may wait in its connection. */
  sessionBegan(session: number): void {
    this.#live.add(session);
    if (this.#live.size === 1) this.#standstill.start();
  }

  /** The session is over: what was just written may not have arrived, so its notes stay. */
  sessionEnded(session: number): void {
    this.#live.delete(session);
    this.#dropWritten(session);
    if (this.#live.size === 0) this.stop();
  }

  stop(): void {
    this.#live.clear();
    this.#standstill.stop();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#written = [];
    this.#older = [];
  }
}

function noteOf(session: number, since: number): Note {
  return { open: new Map([[session, 1]]), since };
}

function isOpen({ open }: Note): boolean {
  return Array.from(open.values()).some((copies) => copies > 0);
}
