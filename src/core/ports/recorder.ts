/** What whoever receives something needs of the journal: to put it on record, and to know when it is. */
import type { Draft } from '../entry.ts';
import type { ConnectorId, Millis, Position, RemoteId, TaskId } from '../ids.ts';

export interface Appended {
  readonly position: Position;
  /** True when this very thing was on record before; `position` is then the first one's. */
  readonly duplicate: boolean;
  readonly conflictWith?: Position;
  readonly possibleDuplicateOf?: Position;
}

/** How a task ends a turn; committed together with the entries that say why. */
export type Settlement =
  | { readonly task: TaskId; readonly to: 'done' }
  | { readonly task: TaskId; readonly to: 'dead'; readonly reason: string }
  /** Again, not before `notBefore`; counts as an attempt. */
  | { readonly task: TaskId; readonly to: 'retry'; readonly notBefore: Millis; readonly reason: string }
  /** Back to ready by a person's wish: attempts start again. */
  | { readonly task: TaskId; readonly to: 'again' };

/** A connector's durable note, sealed at rest: parts of a long message, an offset. `value: null` forgets it. */
export interface KvChange {
  readonly connector: ConnectorId;
  readonly key: string;
  readonly value: Uint8Array | null;
  /**
   * Where it holds what a customer wrote: the `remoteId` of the message that says it on record. The note goes in the
   * commit that erases that record, whether a person's wish or the time is over, and whoever keeps it is not asked.
   */
  readonly of?: RemoteId;
}

/** What commits together with the entries of one append. */
export interface Also {
  readonly settle?: readonly Settlement[];
  readonly kv?: readonly KvChange[];
  /** What has a sure id that is on record is that entry told again, whatever it says: a list says less than a call did. */
  readonly knownById?: boolean;
}

export interface Recorder {
  /**
   * The only way onto the record. Resolves after fsync; one caller's drafts commit together or not at all.
   * An empty list with an `also` is allowed.
   * @throws JournalDown when nothing could be written: answer the peer with an error, so that it retries.
   */
  append(drafts: readonly Draft[], also?: Also): Promise<readonly Appended[]>;
}

/** The journal can't be written: full disk, broken database, shutting down. Nothing of the append is on record. */
export class JournalDown extends Error {
  override name = 'JournalDown';
}
