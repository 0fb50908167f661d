/** The operating system process of one Synapse. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 50;
const STOP_WITHIN_MS = 10_000;

/** Runs Synapse in the foreground and, on Linux, asks the kernel to end it when its parent dies. */
const LAUNCH = `
import runpy, signal, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
except Exception:
    pass
sys.argv = ['synapse', '-c', sys.argv[1]]
runpy.run_module('synapse.app.homeserver', run_name='__main__', alter_sys=True)
`;

export class SynapseProcess {
  readonly #python: string;
  readonly #config: string;
  readonly #dir: string;
  readonly #url: string;
  #child: ChildProcess | undefined;
  #said = '';

  constructor(given: { python: string; config: string; dir: string; url: string }) {
    this.#python = given.python;
    this.#config = given.config;
    this.#dir = given.dir;
    this.#url = given.url;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it was started and has not ended. */
  running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it answers `/health`. @throws Error with its last words when it ends before. */
  async start(): Promise<void> {
    if (this.running()) return;
    const child = this.#spawn();
    this.#child = child;
    for (let waited = 0; waited < READY_WITHIN_MS; waited += LOOK_EVERY_MS) {
      if ((child.exitCode ?? child.signalCode) !== null)
        throw new Error(`Synapse ended while starting:\n${this.#said}`);
      if (await this.#healthy()) return;
      await pause(LOOK_EVERY_MS);
    }
    await this.stop('SIGKILL');
    throw new Error(
      `Synapse did not answer at ${this.#url} within ${String(READY_WITHIN_MS / 1000)} s:\n${this.#said}`,
    );
  }

  /** Ends it: SIGTERM lets it finish, SIGKILL is a crash. Resolves when it is gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running()) return;
    const gone = once(child, 'close');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(force);
  }

  #spawn(): ChildProcess {
    const child = spawn(this.#python, ['-c', LAUNCH, this.#config], {
      cwd: this.#dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (bytes: Buffer): void => {
      this.#said = (this.#said + bytes.toString('utf8')).slice(-4000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    return child;
  }

  async #healthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.#url}/health`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }
}
