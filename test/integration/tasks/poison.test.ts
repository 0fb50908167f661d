import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import { tasksStanding } from '../../../src/tasks/open-tasks.ts';
import { draftOf, newPlace, openTestJournal } from '../../support/journal.ts';
import { noticeTasks } from './notice-tasks.ts';

const LIFE = fileURLToPath(new URL('./one-life.ts', import.meta.url));
const MOST_LIVES = 16;
const user = must(parseUserId('@alice:acme.example'));
const room = must(parseRoomId('!r:acme.example'));

describe('a task that ends the process', () => {
  let made: Awaited<ReturnType<typeof newPlace>>;

  beforeEach(async () => {
    made = await newPlace();
    appendFileSync(join(made.dir, 'done'), '');
  });
  afterEach(() => made.remove());

  /** The code that one life ended with; null when it was killed. */
  async function live(): Promise<number | null> {
    const { masterKey } = made.place;
    const given = JSON.stringify({ dir: made.dir, masterKey: Buffer.from(masterKey).toString('base64') });
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', LIFE, given], { stdio: 'inherit' });
    await once(child, 'close');
    return child.exitCode;
  }
  async function record(notices: readonly string[]): Promise<void> {
    await using test = await openTestJournal({ place: made.place, parts: [noticeTasks] });
    await test.journal.append(notices.map((notice) => draftOf('staff.notice', { user, room, notice })));
  }
  async function dead(): Promise<readonly { id: string; reason?: string }[]> {
    await using test = await openTestJournal({ place: made.place, parts: [noticeTasks] });
    return await test.views.read((reading) => tasksStanding(reading, { state: 'dead', after: 0, limit: 10 }));
  }
  async function livesUntilDone(): Promise<number> {
    for (let lives = 1; lives <= MOST_LIVES; lives += 1) if ((await live()) === 0) return lives;
    return Infinity;
  }
  const done = (): string[] => readFileSync(join(made.dir, 'done'), 'utf8').split('\n').filter(Boolean);

  test('is set aside at the third death that is blamed on it, visibly, and everything else is done', async () => {
    await record(['a', 'b', 'poison', 'c', 'd', 'e', 'f', 'g']);
    expect(await livesUntilDone()).toBe(6);
    expect(await dead()).toMatchObject([{ id: '3/send', reason: 'internal' }]);
    expect(new Set(done())).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
  }, 120_000);

  test('is found among several of its like', async () => {
    await record(['poison', 'a', 'poison', 'b', 'poison', 'c']);
    expect(await livesUntilDone()).toBeLessThanOrEqual(14);
    expect((await dead()).map((task) => task.id)).toEqual(['1/send', '3/send', '5/send']);
    expect(new Set(done())).toEqual(new Set(['a', 'b', 'c']));
  }, 240_000);
});
