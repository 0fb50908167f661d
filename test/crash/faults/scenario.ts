/** One kind of fault, played in a whole house under traffic. What became of every message is judged afterwards. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import type { CrashRun } from '../drive.ts';

export interface Scenario {
  readonly name: string;
  /** A sentence that is true when the judge finds nothing. */
  readonly shows: string;
  /** Names of errors that Gatehouse's log must be allowed: they say what is done to it. */
  readonly errors: readonly string[];
  /** The short form is for every change; the long one, behind the command, repeats and takes the real times. */
  play(run: CrashRun, form: Form): Promise<void>;
}

export type Form = 'short' | 'long';

const WITHIN_MS = 90_000;

/** @throws Error with `what` when it does not come true in time. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, ms = WITHIN_MS): Promise<void> {
  const give = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`waited in vain for ${what}`);
    await pause(20);
  }
}

/** Notes a fault in the history, so that whoever reads it sees what happened when. */
export function fault({ history, say }: CrashRun, words: string): void {
  history.note({ what: 'fault', fault: words });
  say(words);
}

/** Sends a signal to a process of the house: SIGSTOP holds it where it is, SIGCONT lets it go on. */
export function signal(of: { readonly pid: number | undefined }, name: NodeJS.Signals): void {
  if (of.pid === undefined) throw new Error('there is no process to signal');
  process.kill(of.pid, name);
}

/** Changes the carrier's settings in Gatehouse's config; they hold from its next start. */
export async function setCarrier({ house }: CrashRun, key: string, value: string): Promise<void> {
  const file = join(house.dir, house.config);
  const config = parseDocument(await readFile(file, 'utf8'));
  config.setIn(['connectors', 0, key], value);
  await writeFile(file, config.toString());
}

/** Kills Gatehouse and starts it again, so that it reads config and environment anew. */
export async function restart({ killer }: CrashRun): Promise<void> {
  await killer.kill('to start it anew');
  await killer.start();
}
