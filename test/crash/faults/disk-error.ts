/**
 * A disk that fails: `strace` makes the kernel answer EIO to Gatehouse's own calls on the journal's log. After a failed
 * fsync the kernel may have dropped what was to be written, so a second one that succeeds proves nothing: the process
 * must end, in words, and whoever supervises it (here the driver) starts it again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingPackage, works } from '../../support/debian-package.ts';
import type { CrashRun } from '../drive.ts';
import { fault, until, type Form, type Scenario } from './scenario.ts';

const RATES = { texts: 1, answers: 1, asides: 0.4 };
const CALLS = [
  ['fsync', 'fsync,fdatasync'],
  ['write', 'pwrite64,write'],
] as const;
const ROUNDS: Readonly<Record<Form, number>> = { short: 1, long: 5 };
const WORDS = 'the disk did not store what was written (I/O error): check the disk, then start again';

export const diskError: Scenario = {
  name: 'disk-error',
  shows: 'EIO on fsync and on write: Gatehouse ends in words, never tries again, and loses nothing',
  errors: [
    ...['task.journal-down', 'gate.unrecordable', 'smpp.background-failed', 'bot.room-failed', 'app.start-failed'],
    ...['matrix.transaction-refused', 'matrix.append-refused', 'log.publish-failed'],
  ],
  play: async (run, form) => {
    const missing = missingPackage('strace', () => works('strace', ['-V']));
    if (missing !== undefined) throw new Error(`strace makes the disk fail, and ${missing}`);
    run.traffic.start(RATES);
    run.traffic.startAsides(RATES);
    try {
      for (let round = 0; round < ROUNDS[form]; round += 1) {
        for (const [what, calls] of CALLS) await failOnce(run, what, calls);
      }
    } finally {
      await run.traffic.stop();
    }
  },
};

async function failOnce(run: CrashRun, what: string, calls: string): Promise<void> {
  const { house, random, killer, history } = run;
  const { gatehouse, dir } = house;
  const wal = join(dir, 'data', 'gatehouse.db-wal');
  const log = join(dir, 'strace.log');
  const nth = Math.round(random.between(2, 12));
  fault(run, `EIO on the ${nth}th ${what} of the journal's log`);
  const strace = spawn(
    'strace',
    [
      ...['-f', '-q', '-o', log, '-p', String(gatehouse.pid), '-P', wal, '-e', 'trace=pwrite64,write,fsync,fdatasync'],
      ...['-e', `inject=${calls}:error=EIO:when=${nth}+`],
    ],
    { stdio: 'ignore' },
  );
  const traced = once(strace, 'close');
  await until('Gatehouse to end by itself', () => !gatehouse.running);
  await traced;
  history.note({ what: 'killed', when: `by a failed ${what}` });
  if (gatehouse.exitCode !== 1) throw new Error(`Gatehouse ended with ${String(gatehouse.exitCode)} instead of 1`);
  const said = await readFile(join(dir, 'gatehouse.log'), 'utf8');
  if (!said.includes(WORDS)) throw new Error(`Gatehouse did not say why it ended: ${said.slice(-1_000)}`);
  await expectNoSecondTry(log);
  await killer.start();
}

/** One call fails; of those after it none may be made: each would be a second try. */
async function expectNoSecondTry(log: string): Promise<void> {
  const calls = (await readFile(log, 'utf8')).split('\n').filter((line) => /(?:sync|write64|write)\(/u.test(line));
  const first = calls.findIndex((line) => line.includes('(INJECTED)'));
  if (first < 0) throw new Error('nothing was made to fail');
  const more = calls.slice(first + 1);
  if (more.length > 0) throw new Error(`after the failure it tried again: ${more.join('; ')}`);
}
