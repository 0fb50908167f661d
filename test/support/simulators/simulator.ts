/** A provider's simulator as the command line runs it: `simulators/<name>/command.ts` exports one as `simulator`. */
export interface Simulator {
  /** A line for people: whose API it answers as. */
  readonly about: string;
  /** Its options beside `--listen`, each with what it is. All take a value; those that end with `?` may be left out. */
  readonly options: Readonly<Record<string, string>>;
  /** Lines that it takes on stdin, as somebody would type them: the first is a customer who writes. */
  readonly takes: readonly string[];
  /** @throws Error in words, or of the system, when it can't begin */
  start(given: SimulatorStart): Promise<RunningSimulator>;
}

export interface SimulatorStart {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** The value of an option of its own; undefined for one that was left out. */
  readonly option: (name: string) => string | undefined;
}

export interface RunningSimulator {
  /** `host:port`, or the URL that goes into the config. */
  readonly listening: string;
  /** What else the config may want to know. */
  readonly also?: Readonly<Record<string, unknown>>;
  /** All that Gatehouse has sent to customers, oldest first. */
  received(): readonly object[];
  /** What went wrong between it and Gatehouse, in words, oldest first. */
  troubles?(): readonly string[];
  /**
   * A JSON line from stdin: what a customer does. Resolves with whether Gatehouse took it, with undefined where nobody
   * says so. @throws Error in words for a line that is none
   */
  customer(line: unknown): Promise<boolean | undefined>;
  close(): Promise<void>;
}
