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
  /** As the next process finds it after a death. */
  const next = () => [...openTurnNotes(file).deaths];

  test('who was running when the process died is known to the next, and who was not is not blamed', () => {
    const notes = openTurnNotes(file);
    for (const n of [1, 2, 3]) notes.began(idOf(n));
    notes.ended(idOf(2));
    expect(next()).toEqual([
      [idOf(1), 1],
      [idOf(3), 1],
    ]);
  });

  test('deaths add up for as long as no turn of the task ends, also over lives in which it did not run', () => {
    openTurnNotes(file).began(idOf(1));
    openTurnNotes(file).began(idOf(1));
    expect(next()).toEqual([[idOf(1), 2]]);
    expect(next()).toEqual([[idOf(1), 2]]);
    const notes = openTurnNotes(file);
    notes.began(idOf(1));
    notes.ended(idOf(1));
    expect(next()).toEqual([]);
  });

  test('an ordered stop blames nobody, and what was held against a task stays', () => {
    openTurnNotes(file).began(idOf(1));
    const notes = openTurnNotes(file);
    notes.began(idOf(1));
    notes.began(idOf(2));
    notes.close();
    notes.close();
    notes.began(idOf(3));
    expect(next()).toEqual([[idOf(1), 1]]);
  });

  test('the file never grows, and more turns than it has places for are not noted', () => {
    const notes = openTurnNotes(file);
    const { size } = statSync(file);
    for (let n = 1; n <= 1_000; n += 1) notes.began(idOf(n));
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
    notes.began(idOf(1));
    notes.close();
    expect(notes.deaths.size).toBe(0);
  });

  test('what is in the way of it is forgotten', () => {
    writeFileSync(file, 'garbage\n+1 nonsense\n+99999999999 1/send\n\0\0\n+1 7/send\n');
    expect(next()).toEqual([[idOf(7), 2]]);
  });
});
