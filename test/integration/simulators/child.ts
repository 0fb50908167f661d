/** A simulator as a process of its own, as an admin starts one. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { until } from '../../support/carrier.ts';

const script = path.join(import.meta.dirname, '../../support/simulators/run.ts');
export class SimulatorProcess implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  #out = '';
  err = '';

  constructor(args: readonly string[], cwd: string) {
    const node = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060', script];
    this.#child = spawn(process.execPath, [...node, ...args], { cwd });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString('utf8');
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.err += chunk.toString('utf8');
    });
    this.#closed = once(this.#child, 'close');
  }

  get out(): string {
    return this.#out;
  }

  /** Its whole lines so far. */
  get said(): readonly JsonObject[] {
    const lines = this.#out.split('\n').slice(0, -1);
    return lines.map((line): unknown => JSON.parse(line)).filter((said): said is JsonObject => isJsonObject(said));
  }

  async says(what: string, fits: (said: JsonObject) => boolean): Promise<JsonObject> {
    const find = (): JsonObject | undefined => this.said.find(fits);
    await until(`${what} (so far: ${this.#out} ${this.err})`, () => find() !== undefined);
    return find() ?? {};
  }

  listens(): Promise<JsonObject> {
    return this.says('its address', (said) => 'listening' in said);
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Its exit code; with a signal it is told to end. */
  async ended(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
    if (signal !== undefined) this.#child.kill(signal);
    await this.#closed;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
