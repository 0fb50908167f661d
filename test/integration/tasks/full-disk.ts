/**
 * Run on a small file system of its own: tasks whose turns put something on record meet a disk that is full, and then
 * one that has room again. Tells what happened.
 */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseClassId, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { countTasks, dueHeads } from '../../../src/tasks/open-tasks.ts';
import { createTaskRunner } from '../../../src/tasks/runner.ts';
import type { TaskKind } from '../../../src/tasks/task.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { draftOf, noteDraft } from '../../support/journal.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { noticeTasks } from './notice-tasks.ts';

const TASKS = 20;
const LARGE = 'x'.repeat(50_000);
const WITHIN_MS = 60_000;
const [dir = '.'] = process.argv.slice(2);
const filler = `${dir}/filler`;
const user = must(parseUserId('@alice:acme.example'));
const room = must(parseRoomId('!r:acme.example'));

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const give = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** To the last byte, and what the database had left in its own files. */
async function fillUp(): Promise<void> {
  writeFileSync(filler, '');
  for (const size of [100_000, 4_096, 512]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size));
    } catch {
      // No room for as much any more.
    }
  }
  for (;;) {
    try {
      await journal.append([noteDraft(LARGE)]);
    } catch {
      return;
    }
  }
}

await using journal = await openJournal({
  database: { dialect: 'sqlite', file: `${dir}/gatehouse.db` },
  keysDatabase: { dialect: 'sqlite', file: `${dir}/keys.db` },
  masterKey: new Uint8Array(32),
  defaultClass: must(parseClassId('test-class')),
  writer: { in: 'here', parts: [noticeTasks], tasks: taskSink, clock: systemClock },
});
let began = 0;
const log = new KeptLog();
const run: TaskKind['run'] = async () => {
  began += 1;
  await journal.append([noteDraft(LARGE)]);
  return { to: 'done' };
};
await using runner = createTaskRunner({
  ...{ journal, clock: systemClock, log, metrics: new KeptMetrics(), random: () => 0.5, parallel: 4 },
  handlers: new Map([['send', { run }]]),
});
const ready = () => journal.views.read(countTasks).then((counts) => counts.ready);
const notices = Array.from({ length: TASKS }, (_, n) => draftOf('staff.notice', { user, room, notice: `n${n}` }));
await journal.append(notices);
await fillUp();

runner.start();
// Four lanes, each of which tries again at least once.
await until('the turns to be tried again', () => began >= 8);
const now = systemClock.now();
const whileFull = await journal.views.read((reading) => dueHeads(reading, { now, limit: TASKS }));
const down = journal.down() ?? '';
rmSync(filler);
await until('all tasks to be done', async () => (await ready()) === 0);
process.stdout.write(
  JSON.stringify({
    down,
    attempts: whileFull.map((task) => task.attempts),
    again: began - TASKS,
    downAfter: journal.down() ?? '',
    logged: log.events(),
  }),
);
