import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Draft } from '../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseConnectorId,
  parseHoldId,
  parseNetworkId,
  parseRemoteId,
  type ConnectorId,
  type RemoteId,
} from '../../../src/core/ids.ts';
import { erasedBy, erasedSpans } from '../../../src/journal/erased-store.ts';
import { listKv } from '../../../src/journal/kv-store.ts';
import type { Erasing, Projection, WriterPart } from '../../../src/journal/projection.ts';
import { token } from '../../../src/journal/search/narrow.ts';
import { statement } from '../../../src/storage/statement.ts';
import { types } from '../../../src/storage/types.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';
import { draftOf, noteDraft, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const dialects = ['sqlite', 'postgres'] as const;
const serverOf = postgresForTests();
const textRow = z.object({ position: z.number(), body: z.string() });
const keep = statement<{ position: number; body: string }>((db, p) =>
  db.insertInto('kept_text').values({ position: p('position'), body: p('body') }),
);
const drop = statement<{ position: number }>((db, p) =>
  db.deleteFrom('kept_text').where('position', '=', p('position')),
);
const kept = statement<Record<string, never>, z.infer<typeof textRow>>(
  (db) => db.selectFrom('kept_text').selectAll().orderBy('position'),
  (row) => textRow.parse(row),
);

/** Keeps what people wrote, and forgets it; throws on `poison`. */
function texts(): Projection {
  return {
    name: 'texts',
    tables: ['kept_text'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists kept_text (position ${t.int} primary key, body ${t.text} not null)${t.strict}`,
      ];
    },
    apply: async (entry, writing) => {
      if (entry.kind !== 'matrix.event') return;
      await writing.run(keep, { position: entry.position, body: z.string().parse(entry.body.content['body']) });
    },
    forget: async (entry, writing) => {
      await writing.run(drop, { position: entry.position });
      if (entry.kind === 'matrix.event' && entry.body.content['body'] === 'poison') throw new RangeError('poison');
    },
  };
}

const part = (erasing?: Erasing): WriterPart => ({
  projections: [texts()],
  planners: [],
  ...(erasing === undefined ? {} : { erasing }),
});

async function found(opened: TestJournal, word: string): Promise<readonly number[]> {
  const { journal, views } = opened;
  const narrow = token(journal.search.tokens.word(word));
  return views.read((reading) => journal.search.candidates(narrow, { below: 1_000_000, limit: 100 }, reading));
}

const textsOn = ({ views }: TestJournal) => views.read((reading) => reading.all(kept, {}));

describe.each(dialects)('erasing on %s', (dialect) => {
  const open = (...parts: readonly WriterPart[]): Promise<TestJournal> =>
    openTestJournal({ parts, postgres: serverOf(dialect) });

  test("takes the connectors' notes of a message with it, and no other note", async () => {
    await using opened = await open();
    const { journal, views } = opened;
    const [connector, other] = [must(parseConnectorId('carrier')), must(parseConnectorId('other'))];
    const [first, second] = [must(parseRemoteId('m-1')), must(parseRemoteId('m-2'))];
    const value = Buffer.from('what Ann wrote');
    const said = (remoteId: RemoteId): Draft =>
      draftOf('network.message', {
        ...{ connector, network: must(parseNetworkId('sms')), text: 'half', remoteId },
        ...{ from: must(parseAddress('+12025550199')), to: must(parseAddress('+12025550100')) },
      });
    const note = (key: string, of?: RemoteId) => ({ connector, key, value, ...(of === undefined ? {} : { of }) });
    await journal.append([said(first)], { kv: [note('a', first), note('b', first), note('c')] });
    await journal.append([said(second)], { kv: [note('d', second), { ...note('a', first), connector: other }] });
    // Written anew for another message, or for none, it is that one's; forgotten and written anew, nobody's.
    await journal.append([], { kv: [note('e', first), note('f', first), { ...note('g', first), value: null }] });
    await journal.append([], { kv: [note('e', second), note('f'), note('g')] });
    await journal.append([erasedDraft([[1, 1]])]);
    const left = (of: ConnectorId) =>
      views.read(async (reading) => {
        const notes = await listKv({ connector: of, prefix: '' }, reading, views.sealer);
        return notes.map(({ key }) => key).join('');
      });
    expect(await left(connector)).toBe('cdefg');
    await journal.append([erasedDraft([[2, 2]])]);
    expect(await left(connector)).toBe('cfg');
    expect(await left(other)).toBe('a');
  });

  test('takes what the entry names out of index and projections in its commit, and the keys when they are asked for', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append(['apple', 'berry', 'cherry'].map((word) => messageDraft(word)));
    const [appended] = await journal.append([erasedDraft([[1, 2]])]);
    expect(await found(opened, 'apple')).toEqual([]);
    expect(await found(opened, 'cherry')).toEqual([3]);
    expect(await textsOn(opened)).toEqual([{ position: 3, body: 'cherry' }]);
    expect(await opened.views.read(erasedSpans)).toEqual([{ span: [1, 2], by: appended?.position }]);
    expect(await journal.read(positionAt(1))).toMatchObject({ body: { content: { body: 'apple' } } });
    await journal.eraseKeys([positionAt(1), positionAt(2)]);
    expect(await journal.readMany([positionAt(1), positionAt(2), positionAt(3)])).toMatchObject([
      { erased: true, position: 1 },
      { erased: true, position: 2 },
      { body: { content: { body: 'cherry' } } },
    ]);
  });

  test('whoever comes at the same moment is recorded first, and does not wait for it', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append([messageDraft('one')]);
    const [[erased], [message]] = await Promise.all([
      journal.append([erasedDraft([[1, 1]])]),
      journal.append([messageDraft('two')]),
    ]);
    expect([message?.position, erased?.position]).toEqual([2, 3]);
  });

  test('comes to its turn while others never stop', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append([messageDraft('one')]);
    let over = false;
    const others = [1, 2].map(async () => {
      // There is an end to it where the erasing never comes to its turn.
      for (let n = 0; n < 200 && !over; n += 1) await journal.append([messageDraft('another')]);
    });
    const [erased] = await journal.append([erasedDraft([[1, 1]])]);
    over = true;
    await Promise.all(others);
    expect(erased?.position).toBeLessThan(100);
  });

  test('settles its body: neither what is erased already, nor itself, nor what is not there yet', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append(['one', 'two', 'three'].map((word) => messageDraft(word)));
    await journal.append([erasedDraft([[2, 2]])]);
    await journal.append([
      erasedDraft([
        [1, 90],
        [3, 3],
      ]),
    ]);
    expect(await journal.read(positionAt(5))).toMatchObject({
      body: {
        spans: [
          [1, 1],
          [3, 3],
        ],
        entries: 2,
        leftOut: [{ position: 4, why: 'needed' }],
      },
    });
  });

  test('never erases what came in the same commit', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append([messageDraft('before'), erasedDraft([[1, 2]])]);
    expect(await journal.read(positionAt(2))).toMatchObject({ body: { spans: [], entries: 0 } });
    expect(await found(opened, 'before')).toEqual([1]);
  });

  test('leaves out what a hook keeps at that moment, whatever was known before, and says why', async () => {
    const hold = must(parseHoldId('acme'));
    const erasing: Erasing = (entries) =>
      Promise.resolve(
        entries
          .filter((entry) => entry.kind === 'matrix.event' && entry.body.content['body'] === 'held')
          .map(({ position }) => ({ position, why: 'hold' as const, hold })),
      );
    await using opened = await open(part(erasing));
    const { journal } = opened;
    await journal.append([messageDraft('free'), messageDraft('held')]);
    await journal.append([erasedDraft([[1, 2]])]);
    expect(await journal.read(positionAt(3))).toMatchObject({
      body: { spans: [[1, 1]], entries: 1, leftOut: [{ position: 2, why: 'hold', hold }] },
    });
    await journal.eraseKeys([positionAt(1), positionAt(2)]);
    expect(await journal.read(positionAt(2))).toMatchObject({ body: { content: { body: 'held' } } });
    expect(await found(opened, 'held')).toEqual([2]);
  });

  test('erases nothing when a hook fails', async () => {
    await using opened = await open(part(() => Promise.reject(new RangeError('no answer'))));
    const { journal } = opened;
    await journal.append([messageDraft('stays')]);
    await expect(journal.append([erasedDraft([[1, 1]])])).rejects.toThrow();
    expect(await found(opened, 'stays')).toEqual([1]);
    expect(await textsOn(opened)).toHaveLength(1);
    await journal.append([messageDraft('more')]);
  });

  test('takes away no key of a record that no entry says is erased', async () => {
    await using opened = await open(part());
    await opened.journal.append([messageDraft('mine')]);
    await opened.journal.eraseKeys([positionAt(1), positionAt(7)]);
    expect(await opened.journal.read(positionAt(1))).toMatchObject({ body: { content: { body: 'mine' } } });
  });

  test('knows the same batch by its id, however much of it was left out', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append([messageDraft('one'), messageDraft('two')]);
    await journal.append([erasedDraft([[1, 9]], 'run/1/0')]);
    expect(await journal.append([erasedDraft([[1, 9]], 'run/1/0')])).toEqual([{ position: 3, duplicate: true }]);
    expect(await journal.size()).toBe(3);
  });

  test('refuses more records than others would wait for', async () => {
    await using opened = await open(part());
    await expect(opened.journal.append([erasedDraft([[1, 201]])])).rejects.toThrow('at most 200');
    await opened.journal.append([erasedDraft([[1, 200]])]);
  });

  test('goes on when a projection can not forget: it is stale, and the rest is gone', async () => {
    await using opened = await open(part());
    const { journal } = opened;
    await journal.append([messageDraft('poison'), noteDraft('other')]);
    await journal.append([erasedDraft([[1, 1]])]);
    expect(await journal.stale()).toEqual(['texts']);
    expect(await found(opened, 'poison')).toEqual([]);
    expect(await opened.views.read((reading) => erasedBy(positionAt(1), reading))).toBe(3);
    expect(await opened.views.read((reading) => erasedBy(positionAt(2), reading))).toBeUndefined();
  });

  test('scrubs both databases', async () => {
    await using opened = await open(part());
    await opened.journal.append([messageDraft('one')]);
    expect(await opened.journal.scrub()).toBe(true);
  });
});
