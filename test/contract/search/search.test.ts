import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { createSearchIndex } from '../../../src/journal/search/index-store.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { found, options, positions, said, searchIn, wrote } from '../../support/search.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
const serverOf = postgresForTests();

async function open(dialect: 'sqlite' | 'postgres', drafts: readonly Draft[]): Promise<TestJournal> {
  const opened = await openTestJournal({ parts: [verdictsWriterPart()], postgres: serverOf(dialect) });
  await opened.journal.append(drafts);
  return opened;
}

describe.each(['sqlite', 'postgres'] as const)('searching on %s', (dialect) => {
  test('finds words, phrases, beginnings, neighbours and what is left out, newest first', async () => {
    await using opened = await open(dialect, [
      said('I can guarantee you a return of eight percent'),
      said('no guarantee of any returns'),
      said('The return counter can give no guarantee'),
      said('Ich grüße Müller'),
      said('今天天气很好'),
    ]);
    const search = searchIn(opened.journal);
    expect(await positions(search, 'guarantee')).toEqual([3, 2, 1]);
    expect(await positions(search, 'GUARANT* return*')).toEqual([3, 2, 1]);
    expect(await positions(search, 'guarantee -"no guarantee"')).toEqual([1]);
    expect(await positions(search, '"return of eight"')).toEqual([1]);
    expect(await positions(search, '"of return eight"')).toEqual([]);
    expect(await positions(search, 'guarantee* NEAR/4 return*')).toEqual([2, 1]);
    expect(await positions(search, 'eight OR counter')).toEqual([3, 1]);
    expect(await positions(search, '(eight OR counter) percent')).toEqual([1]);
    expect(await positions(search, 'grusse muller')).toEqual([4]);
    expect(await positions(search, '天气')).toEqual([5]);
    expect(await positions(search, '好')).toEqual([5]);
    expect(await positions(search, '天好')).toEqual([]);
    expect(await positions(search, 'g*')).toEqual([4, 3, 2, 1]);
    expect(await positions(search, '-guarantee')).toEqual([5, 4]);
    expect(await positions(search, '-(-(eight NEAR/2 percent) kind:network)')).toEqual(
      await positions(search, '(eight NEAR/2 percent) OR -kind:network'),
    );
  });

  test('finds by who, where, what and when', async () => {
    await using opened = await open(dialect, [
      said('hello', Date.UTC(2025, 11, 31, 23)),
      said('hello', Date.UTC(2026, 0, 1)),
      wrote({ msgtype: 'm.text', body: 'hello see https://acme.example' }),
      wrote({ msgtype: 'm.image', body: 'hello.jpg', url: 'mxc://acme.example/x' }),
      wrote({
        msgtype: 'm.text',
        body: '* hello again',
        'm.new_content': { msgtype: 'm.text', body: 'hello again' },
        'm.relates_to': { rel_type: 'm.replace', event_id: '$e' },
      }),
      wrote({ reason: 'hello' }, { type: 'm.room.redaction' }),
      wrote({ name: 'hello' }, { type: 'm.room.name' }),
      wrote({ body: 'hello, says the bot', msgtype: 'm.text' }, { sender: '@gatehouse:acme.example' }),
    ]);
    const search = searchIn(opened.journal);
    expect(await positions(search, 'hello')).toEqual([5, 4, 3, 2, 1]);
    expect(await positions(search, 'hello kind:matrix.event')).toEqual([8, 7, 5, 4, 3]);
    expect(await positions(search, 'hello kind:network')).toEqual([2, 1]);
    expect(await positions(search, 'hello -kind:network')).toEqual([8, 7, 5, 4, 3]);
    expect(await positions(search, 'hello from:@bob')).toEqual([5, 4, 3]);
    expect(await positions(search, 'hello -from:@bob')).toEqual([2, 1]);
    expect(await positions(search, 'from:(202) 555-0142')).toEqual([2, 1]);
    expect(await positions(search, 'in:deals hello')).toEqual([5, 4, 3]);
    expect(await positions(search, 'has:link')).toEqual([3]);
    expect(await positions(search, 'has:attachment')).toEqual([4]);
    expect(await positions(search, 'is:edited')).toEqual([5]);
    expect(await positions(search, 'is:deleted')).toEqual([6]);
    expect(await positions(search, 'hello before:2026-01-01')).toEqual([1]);
    expect(await positions(search, 'hello on:2026-01-01')).toEqual([2]);
    expect(await positions(search, 'hello after:2026-01-01')).toEqual([5, 4, 3, 2]);
    expect(await positions(search, 'hello on:2025-12')).toEqual([1]);
    expect(await positions(search, 'class:test-class again')).toEqual([5]);
    expect(await positions(search, 'class:other again')).toEqual([]);
  });

  test('says which name nobody here has', async () => {
    await using opened = await open(dialect, [said('hello')]);
    const search = searchIn(opened.journal);
    expect(await found(search, 'hello from:@nobody')).toMatchObject({ hits: [], total: 0, unknown: ['from:@nobody'] });
    expect(await found(search, 'hello -from:@nobody')).toMatchObject({ total: 1, unknown: ['from:@nobody'] });
    expect(await search('hello frm:@bob', options)).toMatchObject({ ok: false, error: { at: 6 } });
  });

  test('pages stay where they were while records are added', async () => {
    await using opened = await open(
      dialect,
      Array.from({ length: 25 }, (_, i) => said(i % 2 === 0 ? `offer ${i}` : 'other')),
    );
    const search = searchIn(opened.journal);
    const first = await found(search, 'offer', { limit: 5 });
    expect(first.hits.map((hit) => hit.position)).toEqual([25, 23, 21, 19, 17]);
    expect(first).toMatchObject({ total: 13, complete: true });
    await opened.journal.append([said('offer, newer')]);
    const second = await found(search, 'offer', { limit: 5, ...(first.cursor && { cursor: first.cursor }) });
    expect(second.hits.map((hit) => hit.position)).toEqual([15, 13, 11, 9, 7]);
    expect(second.total).toBe(13);
    const third = await found(search, 'offer', { limit: 5, ...(second.cursor && { cursor: second.cursor }) });
    expect(third.hits.map((hit) => hit.position)).toEqual([5, 3, 1]);
    expect(third).toMatchObject({ total: 13, complete: true });
    expect(third.cursor).toBeUndefined();
    expect(await positions(search, 'offer', { limit: 1 })).toEqual([26]);
  });

  test('a walk that is cut says at least how many, and goes on from there', async () => {
    await using opened = await open(
      dialect,
      Array.from({ length: 120 }, () => said('offer')),
    );
    const search = searchIn(opened.journal);
    const first = await found(search, 'offer', { limit: 50, countWithin: 0 });
    expect(first).toMatchObject({ complete: false, total: 50 });
    const second = await found(search, 'offer', { limit: 500, ...(first.cursor && { cursor: first.cursor }) });
    expect(second).toMatchObject({ complete: true, total: 120 });
    expect(second.hits).toHaveLength(70);
  });

  test('a record that was taken out is found no more, and its neighbours still are', async () => {
    await using opened = await open(dialect, [said('first secret'), said('second secret'), said('third')]);
    const { journal, place } = opened;
    await using database = await openDatabase(place.database, 'write');
    const index = createSearchIndex(database.dialect, journal.keys.token);
    const entry = await journal.read(must(parsePosition(2)));
    if (entry === undefined || 'erased' in entry) throw new Error('not there');
    await expect(database.read((reading) => index.holds(entry, reading))).resolves.toBe(true);
    await database.write((writing) => index.remove(entry, writing));
    await expect(database.read((reading) => index.holds(entry, reading))).resolves.toBe(false);
    expect(await positions(searchIn(journal), 'secret')).toEqual([1]);
    expect(await positions(searchIn(journal), 'third')).toEqual([3]);
    await database.write((writing) => index.clear(writing));
    expect(await positions(searchIn(journal), 'third')).toEqual([]);
    await database.write((writing) => index.add(entry, writing));
    expect(await positions(searchIn(journal), 'second')).toEqual([2]);
  });
});
