import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseMillis, parsePosition, parseUserId, taskIdFor, type Position } from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { isTold, overriddenUntil } from '../../../src/policy/presend/presend-store.ts';
import { presendWriterPart } from '../../../src/policy/presend/projections.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { refusedText } from '../../support/verdicts.ts';

const serverOf = postgresForTests();
const parts = [presendWriterPart()];
const START = must(parseMillis(Date.UTC(2026, 2, 1, 12)));
const MINUTE = 60_000;
const bob = must(parseUserId('@bob:acme.example'));
const content = 'c'.repeat(64);
let made = 0;

function anyway(of: Position, until: number, more: { readonly content?: string } = {}): Draft {
  made += 1;
  return {
    ...{ kind: 'policy.overridden', at: START, source: { system: 'gatehouse', id: `anyway/${made}`, sure: true } },
    body: { of, content, by: bob, reason: 'she asked for it', until: must(parseMillis(until)), ...more },
  };
}

describe.each(['sqlite', 'postgres'] as const)('what pre-send remembers on %s', (dialect) => {
  const clock = new ManualClock(START);
  const open = (): Promise<TestJournal> => openTestJournal({ parts, clock, postgres: serverOf(dialect) });

  async function put({ journal }: TestJournal, draft: Draft): Promise<Position> {
    const [appended] = await journal.append([draft]);
    return must(parsePosition(appended?.position));
  }

  async function told(opened: TestJournal, at: Position): Promise<boolean> {
    const { journal, views } = opened;
    const entry = await journal.read(at);
    if (entry === undefined || 'erased' in entry || entry.kind !== 'policy.refused') throw new Error('not on record');
    const task = await views.read((reading) => taskWithId(reading, taskIdFor(at, 'policy.refused-told')));
    const known = await views.read((reading) => isTold(entry, reading, views.sealer));
    return known && task !== undefined;
  }

  test('a refusal is told once in five minutes for one content, however often the client tries', async () => {
    await using opened = await open();
    const [first, second] = [await put(opened, refusedText('use 4111')), await put(opened, refusedText('use 4111'))];
    const other = await put(opened, refusedText('use 5500', { content: 'd'.repeat(64) }));
    const shadow = await put(opened, refusedText('use 6011', { content: 'e'.repeat(64), shadow: true }));
    expect([await told(opened, first), await told(opened, second)]).toEqual([true, false]);
    expect([await told(opened, other), await told(opened, shadow)]).toEqual([true, false]);
    clock.advance(5 * MINUTE + 1);
    expect(await told(opened, await put(opened, refusedText('use 4111')))).toBe(true);
  });

  test('"send anyway" holds for its sender and content until its time, and the newest word counts', async () => {
    await using opened = await open();
    const { views } = opened;
    const of = await put(opened, refusedText('trust me'));
    const now = clock.now();
    const until = (user = bob, text = content) =>
      views.read((reading) => overriddenUntil(reading, views.sealer, { user, content: text }));
    expect(await until()).toBeUndefined();
    await put(opened, anyway(of, now + MINUTE));
    await put(opened, anyway(of, now + 5 * MINUTE));
    expect(await until()).toBe(now + 5 * MINUTE);
    expect(await until(must(parseUserId('@alice:acme.example')))).toBeUndefined();
    expect(await until(bob, 'd'.repeat(64))).toBeUndefined();
    clock.advance(6 * MINUTE);
    await put(opened, anyway(of, clock.now() + MINUTE, { content: 'd'.repeat(64) }));
    expect(await until()).toBeUndefined();
  });

  test('its tables are a pure function of the record', async () => {
    const opened = await open();
    const of = await put(opened, refusedText('trust me'));
    await put(opened, anyway(of, clock.now() + MINUTE));
    await opened.close();
    const joined = { parts, tasks: taskSink };
    {
      await using writer = await openWriter(opened.place, joined, { clock: systemClock, committed: () => undefined });
      const { database, keys, search } = writer;
      expect((await rebuild({ ...joined, database, keys, search, check: true })).difference).toBeUndefined();
    }
    await opened[Symbol.asyncDispose]();
  });
});
