import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { casesIn, keepingDeps } from '../../../src/app/retention-holds.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import {
  must,
  parseClassId,
  parseDeskId,
  parseEventId,
  parseMediaUri,
  parseMillis,
  parsePosition,
  parseRoomId,
  parseHoldId,
  taskIdFor,
} from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { createSearch } from '../../../src/journal/search/search.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { classesWriterPart } from '../../../src/retention/classes/projections.ts';
import { allHolds, custodiansOf, standingHolds } from '../../../src/retention/holds/hold-store.ts';
import { placeHold } from '../../../src/retention/holds/placing.ts';
import { coverageOf } from '../../../src/retention/holds/coverage.ts';
import { holdsWriterPart } from '../../../src/retention/holds/projections.ts';
import { isOpenRequest, requestsEndedBy } from '../../../src/retention/holds/request-store.ts';
import { LONGEST_DELAY_MS } from '../../../src/retention/open/open-work.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { policyMarks } from '../../../src/policy/verdicts/mark-store.ts';
import { erase, erasing, holdOn, leftOutAt, OLIVIA, OMAR, releaseAsked, released } from '../../support/holds.ts';
import { draftOf, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { options, resolver, ROOM, said, wrote } from '../../support/search.ts';
import { verdictOn } from '../../support/verdicts.ts';

const serverOf = postgresForTests();
const domain = 'acme.example';
const parts = [
  bridgeWriterPart({ domain }),
  policyRulesWriterPart(),
  verdictsWriterPart(),
  classesWriterPart(),
  holdsWriterPart(keepingDeps),
];
const START = must(parseMillis(Date.UTC(2026, 2, 1, 12)));
const position = (n: number) => must(parsePosition(n));
const alice = { actor: '@alice:acme.example', sender: '@alice:acme.example' };

const text = (body: string) => ({ msgtype: 'm.text', body });
const about = (rel: string, of: string, more = {}) => ({ 'm.relates_to': { rel_type: rel, event_id: of }, ...more });

function message(id: string, body: string, more: Parameters<typeof wrote>[1] = {}): Draft {
  return named(id, wrote(text(body), more));
}

/** Under an event id of the test's own. */
function named(id: string, draft: Draft, where = ROOM): Draft {
  if (draft.kind !== 'matrix.event') throw new Error('no event');
  const body = { ...draft.body, event_id: must(parseEventId(id)), room_id: where };
  return { ...draft, room: where, source: { ...draft.source, id }, body };
}

const stored = (of: number): Draft =>
  draftOf('file.stored', {
    ...{ of: position(of), part: 0, uri: must(parseMediaUri('mxc://acme.example/x')), type: 'image/png', size: 1 },
    ...{ sha256: 'a'.repeat(64), blob: createHash('sha256').update(String(of)).digest('hex'), key: 'k' },
  });
const outcome = (of: number): Draft =>
  draftOf('delivery.outcome', { of: position(of), target: 'matrix', state: 'sent', ids: [] });
const shown = (...positions: readonly number[]): Draft =>
  draftOf('desk.command', {
    ...{
      desk: must(parseDeskId('main')),
      room: ROOM,
      event: must(parseEventId('$asked')),
      command: 'search',
      code: 'ok',
    },
    positions: positions.map(position),
  });

describe.each(['sqlite', 'postgres'] as const)('holds on %s', (dialect) => {
  async function open(drafts: readonly Draft[], clock = new ManualClock(START)): Promise<TestJournal> {
    const opened = await openTestJournal({ parts, clock, postgres: serverOf(dialect) });
    await opened.journal.append(drafts);
    // Nothing here is done by anybody: what is open is what a test leaves open.
    for (let n = 1; n <= drafts.length; n += 1) {
      const ready = ['deliver', 'open', 'policy.expire', 'policy.card', 'policy.remind', 'policy.told', 'file', 'mark'];
      const settle = ready.map((kind) => ({ task: taskIdFor(position(n), kind), to: 'done' as const }));
      await opened.journal.append([], { settle });
    }
    return opened;
  }
  const held = (hold: string, ...positions: readonly number[]) =>
    positions.map((at) => ({ position: at, why: 'hold', hold }));

  test('keep whoever, wherever, whenever and whatever they are over, and let the rest go', async () => {
    const over = async (query: string): Promise<readonly number[]> => {
      await using opened = await open([
        message('$1', 'I guarantee it'),
        message('$2', 'hello', { ...alice, at: must(parseMillis(Date.UTC(2026, 0, 5))) }),
        message('$3', 'no guarantee', alice),
        named('$4', wrote({ membership: 'join' }, { type: 'm.room.member' })),
        named(
          '$5',
          wrote(text('elsewhere'), { sender: '@eve:acme.example' }),
          must(parseRoomId('!other:acme.example')),
        ),
        verdictOn(3, 'flag', ['promises']),
        await holdOn('acme', query),
      ]);
      return (await erase(opened.journal, 1, 2, 3, 4, 5)).map((one) => one.position);
    };
    expect(await over('user:@bob')).toEqual([1, 4]);
    expect(await over('in:deals')).toEqual([1, 2, 3, 4]);
    expect(await over('before:2026-01-06')).toEqual([2]);
    expect(await over('guarantee')).toEqual([1, 3]);
    expect(await over('guarantee -"no guarantee"')).toEqual([1]);
    expect(await over('user:@bob guarant*')).toEqual([1]);
    expect(await over('rule:promises')).toEqual([3]);
    expect(await over('is:flagged OR user:@bob')).toEqual([1, 3, 4]);
    expect(await over('kind:matrix.event -in:deals')).toEqual([5]);
    expect(await over('class:test-class hello')).toEqual([2]);
    expect(await over('has:link')).toEqual([]);
  });

  test('on any record of a family keep all of it, and nothing beyond', async () => {
    await using opened = await open([
      message('$m', 'the first text'),
      named(
        '$e',
        wrote({ ...text('* the secret word'), 'm.new_content': text('the secret word'), ...about('m.replace', '$m') }),
      ),
      named(
        '$r',
        wrote({ 'm.relates_to': { rel_type: 'm.annotation', event_id: '$m', key: '👍' } }, { type: 'm.reaction' }),
      ),
      stored(1),
      verdictOn(1, 'flag', ['x']),
      outcome(1),
      named('$t', wrote({ ...text('an answer in its thread'), ...about('m.thread', '$m') })),
      message('$o', 'another text'),
      stored(8),
      await holdOn('acme', 'secret'),
    ]);
    expect(await erase(opened.journal, 1, 2, 3, 4, 5, 6, 7, 8, 9)).toEqual(held('acme', 1, 2, 3, 4, 5, 6));
    expect(await erase(opened.journal, 1)).toEqual(held('acme', 1));
    expect(await erase(opened.journal, 4)).toEqual(held('acme', 4));
  });

  test('keep what comes before what it is about, and what only mentions what they keep', async () => {
    await using opened = await open([
      named('$e', wrote({ ...text('* late'), 'm.new_content': text('late'), ...about('m.replace', '$m') }, alice)),
      message('$m', 'the message'),
      shown(2, 4),
      message('$o', 'another', alice),
      shown(4),
      await holdOn('acme', 'user:@bob'),
    ]);
    expect(await erase(opened.journal, 1, 2, 3, 4, 5)).toEqual(held('acme', 1, 2, 3));
  });

  test('over a command keep the command, and not what it showed', async () => {
    await using opened = await open([
      message('$m', 'the message'),
      shown(1),
      await holdOn('acme', 'kind:desk.command'),
    ]);
    expect(await erase(opened.journal, 1, 2)).toEqual(held('acme', 2));
  });

  test('stand side by side on one record: it goes with the last of them', async () => {
    await using opened = await open([
      message('$m', 'both'),
      await holdOn('one', 'user:@bob'),
      await holdOn('two', 'both'),
    ]);
    const { journal } = opened;
    expect(await erase(journal, 1)).toEqual(held('one', 1));
    await journal.append([released('one', 2)]);
    expect(await erase(journal, 1)).toEqual(held('two', 1));
    await journal.append([released('two', 3)]);
    expect(await erase(journal, 1)).toEqual([]);
  });

  test('win from the very commit in which they are placed', async () => {
    await using opened = await open([message('$m', 'one'), message('$n', 'two')]);
    const { journal } = opened;
    const [, erased] = await journal.append([await holdOn('acme', 'one'), erasing(1, 2)]);
    expect(await leftOutAt(journal, erased?.position ?? 0)).toEqual(held('acme', 1));
    // What an erasure that stands before it took is gone.
    const [before] = await journal.append([erasing(1), await holdOn('late', 'user:@bob')]);
    expect(await leftOutAt(journal, before?.position ?? 0)).toEqual(held('acme', 1));
  });

  test('keep what comes after them, and what is marked after it came', async () => {
    await using opened = await open([
      await holdOn('acme', 'rule:promises'),
      message('$m', 'one'),
      message('$n', 'two'),
    ]);
    const { journal } = opened;
    await journal.append([verdictOn(3, 'flag', ['promises'])]);
    expect(await erase(journal, 2, 3)).toEqual(held('acme', 3));
  });

  test('stand until a second officer agrees to what is asked; a refusal ends what is asked', async () => {
    await using opened = await open([message('$m', 'one'), await holdOn('acme', 'user:@bob')]);
    const { journal, views } = opened;
    const stateNow = () =>
      views.read(async (reading) => (await allHolds(reading, views.sealer)).map(({ state }) => state));
    await journal.append([released('acme', 2, { approvedBy: OMAR })]);
    expect(await stateNow()).toEqual(['standing']);
    const [asked] = await journal.append([releaseAsked('acme', 2)]);
    const request = asked?.position ?? position(1);
    expect(await stateNow()).toEqual(['release-asked']);
    expect(await views.read((reading) => isOpenRequest(reading, request))).toBe(true);
    expect(await erase(journal, 1)).toEqual(held('acme', 1));
    // Said in one moment at two desks: the first that is on record counts.
    const [refused, agreed] = await journal.append([
      releaseAsked('acme', 2, { refused: true }),
      released('acme', 2, { approvedBy: OMAR }),
    ]);
    expect(await stateNow()).toEqual(['standing']);
    const endedBy = (by: number) => views.read((reading) => requestsEndedBy(reading, position(by)));
    expect(await endedBy(refused?.position ?? 1)).toEqual([request]);
    expect(await endedBy(agreed?.position ?? 1)).toEqual([]);
    await journal.append([releaseAsked('acme', 2), released('acme', 2, { approvedBy: OMAR }), releaseAsked('acme', 2)]);
    expect(await stateNow()).toEqual(['released']);
    expect(await erase(journal, 1)).toEqual([]);
  });

  test('are placed with names that mean for good whom they meant, and counted', async () => {
    await using opened = await open([message('$m', 'one'), message('$n', 'two', alice), stored(1)]);
    const { journal, views } = opened;
    const asked = { by: OLIVIA, room: ROOM, event: must(parseEventId('$command')) };
    const wish = { hold: must(parseHoldId('acme')), query: 'user:@bob', custodians: [OMAR], asked, at: START };
    const deps = { journal, resolver, marks: policyMarks };
    const placed = await placeHold(deps, { ...wish, context: options });
    // Called again after a crash, when people are called otherwise.
    const nobody = { resolve: () => Promise.resolve([]) };
    expect(await placeHold({ ...deps, resolver: nobody }, { ...wish, context: options })).toEqual(placed);
    const later = { ...asked, event: must(parseEventId('$later')) };
    expect(await placeHold({ ...deps, resolver: nobody }, { ...wish, asked: later, context: options })).toMatchObject({
      error: { why: 'unknown', names: ['user:@bob'] },
    });
    expect(await placeHold(deps, { ...wish, asked: later, context: options })).toMatchObject({
      error: { why: 'name-taken' },
    });
    expect(await erase(journal, 1, 2)).toEqual(held('acme', 1));
    const [hold] = await views.read((reading) => standingHolds(reading, views.sealer));
    if (hold === undefined) throw new Error('no hold');
    const counting = { size: 3, now: START, signal: new AbortController().signal };
    expect(await coverageOf({ journal, marks: policyMarks }, hold.meant, counting)).toEqual({
      ...{ records: 1, files: 0, complete: true, firstDue: undefined },
      classes: new Map([[must(parseClassId('test-class')), 1]]),
    });
  });

  test('of a case are what case: searches for, whether they stand or not', async () => {
    await using opened = await open([
      message('$m', 'one apple'),
      message('$n', 'two', alice),
      message('$o', 'three apples', alice),
      await holdOn('acme', 'user:@bob'),
      await holdOn('more', 'apples'),
      released('more', 5),
    ]);
    const { journal } = opened;
    const search = createSearch({
      journal,
      index: journal.search,
      resolver,
      marks: policyMarks,
      cases: casesIn(journal),
    });
    const found = async (query: string) => {
      const page = await search(query, options);
      if (!page.ok) throw new Error(page.error.what);
      return { hits: page.value.hits.map((hit) => Number(hit.position)), unknown: page.value.unknown };
    };
    expect(await found('case:"acme V. doe"')).toEqual({ hits: [3, 1], unknown: [] });
    expect(await found('case:"Acme v. Doe" apple*')).toEqual({ hits: [3, 1], unknown: [] });
    expect(await found('-case:"Acme v. Doe"')).toEqual({ hits: [2], unknown: [] });
    expect(await found('case:other')).toEqual({ hits: [], unknown: ['case:other'] });
  });

  test('do not let go what is still being worked on, for 30 days', async () => {
    const clock = new ManualClock(START);
    await using opened = await open([said('waits to be shown'), message('$m', 'judged'), message('$n', 'done')], clock);
    const { journal } = opened;
    await journal.append([verdictOn(2, 'quarantine', ['x'])]);
    await journal.append([], { settle: [{ task: taskIdFor(position(1), 'open'), to: 'again' }] });
    const why = async () => (await erase(journal, 1, 2, 3)).map((one) => [one.position, one.why]);
    const first = await why();
    expect(first.map(([at]) => at)).toContain(2);
    expect(first.map(([at]) => at)).not.toContain(3);
    clock.advance(LONGEST_DELAY_MS - 1);
    expect(await why()).toEqual(first);
    clock.advance(1);
    expect(await why()).toEqual([]);
  });

  test('are rebuilt from the record as they are, with what they say of persons sealed', async () => {
    const opened = await open([
      message('$m', 'one'),
      stored(1),
      await holdOn('acme', 'user:@bob OR (one NEAR/3 two) is:flagged', [OMAR, OLIVIA]),
      await holdOn(
        'other',
        'in:deals after:2026-01-01 has:link is:edited class:x kind:matrix "a phra*" 天 -before:2025',
      ),
      releaseAsked('acme', 3),
      draftOf('hold.acknowledged', { hold: must(parseHoldId('acme')), by: OMAR }),
      message('$o', 'two', alice),
      said('three'),
    ]);
    const { journal, views } = opened;
    await erase(journal, 1, 2, 7, 8);
    const custodians = await views.read((reading) => custodiansOf(reading, position(3)));
    expect(custodians.map(({ user, acknowledgedAt }) => [user, acknowledgedAt])).toEqual([
      [OLIVIA, undefined],
      [OMAR, START],
    ]);
    const before = await views.read((reading) => standingHolds(reading, views.sealer));
    await opened.close();
    const joined = { parts, tasks: taskSink };
    const hooks = { clock: systemClock, committed: () => undefined };
    {
      await using writer = await openWriter(opened.place, joined, hooks);
      const { database, keys, search } = writer;
      const again = { ...joined, database, keys, search };
      expect((await rebuild({ ...again, check: true })).difference).toBeUndefined();
      await rebuild({ ...again, check: false });
      expect(await database.read((reading) => standingHolds(reading, keys.sealer))).toEqual(before);
    }
    await opened[Symbol.asyncDispose]();
  });
});

test('what holds say of persons is sealed in the files', async () => {
  await using opened = await openTestJournal({ parts });
  await opened.journal.append([await holdOn('acme', 'user:@bob (one NEAR/3 two)')]);
  await opened.close();
  const { database } = opened.place;
  const bytes = (await readFile(database.dialect === 'sqlite' ? database.file : '')).toString('latin1');
  expect(bytes).toContain('retention_hold');
  for (const secret of ['Acme v. Doe', 'user:@bob', '"is":"']) expect(bytes).not.toContain(secret);
});
