/**
 * Commands on the record. They run where the journal is open: in the running process, asked through its control socket,
 * or here when none runs. Every one puts itself on record before it answers.
 */
import type { JsonObject } from '../../core/json.ts';

/** What a command says while it runs. */
export type Said =
  { readonly line: JsonObject } | { readonly progress: { readonly done: number; readonly total: number } };

/** How it ended: exit code, and plain words where it failed. */
export interface Ended {
  readonly exit: 0 | 1 | 2;
  readonly error?: string;
}

export interface Calling {
  readonly args: JsonObject;
  readonly say: (said: Said) => void;
  readonly signal: AbortSignal;
}

export type RecordCommandName =
  | 'search'
  | 'journal.show'
  | 'journal.tail'
  | 'journal.stats'
  | 'verify'
  | 'prove'
  | 'rebuild'
  | 'reconcile'
  | 'backup'
  | 'health'
  | 'presend.try'
  | 'hold.list'
  | 'retention.show'
  | 'retention.preview'
  | 'retention.run';
export type RecordCommand = (calling: Calling) => Promise<Ended>;

export interface RecordCommands {
  run(name: RecordCommandName, calling: Calling): Promise<Ended>;
}
