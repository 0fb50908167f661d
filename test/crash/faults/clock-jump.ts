/**
 * Gatehouse's computer is set a day ahead, back, and a day behind, while it runs and while it is down. Only its own clock:
 * Synapse and the carrier go by the right time. The clock that never goes back stays as it is, as on a real computer.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingPackage } from '../../support/debian-package.ts';
import type { CrashRun } from '../drive.ts';
import { judge } from '../judge/judge.ts';
import { burst } from '../rounds.ts';
import { fault, restart, until, type Form, type Scenario } from './scenario.ts';

/** Debian's multiarch folders. */
const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((arch) => `/usr/lib/${arch}/faketime/libfaketime.so.1`);
const JUMPS: Readonly<Record<Form, readonly string[]>> = {
  short: ['+1d', '+0', '-1d', '+0'],
  long: ['+1d', '+0', '-1d', '+1d', '-1d', '+0', '+30d', '+0'],
};
const MESSAGES = { texts: 8, answers: 8, asides: 8 };
/** Nothing waits a day; nor for anything near it. */
const PROMPT_MS = 60_000;

export const clockJump: Scenario = {
  name: 'clock',
  shows:
    'a clock that is set a day either way, while it runs and while it is down: traffic goes on, nothing is refused as late',
  errors: [],
  play: async (run, form) => {
    const library = faketime();
    const time = join(run.house.dir, 'time');
    await writeFile(time, '+0');
    Object.assign(run.env, {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: time,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    await restart(run);
    for (const jump of JUMPS[form]) {
      fault(run, `the clock is set to ${jump}`);
      await writeFile(time, jump);
      await everythingArrives(run);
    }
    for (const jump of ['+1d', '-1d'] as const) {
      fault(run, `started again with a clock at ${jump}`);
      await writeFile(time, jump);
      await restart(run);
      await everythingArrives(run);
    }
    for (const name of Object.keys(run.env)) Reflect.deleteProperty(run.env, name);
    fault(run, 'started again with the right clock');
    await restart(run);
    await everythingArrives(run);
    await nothingWasLate(run);
  },
};

/** What was refused as late says so in the room; here nothing was. */
async function nothingWasLate({ observer }: CrashRun): Promise<void> {
  const { late } = judge(await observer.evidence(), clockJump.name);
  if (late > 0) throw new Error(`${late} answers were refused as late because the clock was set`);
}

function faketime(): string {
  const find = (): string | undefined => LIBRARIES.find((file) => existsSync(file));
  const missing = missingPackage('faketime', () => find() !== undefined);
  const library = find();
  if (missing !== undefined || library === undefined)
    throw new Error(`libfaketime sets the clock, and ${missing ?? ''}`);
  return library;
}

async function everythingArrives(run: CrashRun): Promise<void> {
  await burst(run, MESSAGES);
  let open: readonly string[] = [];
  const nothingOpen = async (): Promise<boolean> => {
    open = await run.observer.outstanding();
    return open.length === 0;
  };
  await until('everything to arrive although the clock was set', nothingOpen, PROMPT_MS).catch((error: unknown) => {
    throw new Error(open.join('\n'), { cause: error });
  });
  if (!run.house.gatehouse.running) throw new Error('Gatehouse ended when the clock was set');
}
