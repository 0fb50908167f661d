import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor } from '../../../src/core/ids.ts';
import { openTurnNotes } from '../../../src/tasks/turn-notes.ts';

const idOf = (n: number) => taskIdFor(must(parsePosition(n)), 'send');

describe('notes of running turns', () => {
  let dir: string;
  let file: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-turns-'));
    file = join(dir, 'turns');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  /** As the next process finds it after a death: the tasks with all deaths in their turns and those blamed on them. */
  const next = () => [...openTurnNotes(file).held].map(([task, { deaths, blamed }]) => [task, deaths, blamed]);

  test('who was running when the process died is known to the next, and who was not is not blamed', () => {
    const notes = openTurnNotes(file);
    for (const n of [1, 2, 3]) notes.began(idOf(n), 'turn');
    notes.ended(idOf(2));
    expect(next()).toEqual([
      [idOf(1), 1, 0],
      [idOf(3), 1, 0],
    ]);
  });

  test('deaths add up for as long as no turn of the task ends, also over lives in which it did not run', () => {
    openTurnNotes(file).began(idOf(1), 'turn');
    openTurnNotes(file).began(idOf(1), 'turn');
    expect(next()).toEqual([[idOf(1), 2, 0]]);
    expect(next()).toEqual([[idOf(1), 2, 0]]);
    const notes = openTurnNotes(file);
    notes.began(idOf(1), 'turn');
    notes.ended(idOf(1));
    expect(next()).toEqual([]);
  });

  test('an ordered stop blames nobody, and what was held against a task stays', () => {
    openTurnNotes(file).began(idOf(1), 'turn');
    const notes = openTurnNotes(file);
    notes.began(idOf(1), 'turn');
    notes.began(idOf(2), 'turn');
    notes.close();
    notes.close();
    notes.began(idOf(3), 'turn');
    expect(next()).toEqual([[idOf(1), 1, 0]]);
  });

  test('the file never grows, and more turns than it has places for are not noted', () => {
    const notes = openTurnNotes(file);
    const { size } = statSync(file);
    for (let n = 1; n <= 1_000; n += 1) notes.began(idOf(n), 'turn');
    expect(statSync(file).size).toBe(size);
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('+')),
    ).toHaveLength(256);
    expect(next()).toHaveLength(128);
  });

  test('where no file can be made nothing is noted, and turns run all the same', () => {
    const notes = openTurnNotes(join(dir, 'missing', 'turns'));
    notes.began(idOf(1), 'turn');
    notes.close();
    expect(notes.held.size).toBe(0);
  });

  test('what is in the way of it is forgotten', () => {
    writeFileSync(file, 'garbage\n+1 0 nonsense\n+99999999999 0 1/send\n\0\0\n*1 0 8/send\n+1 1 7/send\n');
    expect(next()).toEqual([[idOf(7), 2, 1]]);
  });

  test('what an earlier release noted is read', () => {
    writeFileSync(file, '+1 7/send\n=2 8/send\n');
    expect(next()).toEqual([
      [idOf(7), 2, 0],
      [idOf(8), 2, 0],
    ]);
  });

  test('a death in the first moments of a trial is blamed on the task, and one after them is not', () => {
    openTurnNotes(file).began(idOf(1), 'trial');
    expect(next()).toEqual([[idOf(1), 1, 1]]);
    const notes = openTurnNotes(file);
    notes.began(idOf(1), 'trial');
    notes.began(idOf(1), 'turn');
    expect(next()).toEqual([[idOf(1), 2, 0]]);
  });

  test('the trial of one explains a death, so that what others are blamed for stays', () => {
    writeFileSync(file, '=3 2 1/send\n=3 1 2/send\n');
    const notes = openTurnNotes(file);
    expect([...notes.held.values()].map(({ blamed }) => blamed)).toEqual([0, 0]);
    writeFileSync(file, '=3 2 1/send\n!3 1 2/send\n');
    expect(next()).toEqual([
      [idOf(2), 4, 2],
      [idOf(1), 3, 2],
    ]);
  });

  test('a death without any trial shows that something else kills: nobody is blamed any more', () => {
    writeFileSync(file, '!4 2 1/send\n');
    expect(next()).toEqual([[idOf(1), 5, 3]]);
    expect(next()).toEqual([[idOf(1), 5, 0]]);
  });

  test('an ordered stop takes no blame away', () => {
    writeFileSync(file, '!4 1 1/send\n');
    openTurnNotes(file).close();
    openTurnNotes(file).close();
    expect(next()).toEqual([[idOf(1), 5, 2]]);
  });

  test('a turn that proved nothing leaves what was held against the task', () => {
    openTurnNotes(file).began(idOf(1), 'turn');
    const notes = openTurnNotes(file);
    notes.began(idOf(1), 'turn');
    notes.left(idOf(1));
    notes.began(idOf(2), 'turn');
    notes.left(idOf(2));
    expect(next()).toEqual([[idOf(1), 1, 0]]);
  });
});
