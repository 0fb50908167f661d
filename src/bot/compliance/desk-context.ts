/** What a desk's command is given: who asks, and the little it may read. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Desk, Role } from '../../core/line.ts';
import type { Health } from '../../core/ports/health.ts';
import type { Result } from '../../core/result.ts';
import type { MessageState } from '../../bridge/message-store.ts';
import type { Incoming } from '../incoming.ts';
import type { PageMemory } from './page-memory.ts';

/** A record as people read it. */
export interface RecordShown {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The network's name: SMS; undefined for messages among colleagues. */
  readonly network?: string | undefined;
  readonly text?: string | undefined;
}

export interface FoundPage<Cursor> {
  readonly hits: readonly Entry[];
  readonly total: number;
  /** False when the walk was cut: then `total` is a least number. */
  readonly complete: boolean;
  readonly cursor?: Cursor | undefined;
}

export interface SearchAsked<Cursor> {
  readonly query: string;
  readonly timezone: string;
  readonly limit: number;
  readonly cursor?: Cursor | undefined;
}

export interface Verdict {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly covered: number;
  readonly uncovered: number;
  readonly erased: number;
  readonly firstBad: { readonly position: number; readonly what: string } | null;
}

export interface DeskTools<Cursor = unknown> {
  /** The error says in words what is wrong with the query, and where. */
  search(asked: SearchAsked<Cursor>): Promise<Result<FoundPage<Cursor>, string>>;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]>;
  size(): Promise<number>;
  shown(entry: Entry): Promise<RecordShown>;
  /** How far the message at `position` got; undefined when it is none of a portal. */
  delivery(position: Position): Promise<{ readonly state: MessageState; readonly attempts: number } | undefined>;
  verify(): Promise<Verdict>;
  /** A C2SP tlog-proof; undefined while no signed checkpoint covers the record. */
  prove(position: Position): Promise<string | undefined>;
  readonly health: Health;
}

export interface DeskContext {
  readonly message: Incoming;
  readonly desk: Desk;
  readonly role: Role;
  readonly tools: DeskTools;
  readonly pages: PageMemory<unknown>;
  readonly clock: Pick<Clock, 'now'>;
}
