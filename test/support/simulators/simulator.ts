/** A provider's simulator as the command line runs it: `simulators/<name>/command.ts` exports one as `simulator`. */
export interface Simulator {
  /** A line for people: whose API it answers as. */
  readonly about: string;
  /** Its options beside `--listen`, each with what it is. All take a value; those that end with `?` may be left out. */
  readonly options: Readonly<Record<string, string>>;
  start(given: SimulatorStart): Promise<RunningSimulator>;
}

export interface SimulatorStart {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** The value of an option of its own; undefined for one that was left out. */
  readonly option: (name: string) => string | undefined;
  /** Says on stdout, as a JSON line, what it received or refused. */
  readonly say: (what: Readonly<Record<string, unknown>>) => void;
}

export interface RunningSimulator {
  /** `host:port`, or the URL that goes into the config. */
  readonly listening: string;
  /** A JSON line from stdin: what a customer does, `{"from": ..., "text": ...}`. @throws Error in words for another */
  customer(line: unknown): void | Promise<void>;
  close(): Promise<void>;
}
