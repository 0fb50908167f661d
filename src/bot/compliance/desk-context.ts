/** What a desk's command is given: who asks, and the little it may read. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { EventId, Position, RoomAlias, RoomId } from '../../core/ids.ts';
import type { Desk, Role } from '../../core/line.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import type { GapSummary } from '../../core/ports/gap-sweep.ts';
import type { Health } from '../../core/ports/health.ts';
import type { Result } from '../../core/result.ts';
import type { MessageState } from '../../bridge/messages/message-store.ts';
import type { LineNamed } from '../../bridge/reconcile/report-words.ts';
import type { NotProved } from '../../journal/log/prove.ts';
import type { Search } from '../../journal/search/search.ts';
import type { Verdict } from '../../journal/verify.ts';
import type { DeskBacktests } from '../../policy/backtest/desk-backtests.ts';
import type { RulesInForce } from '../../policy/rules/rules-in-force.ts';
import type { ClassesInForce } from '../../retention/classes/classes-in-force.ts';
import type { VerdictState } from '../../policy/verdicts/verdict-moves.ts';
import type { DeskHolds } from '../../retention/holds/desk-holds.ts';
import type { PersonActs } from '../../retention/person/acts.ts';
import type { RunActs } from '../../retention/run/acts.ts';
import type { Incoming } from '../incoming.ts';
import type { Decisions } from './decisions.ts';
import type { PageMemory } from './page-memory.ts';
import type { Nameable } from './retention-asked.ts';

/** A record as people read it. */
export interface RecordShown {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The network's name: SMS; undefined for messages among colleagues. */
  readonly network?: string | undefined;
  readonly text?: string | undefined;
  /** What it is, where it went to nobody. */
  readonly note?: string | undefined;
}

/** A verdict, where it stands, and the entry that put it there. */
export interface JudgedBefore {
  readonly verdict: EntryOf<'policy.verdict'>;
  readonly state: VerdictState;
  readonly by: Entry | undefined;
}

export interface Judged {
  /** On this very record, newest first. */
  readonly verdicts: readonly JudgedBefore[];
  readonly hits: readonly KeptHit[];
  /** Something was found that goes on in another record, or began there. */
  readonly isPart: boolean;
}

export interface Comparing {
  /** Gaps that are being repaired, and the events in them. */
  readonly open: number;
  readonly events: number;
  readonly look: GapSummary | undefined;
  readonly report: EntryOf<'reconcile.report'> | undefined;
}

/** What a desk does with rules. */
export type DeskRules = Pick<
  RulesInForce,
  'onRecord' | 'history' | 'switchRule' | 'approve' | 'decline' | 'endOf' | 'tryRule' | 'findingsIn' | 'reload'
>;

/** What desks do about runs of retention. */
export type RetentionRuns = Pick<RunActs, keyof RunActs>;

/** What desks do with holds. */
export type Holds = Pick<DeskHolds, keyof DeskHolds>;

/** What desks do about persons' requests. */
export type Persons = Pick<PersonActs, keyof PersonActs>;

/** How long what is kept, as desks read and change it. */
export type DeskClasses = Pick<ClassesInForce, 'table' | 'set'> & {
  readonly names: Nameable;
  /** Undefined where no room has that address. */
  resolveAlias(alias: RoomAlias): Promise<RoomId | undefined>;
};

export interface DeskTools {
  readonly search: Search;
  /** ISO 3166 country in which a query's local numbers are read. */
  readonly country?: string;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  /** Up to `limit` entries from `from` on, oldest first. */
  entriesFrom(from: Position, limit: number): Promise<readonly (Entry | ErasedEntry)[]>;
  /** The newest record's number. */
  size(): Promise<number>;
  shown(entry: Entry): Promise<RecordShown>;
  /** The record of a Matrix event; undefined where the archive never saw it. */
  entryOfEvent(event: EventId): Promise<Entry | ErasedEntry | undefined>;
  /** How people call a room: `room “Deals”`, `the chat of alice and bob`. */
  titleOf(room: RoomId): Promise<string>;
  /** What rules found in the record's own text. */
  judged(entry: Entry): Promise<Judged>;
  /** The newest items before this one on what the same person wrote. */
  earlierItems(verdict: Position): Promise<readonly JudgedBefore[]>;
  /** How far the message at `position` got; undefined when it is none of a portal. */
  delivery(position: Position): Promise<{ readonly state: MessageState; readonly attempts: number } | undefined>;
  /** What is on record of the files that the event at `position` names, oldest first. */
  files(position: Position): Promise<readonly (Entry | ErasedEntry)[]>;
  /** The text of a file on record, piece by piece; none where it can't be read. Absent where nothing is judged. */
  fileText?(file: EntryOf<'file.stored'>): Promise<readonly string[]>;
  verify(): Promise<Verdict>;
  /** The text of a C2SP tlog-proof, or in words why there is none. */
  prove(position: Position): Promise<Result<string, NotProved>>;
  /** What a tap and a command decide by. */
  readonly decisions: Decisions;
  readonly health: Health;
  /** By how much our clock was ahead of the homeserver's when this record came, in milliseconds. */
  skewAt?(position: Position): Promise<number>;
  /** What is known of how the homeserver, the ledger and the record agree. */
  comparing(): Promise<Comparing>;
  /** Absent where nothing is judged. */
  readonly rules?: DeskRules;
  readonly backtests?: Pick<DeskBacktests, 'ask' | 'progress'>;
  readonly holds: Holds;
  readonly classes?: DeskClasses;
  /** Absent where nothing runs that could delete. */
  readonly retention?: RetentionRuns;
  /** Absent where nothing runs that could do what persons ask for. */
  readonly persons?: Persons;
  /** By their names in the config. */
  readonly lines: readonly LineNamed[];
}

export interface DeskContext {
  readonly message: Incoming;
  readonly desk: Desk;
  readonly role: Role;
  /** The company's own: its users are shown without it. */
  readonly domain: string;
  readonly tools: DeskTools;
  readonly pages: PageMemory;
  readonly clock: Pick<Clock, 'now'>;
}
