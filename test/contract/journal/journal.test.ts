import { describe, expect, test } from '@jest/globals';
import { must, parseConnectorId, parsePosition, parsePortalId, taskIdFor } from '../../../src/core/ids.ts';
import { listKv, readKv } from '../../../src/journal/kv-store.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { noteDraft, openTestJournal, type TestJournal, type TestJournalOptions } from '../../support/journal.ts';
import { countingPart, messageDraft, roomCounts } from '../../support/journal-fixture.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const dialects = ['sqlite', 'postgres'] as const;
const serverOf = postgresForTests();

const at = (n: number) => must(parsePosition(n));

describe.each(dialects)('the journal on %s', (dialect) => {
  const open = (options: TestJournalOptions = {}): Promise<TestJournal> =>
    openTestJournal({ ...options, postgres: serverOf(dialect) });
  const planned = (opened: TestJournal, from: number, to: number) =>
    opened.views.read((reading) => taskSink.planned({ from: at(from), to: at(to) }, reading));

  test('gives positions 1, 2, 3, ... without gaps, whoever asks and whoever fails', async () => {
    await using opened = await open();
    const { journal } = opened;
    const results = await Promise.allSettled([
      journal.append([noteDraft('one'), noteDraft('two')]),
      journal.append([noteDraft('three'), noteDraft('\ud800')]),
      journal.append([noteDraft('four')]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await journal.size()).toBe(3);
    const entries = await journal.readMany([at(1), at(2), at(3)]);
    expect(entries.map((entry) => ('body' in entry ? entry.body : entry))).toEqual([
      { why: 'one' },
      { why: 'two' },
      { why: 'four' },
    ]);
  });

  test('gives back what was put in, wire bytes included', async () => {
    await using opened = await open();
    const draft = messageDraft('héllo 你好 \u0000');
    await opened.journal.append([{ ...draft, portal: must(parsePortalId('p7')), direction: 'internal' }]);
    const entry = await opened.journal.read(at(1));
    expect(entry).toMatchObject({ ...draft, portal: 'p7', direction: 'internal', position: 1, v: 1 });
    expect(await opened.journal.read(at(2))).toBeUndefined();
  });

  test('knows the same content again, plans nothing twice, and still does what comes along', async () => {
    await using opened = await open({ parts: [countingPart()] });
    const { journal, views } = opened;
    const carrier = must(parseConnectorId('carrier'));
    const draft = messageDraft('once');
    await journal.append([draft]);
    const value = new Uint8Array([1, 2, 3]);
    const again = await journal.append([{ ...draft, raw: Buffer.from('{"age":99}') }], {
      kv: [{ connector: carrier, key: 'offset', value }],
    });
    expect(again).toEqual([{ position: 1, duplicate: true }]);
    expect(await journal.size()).toBe(1);
    expect(await planned(opened, 1, 1)).toHaveLength(1);
    const kept = await views.read((reading) => readKv({ connector: carrier, key: 'offset' }, reading, views.sealer));
    expect(kept).toEqual(value);
  });

  test('keeps other content under a known id, and says what it stands against', async () => {
    await using opened = await open();
    const first = messageDraft('yes', { id: '$same' });
    const other = { ...first, body: { ...first.body, content: { msgtype: 'm.text', body: 'no' } } };
    await opened.journal.append([first]);
    expect(await opened.journal.append([other])).toEqual([{ position: 2, duplicate: false, conflictWith: 1 }]);
    expect(await opened.journal.append([other])).toEqual([{ position: 2, duplicate: true }]);
    expect(await opened.journal.read(at(2))).toMatchObject({ source: { conflictWith: 1 } });
  });

  test('takes the pruned copy of a redacted event for the event itself', async () => {
    await using opened = await open();
    const said = messageDraft('secret', { id: '$said' });
    const member = messageDraft('', {
      id: '$member',
      type: 'm.room.member',
      content: { membership: 'join', displayname: 'Ann', third_party_invite: { signed: { token: 'x' }, y: 1 } },
    });
    await opened.journal.append([said, member]);
    const pruned = [
      { ...said, body: { ...said.body, content: {} } },
      { ...member, body: { ...member.body, content: { membership: 'join' } } },
      {
        ...member,
        body: {
          ...member.body,
          content: { membership: 'join', third_party_invite: { signed: { token: 'x' } } },
        },
      },
    ];
    expect(await opened.journal.append(pruned)).toEqual([
      { position: 1, duplicate: true },
      { position: 2, duplicate: true },
      { position: 2, duplicate: true },
    ]);
    const changed = { ...member, body: { ...member.body, content: { membership: 'leave' } } };
    expect(await opened.journal.append([changed])).toMatchObject([{ position: 3, conflictWith: 2 }]);
  });

  test('takes what is known by its id for the first entry under it, whatever it says, where that is asked for', async () => {
    await using opened = await open();
    const heard = messageDraft('Hello, and a card');
    const listed = { ...messageDraft('Hello'), source: heard.source };
    expect(await opened.journal.append([heard])).toEqual([{ position: 1, duplicate: false }]);
    expect(await opened.journal.append([listed], { knownById: true })).toEqual([{ position: 1, duplicate: true }]);
    expect(await opened.journal.append([messageDraft('Another')], { knownById: true })).toEqual([
      { position: 2, duplicate: false },
    ]);
    expect(await opened.journal.append([listed])).toEqual([{ position: 3, duplicate: false, conflictWith: 1 }]);
  });

  test('drops nothing where the id is only a likeness', async () => {
    await using opened = await open();
    const ok = { ...messageDraft('ok'), source: { system: 'network:carrier', id: 'like-ok', sure: false } };
    const repeat = { ...ok, source: { ...ok.source, mayRepeat: true } };
    expect(await opened.journal.append([repeat])).toEqual([{ position: 1, duplicate: false }]);
    expect(await opened.journal.append([ok])).toEqual([{ position: 2, duplicate: false }]);
    expect(await opened.journal.append([repeat])).toEqual([{ position: 3, duplicate: false, possibleDuplicateOf: 2 }]);
    expect(await opened.journal.reader.bySource(ok.source)).toEqual([1, 2, 3]);
  });

  test('keeps an entry whose projection throws, and holds back the tasks that would read it', async () => {
    await using opened = await open({ parts: [countingPart({ projection: 'poison' })] });
    const { journal, views } = opened;
    const lanes: string[] = [];
    journal.onCommitted((committed) => lanes.push(...committed.lanes));
    await journal.append([messageDraft('a'), messageDraft('poison'), messageDraft('b')]);
    expect(await journal.stale()).toEqual(['room-count']);
    expect(await journal.size()).toBe(3);
    expect(await views.read((reading) => reading.all(roomCounts, {}))).toEqual([
      { room: '!room:acme.example', said: 1 },
    ]);
    expect(await planned(opened, 1, 3)).toHaveLength(3);
    expect(lanes).toHaveLength(1);
  });

  test('shows a dead task where planning threw', async () => {
    await using opened = await open({ parts: [countingPart({ planner: 'poison' })] });
    await opened.journal.append([messageDraft('poison'), messageDraft('b')]);
    expect((await planned(opened, 1, 2)).map((task) => task.id)).toEqual(['1/unplanned', '2/screen']);
    expect(await opened.journal.stale()).toEqual([]);
  });

  test('keeps an entry whose placing throws, and moves nothing for it', async () => {
    const placing = () => Promise.reject(new Error('no place'));
    await using opened = await open({ parts: [{ ...countingPart(), placing }] });
    expect(await opened.journal.append([messageDraft('a')])).toEqual([{ position: 1, duplicate: false }]);
    expect((await planned(opened, 1, 1)).map((task) => task.kind)).toEqual(['unplanned']);
  });

  test('lets placing fill in and overrule what the draft says', async () => {
    const portal = must(parsePortalId('p12'));
    const placing = () => Promise.resolve({ portal, direction: 'outbound', echoOf: at(1) } as const);
    await using opened = await open({ parts: [{ placing, projections: [], planners: [] }] });
    await opened.journal.append([{ ...messageDraft('a'), direction: 'internal', actor: '@alice:acme.example' }]);
    expect(await opened.journal.read(at(1))).toMatchObject({
      portal,
      direction: 'outbound',
      actor: '@alice:acme.example',
      source: { echoOf: 1 },
    });
  });

  test('settles a task in the commit of the entries that say why', async () => {
    await using opened = await open({ parts: [countingPart()] });
    const { journal } = opened;
    const lanes: string[] = [];
    await journal.append([messageDraft('a')]);
    journal.onCommitted((committed) => lanes.push(...committed.lanes));
    await journal.append([], { settle: [{ task: taskIdFor(at(1), 'screen'), to: 'dead', reason: 'internal' }] });
    await journal.append([], { settle: [{ task: taskIdFor(at(1), 'screen'), to: 'again' }] });
    expect(lanes).toContain('screen:!room:acme.example 1');
    expect(await journal.size()).toBe(1);
  });

  test('keeps notes of connectors apart, sealed, and lists them by prefix', async () => {
    await using opened = await open();
    const { journal, views } = opened;
    const [a, b] = [must(parseConnectorId('a')), must(parseConnectorId('b'))];
    const value = new Uint8Array([0, 255]);
    await journal.append([], {
      kv: ['part:2', 'part:1', 'other'].map((key) => ({ connector: a, key, value })),
    });
    await journal.append([], { kv: [{ connector: b, key: 'part:1', value }] });
    await journal.append([], { kv: [{ connector: a, key: 'part:1', value: null }] });
    const list = await views.read((reading) => listKv({ connector: a, prefix: 'part:' }, reading, views.sealer));
    expect(list).toEqual([{ key: 'part:2', value }]);
  });

  test('goes on after a restart where it stopped', async () => {
    await using opened = await open({ parts: [countingPart()] });
    const draft = messageDraft('before');
    await opened.journal.append([draft]);
    await opened.close();
    await using again = await openTestJournal({ parts: [countingPart()], place: opened.place });
    expect(await again.journal.append([draft, messageDraft('after')])).toEqual([
      { position: 1, duplicate: true },
      { position: 2, duplicate: false },
    ]);
    expect((await again.journal.readMany([at(1), at(2)])).every((entry) => 'body' in entry)).toBe(true);
  });

  test('tells an erased entry from a missing one', async () => {
    await using opened = await open();
    await opened.journal.append([noteDraft('gone'), noteDraft('stays')]);
    await opened.close();
    {
      await using writer = await openWriter(
        opened.place,
        { parts: [], tasks: taskSink },
        { clock: systemClock, committed: () => undefined },
      );
      await writer.keys.eraseEntryKeys([at(1)]);
    }
    await using again = await openTestJournal({ place: opened.place });
    expect(await again.journal.read(at(1))).toMatchObject({ position: 1, kind: 'system.stopped', erased: true });
    expect(await again.journal.read(at(2))).toMatchObject({ body: { why: 'stays' } });
    expect((await again.journal.reader.entriesFrom(at(1))).map((entry: object) => 'erased' in entry)).toEqual([
      true,
      false,
    ]);
  });

  test('rebuilds what a throwing projection left behind, and lets its tasks go', async () => {
    await using opened = await open({ parts: [countingPart({ projection: 'poison' })] });
    await opened.journal.append([messageDraft('a'), messageDraft('poison'), messageDraft('b')]);
    await opened.close();
    const parts = { parts: [countingPart()], tasks: taskSink };
    {
      await using writer = await openWriter(opened.place, parts, { clock: systemClock, committed: () => undefined });
      const { database, keys, search } = writer;
      const before = await rebuild({ ...parts, database, keys, search, check: true });
      expect(before.difference).toEqual({ table: 'task', row: '2/screen', what: 'differs' });
      expect(await rebuild({ ...parts, database, keys, search, check: false })).toMatchObject({
        entries: 3,
        erased: 0,
      });
      const after = await rebuild({ ...parts, database, keys, search, check: true });
      expect(after).toEqual({ entries: 3, erased: 0, tasksAdded: 0 });
    }
    await using again = await openTestJournal({ ...parts, place: opened.place });
    expect(await again.journal.stale()).toEqual([]);
    expect(await again.views.read((reading) => reading.all(roomCounts, {}))).toEqual([
      { room: '!room:acme.example', said: 3 },
    ]);
  });

  test('refuses what is written by nobody: a closed journal', async () => {
    const opened = await open();
    await opened.close();
    await expect(opened.journal.append([noteDraft('late')])).rejects.toThrow('closed');
    await opened[Symbol.asyncDispose]();
  });
});
