/** What is decided about a person's records, counted: by outcome, and by the class, law or hold that decides. */
import type { Entry } from '../../core/entry.ts';
import type { HoldId, Millis } from '../../core/ids.ts';
import { dsarOutcomes, type DsarCount, type DsarOutcome } from '../../core/person-entries.ts';
import { stayReasons, type ClassCount, type StayCount, type StayReason } from '../../core/retention-entries.ts';
import type { Duty } from './duty.ts';

/** What is counted of a record. */
export type Counted = Readonly<{ class: Entry['class']; file: boolean; recordedAt: Millis }>;

/** Why it stays; with `duty`, by which law. */
export type Reason = Readonly<{ why: StayReason; hold?: HoldId; duty?: Duty }>;

const outcomes: Readonly<Record<StayReason, DsarOutcome>> = {
  hold: 'hold',
  'open-task': 'open',
  'open-item': 'open',
  needed: 'needed',
  'not-captured': 'needed',
  'spoken-of': 'spoken-of',
  'longer-class': 'duty',
  duty: 'duty',
  others: 'others',
};

export function countedOf({ class: of, kind, recordedAt }: Pick<Entry, 'class' | 'kind' | 'recordedAt'>): Counted {
  return { class: of, file: kind === 'file.stored', recordedAt };
}

export class PersonTally {
  readonly #counts = new Map<string, DsarCount>();
  readonly #stays = new Map<string, StayCount>();

  erased(one: Counted): void {
    this.#add(oneOf({ outcome: 'erased', class: one.class }, one));
  }

  /** By what the record says that was erased. */
  gone(counts: readonly ClassCount[]): void {
    for (const count of counts) this.#add({ outcome: 'erased', ...count });
  }

  stays(one: Counted, { why, hold, duty }: Reason): void {
    const named = { ...(duty ?? {}), ...(hold === undefined ? {} : { hold }) };
    this.#add(oneOf({ outcome: outcomes[why], ...named }, one));
    const key = JSON.stringify([why, hold]);
    const entries = (this.#stays.get(key)?.entries ?? 0) + 1;
    this.#stays.set(key, { why, ...(hold === undefined ? {} : { hold }), entries });
  }

  /** In the order of the outcomes. */
  get counts(): readonly DsarCount[] {
    return inOrder([...this.#counts.values()], ({ outcome, class: of, hold }) => [
      String(dsarOutcomes.indexOf(outcome)),
      of ?? '',
      hold ?? '',
    ]);
  }

  /** The same for a certificate. */
  get stayCounts(): readonly StayCount[] {
    return inOrder([...this.#stays.values()], ({ why, hold }) => [
      String(stayReasons.indexOf(why)).padStart(2, '0'),
      hold ?? '',
    ]);
  }

  #add(count: DsarCount): void {
    const { outcome, class: of, authority, hold } = count;
    const key = JSON.stringify([outcome, of, authority, hold]);
    const known = this.#counts.get(key);
    this.#counts.set(key, known === undefined ? count : together(known, count));
  }
}

function oneOf(named: Pick<DsarCount, 'outcome' | 'class' | 'authority' | 'hold' | 'until'>, one: Counted): DsarCount {
  return { ...named, entries: 1, files: one.file ? 1 : 0, from: one.recordedAt, to: one.recordedAt };
}

function together(one: DsarCount, more: DsarCount): DsarCount {
  const until = more.until !== undefined && more.until > (one.until ?? 0) ? more.until : one.until;
  return {
    ...one,
    ...(until === undefined ? {} : { until }),
    entries: one.entries + more.entries,
    files: one.files + more.files,
    from: one.from < more.from ? one.from : more.from,
    to: one.to > more.to ? one.to : more.to,
  };
}

function inOrder<T>(counts: readonly T[], keyOf: (count: T) => readonly string[]): readonly T[] {
  const key = (count: T): string => JSON.stringify(keyOf(count));
  return counts.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
