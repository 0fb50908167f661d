import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor, type TaskId } from '../../../src/core/ids.ts';
import { begunBefore } from '../../../src/tasks/begun-before.ts';
import { noTurnNotes, type TurnNotes } from '../../../src/tasks/turn-notes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { TaskJournal } from '../../support/task-journal.ts';

let journal: TaskJournal;
beforeEach(async () => {
  journal = await TaskJournal.open(new ManualClock());
  for (const portal of ['p1', 'p1', 'p2', 'p2']) await journal.plan(portal);
});
afterEach(() => journal[Symbol.asyncDispose]());

/** Positions whose tasks may have begun. */
async function begun(options: { readonly notes?: TurnNotes; readonly max?: number }): Promise<readonly number[]> {
  const upTo = await journal.size();
  const before = await journal.views.read((reading) => begunBefore(reading, { upTo, notes: noTurnNotes, ...options }));
  await journal.plan('p3');
  const positions = [1, 2, 3, 4, 5].map((n) => must(parsePosition(n)));
  return positions.filter((position) => before.has({ id: taskIdFor(position, 'send'), position }));
}

test('only the first task of a lane may have begun', async () => {
  expect(await begun({})).toEqual([1, 3]);
});

test('what was noted as running when a process died may have begun wherever it stands now', async () => {
  const running: TaskId = taskIdFor(must(parsePosition(4)), 'send');
  const notes = { ...noTurnNotes, held: new Map([[running, { deaths: 1, blamed: 0 }]]) };
  expect(await begun({ notes })).toEqual([1, 3, 4]);
});

test('with more lanes than are remembered all that was there may have begun, and what came since may not', async () => {
  expect(await begun({ max: 1 })).toEqual([1, 2, 3, 4]);
});

test('after a restore all that the lost part of the record may have ended may have begun', async () => {
  await journal.restoredAt(must(parsePosition(3)));
  expect(await begun({})).toEqual([1, 2, 3]);
});
