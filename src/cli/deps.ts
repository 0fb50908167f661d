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
}

export interface Program {
  /** Starts everything; plain words when it must not start (another process, a record that is behind, ...). */
  createApp(config: Config): Promise<Result<RunningApp, string>>;
  /** Opens the journal in this process, for commands when no other runs. Plain words when that can't be. */
  openRecords(config: Config): Promise<Result<RecordCommands & AsyncDisposable, string>>;
  /** Asks the running process through its control socket; undefined when none runs. */
  callRunning(config: Config, name: RecordCommandName, calling: Calling): Promise<Ended | undefined>;
  runDemo(options: { readonly once: boolean; readonly dataDir: string; readonly signal: AbortSignal }): Promise<0 | 1>;
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
}
