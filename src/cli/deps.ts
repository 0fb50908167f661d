/** What the commands are given: `main.ts` brings the real things, tests their own. */
import type { Clock } from '../core/clock.ts';
import type { Result } from '../core/result.ts';
import type { Config, ConnectorTypes } from '../config/config.ts';
import type { Calling, Ended, RecordCommandName, RecordCommands } from './records/record-command.ts';
import type { Terminal } from './terminal.ts';

/** The running program. Disposing it stops it: intake closed, lanes drained, a last checkpoint. */
interface RunningApp extends AsyncDisposable {
  /** Resolves with plain words when it can't go on. */
  readonly failed: Promise<string>;
  /** Begins to look at the files of rules again, and at nothing else. What came of it the desks are told. */
  reloadRules(): void;
}

/** What is asked of a restore; without `from` it goes on from what lies in the data folder. */
export interface RestoreAsked {
  /** An absolute path, like `keys`. */
  readonly from?: string;
  readonly keys?: string;
  readonly time?: string;
  readonly replace: boolean;
  /** How many records the asker knows to be there: without it, going on from them is only explained. */
  readonly confirm?: number;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** What was done, or would be. Positions after `size` up to `known` were given before and are lost. */
export type Restore =
  | {
      readonly did: 'restored';
      readonly time: string;
      readonly keysTime: string;
      readonly size: number;
      readonly erased: number;
      readonly files: number;
      readonly epoch: number;
      readonly known: number;
      readonly aside?: string;
    }
  | { readonly did: 'continued'; readonly size: number; readonly epoch: number; readonly known: number }
  | {
      readonly did: 'explained';
      readonly size: number;
      readonly from: number;
      readonly known: number;
      readonly origin: string;
    }
  /** An earlier restore, which had been interrupted. */
  | { readonly did: 'finished'; readonly aside?: string };

export interface Program {
  /** Starts everything; plain words when it must not start (another process, a record that is behind, ...). */
  createApp(config: Config): Promise<Result<RunningApp, string>>;
  /** Opens the journal in this process, for commands when no other runs. Plain words when that can't be. */
  openRecords(config: Config): Promise<Result<RecordCommands & AsyncDisposable, string>>;
  /** Asks the running process through its control socket; undefined when none runs. */
  callRunning(config: Config, name: RecordCommandName, calling: Calling): Promise<Ended | undefined>;
  /** Restores a record, while none runs. Plain words where nothing was done. */
  restore(config: Config, asked: RestoreAsked): Promise<Result<Restore, string>>;
  runDemo(options: {
    readonly once: boolean;
    readonly dataDir: string;
    /** What is typed meanwhile. */
    readonly lines: () => AsyncIterable<string>;
    readonly signal: AbortSignal;
  }): Promise<0 | 1>;
}

export interface CliDeps {
  readonly program: Program;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly connectorTypes: ConnectorTypes;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who is logged in at this computer. */
  readonly user: string;
  readonly version: string;
  readonly nodeVersion: string;
  /** Aborted by SIGINT or SIGTERM: end in good order. */
  readonly signal: AbortSignal;
  /** Calls `listener` at each SIGHUP from now on, and at once when there was one since the process began. */
  readonly onHangup: (listener: () => void) => void;
}
