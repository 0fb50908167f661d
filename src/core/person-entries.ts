/**
 * Entries of the dsar family: what a person may ask of a company about what it keeps of them, and what came of it:
 * Regulation (EU) 2016/679, Articles 12, 15 and 17. Ids and numbers: never a name, an address or a text. A request is
 * known by the position of its `dsar.opened`.
 */
import type { ClassId, ContactId, HoldId, Millis, Position, UserId } from './ids.ts';
import type { AskedAt } from './retention-entries.ts';

export const dsarWants = ['access', 'erase'] as const;
export type DsarWants = (typeof dsarWants)[number];

/** The person, under all addresses that were named: outside, or of the staff. */
export type Subject = Readonly<{ contacts: readonly ContactId[]; users: readonly UserId[] }>;

/**
 * What is decided about a record: `erased` goes, or went. The rest stays: `hold` a legal hold (Article 17(3)(e)), `duty`
 * a class's minimum (Article 17(3)(b)), `open` something is still being done about it, `needed` the house is built on it,
 * `others` it is as much about somebody else, `spoken-of` it speaks of a record that stays.
 */
export const dsarOutcomes = ['erased', 'hold', 'duty', 'open', 'needed', 'others', 'spoken-of'] as const;
export type DsarOutcome = (typeof dsarOutcomes)[number];

/** So many records of which the same is decided. */
export type DsarCount = Readonly<{
  outcome: DsarOutcome;
  /** The class that decides: its duty, or by which they went. */
  class?: ClassId;
  /** The duty's paragraph. */
  authority?: string;
  hold?: HoldId;
  /** When the last of them may go, where a duty keeps them. */
  until?: Millis;
  entries: number;
  files: number;
  /** When the oldest and the newest of them was recorded. */
  from: Millis;
  to: Millis;
}>;

/** Bodies by kind, version 1; part of `EntryBodies`. */
export interface PersonBodies {
  'dsar.opened': {
    readonly subject: Subject;
    readonly wants: DsarWants;
    /** The answer has to be there by then: a month, as Article 12(3) counts it, unless another day was named. */
    readonly due: Millis;
    readonly by: UserId;
    readonly at: AskedAt;
  };
  /** All that is on record of the person, and what would come of each record now. */
  'dsar.looked': {
    readonly request: Position;
    /** The entry that asked for this look. */
    readonly because: Position;
    readonly looked: Millis;
    readonly counts: readonly DsarCount[];
  };
  /** An officer asks for what the request wants; a second one has to agree where the config says so. */
  'dsar.run-requested': {
    readonly request: Position;
    /** The inventory that the officer read. */
    readonly look: Position;
    readonly by: UserId;
    readonly at: AskedAt;
  };
  /** It is done from here on; or, with `refused`, one said no, or who asked took it back. */
  'dsar.decided': {
    readonly request: Position;
    readonly asked: Position;
    readonly refused?: true;
    readonly by: UserId;
    readonly approvedBy?: UserId;
  };
  /** The copy of what is kept was made: handed to the officers as files, which are made again from the record. */
  'dsar.copied': {
    readonly request: Position;
    readonly because: Position;
    readonly entries: number;
    readonly files: number;
    /** Messages that the person wrote, and that the company's people wrote to or about them. */
    readonly written: number;
    readonly received: number;
    /** In how many records something of other people is left out or masked. */
    readonly masked: number;
    readonly sha256: string;
  };
  /** What a person's erasure erased and left, record by record decided in the transactions that erased. */
  'dsar.erased': {
    readonly request: Position;
    /** The `retention.run` that did it: its certificate says on which store. */
    readonly run: Position;
    readonly counts: readonly DsarCount[];
  };
  /** The letter was written: the request is answered. */
  'dsar.answered': { readonly request: Position; readonly by: UserId; readonly sha256: string };
}
