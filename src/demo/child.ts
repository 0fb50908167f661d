/** A `gatehouse` command in a process of its own, exactly as an admin starts it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The program beside this file: the sources in a checkout, the built files in `dist/`. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url));
/** What the Matrix libraries bring along, and type stripping, are no news to whoever reads a log. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
const STOP_WITHIN_MS = 20_000;
const LAST_WORDS = 4000;

export interface ChildOptions {
  readonly args: readonly string[];
  /** Config paths are relative to it. */
  readonly cwd: string;
  /** Takes what it prints. */
  readonly log: string;
  /** Further variables of its environment, read at each start. */
  readonly env?: Readonly<Record<string, string>>;
  /** Returns true once it does its work; asked every 50 ms. */
  readonly ready?: () => Promise<boolean>;
}

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #said = '';

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How it ended: undefined while it runs, null when a signal ended it. */
  get exitCode(): number | null | undefined {
    return this.running ? undefined : this.#process?.exitCode;
  }

  /** @throws Error with its last words when it ends, or isn't ready within `withinMs`. */
  async start(withinMs = 60_000): Promise<void> {
    this.#process = this.#spawn();
    const { ready } = this.#options;
    if (ready === undefined) return;
    const give = performance.now() + withinMs;
    while (!(await ready())) {
      if (!this.running) throw new Error(`gatehouse ${this.#command} ended while starting:\n${this.#said}`);
      if (performance.now() > give) throw new Error(`gatehouse ${this.#command} is not ready:\n${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** A line on its standard input. */
  write(line: string): void {
    this.#process?.stdin?.write(`${line}\n`);
  }

  /** Ends it: SIGTERM lets it finish, SIGKILL is a crash. Resolves with its exit code when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || !this.running) return child?.exitCode ?? null;
    const gone = once(child, 'close');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(force);
    return child.exitCode;
  }

  /** Waits for it to end by itself. @throws Error with its last words when it fails. */
  async finish(): Promise<string> {
    const child = this.#process ?? this.#spawn();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    if (child.exitCode !== 0) throw new Error(`gatehouse ${this.#command} failed:\n${this.#said}`);
    return this.#said;
  }

  get #command(): string {
    return this.#options.args[0] ?? '';
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [...FLAGS, MAIN, ...this.#options.args], {
      cwd: this.#options.cwd,
      env: { ...process.env, ...this.#options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#options.log, { flags: 'a', mode: 0o600 });
    const take = (bytes: Buffer): void => {
      this.#said = (this.#said + bytes.toString('utf8')).slice(-LAST_WORDS);
      log.write(bytes);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.stdin.on('error', () => undefined);
    child.once('close', () => {
      log.end();
    });
    this.#process = child;
    return child;
  }
}
