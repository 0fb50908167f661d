/**
 * One life of a process that runs tasks: with the place of its journal as its argument it runs what is ready, writes down
 * what it did, and ends with 0 when nothing is left. A task that follows from the notice `poison` ends it at once.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { setImmediate } from 'node:timers/promises';
import { systemClock, wait, type Clock } from '../../../src/core/clock.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { countTasks } from '../../../src/tasks/open-tasks.ts';
import { createTaskRunner } from '../../../src/tasks/runner.ts';
import type { TaskKind } from '../../../src/tasks/task.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { openTurnNotes } from '../../../src/tasks/turn-notes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { noticeTasks } from './notice-tasks.ts';

/** With each turn of the loop: short beside the turns of tasks, and these beside what is waited for. */
const STEP_MS = 5;
/** Turns of the loop from one look at what is left to the next. */
const LOOK = 50;
const given = z.object({ dir: z.string(), masterKey: z.base64() });

/** Time passes with the turns of the loop: a busy machine makes nothing late. */
const turned = new ManualClock(0);
const clock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => turned.monotonic(),
  after: (ms, callback) => turned.after(ms, callback),
};

const { dir, masterKey } = given.parse(JSON.parse(process.argv[2] ?? ''));
await using journal = await openJournal({
  database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
  keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
  masterKey: Buffer.from(masterKey, 'base64'),
  defaultClass: must(parseClassId('test-class')),
  writer: { in: 'here', clock, parts: [noticeTasks], tasks: taskSink },
});
const run: TaskKind['run'] = async (_task, entry) => {
  const notice = 'erased' in entry || entry.kind !== 'staff.notice' ? '' : entry.body.notice;
  // Others are under way when it strikes, and not done.
  await wait(clock, notice === 'poison' ? 15 : 30);
  if (notice === 'poison') process.kill(process.pid, 'SIGKILL');
  appendFileSync(join(dir, 'done'), `${notice}\n`);
  return { to: 'done' };
};
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const log = { ...quiet, child: () => log };
const runner = createTaskRunner({
  ...{ journal, clock, log, random: () => 0.5, parallel: 4 },
  handlers: new Map([['send', { run }]]),
  metrics: { count: nothing, gauge: nothing, observe: nothing },
  notes: openTurnNotes(join(dir, 'turns')),
});
runner.start();
while ((await journal.views.read(countTasks)).ready > 0) {
  for (let turn = 0; turn < LOOK; turn += 1) {
    await setImmediate();
    turned.advance(STEP_MS);
  }
}
await runner.stop(1_000);

function nothing(): void {
  return undefined;
}
