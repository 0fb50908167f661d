import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseEventId, parseMillis, parsePosition } from '../../../src/core/ids.ts';
import { policyFigures } from '../../../src/app/policy-figures.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { countMarked, marksOf } from '../../../src/policy/verdicts/mark-store.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { found, positions, said, searchIn, wrote } from '../../support/search.ts';
import { hitOf, refusedText, verdictOn } from '../../support/verdicts.ts';

const serverOf = postgresForTests();
const parts = [policyRulesWriterPart(), verdictsWriterPart()];
const START = must(parseMillis(Date.UTC(2026, 2, 1, 12)));
const at = (n: number) => must(parsePosition(n));

describe.each(['sqlite', 'postgres'] as const)('marks of records on %s', (dialect) => {
  async function open(drafts: readonly Draft[], clock = new ManualClock(START)): Promise<TestJournal> {
    const opened = await openTestJournal({ parts, clock, postgres: serverOf(dialect) });
    await opened.journal.append(drafts);
    return opened;
  }

  const morning = (): readonly Draft[] => [
    said('please send my card number'),
    wrote({ msgtype: 'm.text', body: 'use 4111 1111 1111 1111' }),
    wrote({ msgtype: 'm.text', body: 'and this is the iban' }),
    wrote({ msgtype: 'm.image', body: 'photo.jpg', url: 'mxc://acme.example/x' }),
    refusedText('take this card to the other chat'),
    verdictOn(2, 'quarantine', ['card-number']),
    verdictOn(3, 'observe', [], { hits: [hitOf('iban', { dryRun: true, consequence: 'quarantine' })] }),
    verdictOn(4, 'none', [], { unread: [{ why: 'image', part: 0 }] }),
    verdictOn(1, 'flag', ['card-number', 'off-channel']),
  ];

  test('find what a rule found, what was flagged, stopped or not read, and not the verdicts themselves', async () => {
    await using opened = await open(morning());
    const search = searchIn(opened.journal);
    expect(await positions(search, 'rule:card-number')).toEqual([5, 2, 1]);
    expect(await positions(search, 'RULE:Off-Channel')).toEqual([1]);
    expect(await positions(search, 'rule:iban')).toEqual([3]);
    expect(await positions(search, 'is:flagged')).toEqual([5, 2, 1]);
    expect(await positions(search, 'is:quarantined')).toEqual([2]);
    expect(await positions(search, 'is:unscanned')).toEqual([4]);
  });

  test('stand beside words and fields, in any combination', async () => {
    await using opened = await open(morning());
    const search = searchIn(opened.journal);
    expect(await positions(search, 'rule:card-number card')).toEqual([5, 1]);
    expect(await positions(search, 'rule:card-number from:@bob')).toEqual([5, 2]);
    expect(await positions(search, 'rule:card-number -rule:off-channel')).toEqual([5, 2]);
    expect(await positions(search, 'rule:card-number -is:quarantined card')).toEqual([5, 1]);
    expect(await positions(search, 'rule:iban OR is:quarantined')).toEqual([3, 2]);
    expect(await positions(search, 'is:unscanned OR card')).toEqual([5, 4, 1]);
    expect(await positions(search, '(is:flagged has:attachment) OR (is:unscanned has:attachment)')).toEqual([4]);
    expect(await positions(search, 'is:flagged is:quarantined rule:card-number 4111')).toEqual([2]);
    expect(await positions(search, 'is:flagged kind:policy.refused')).toEqual([5]);
    // What was refused was never said: only who asks for marks is shown it.
    expect(await positions(search, 'card')).toEqual([1]);
    expect(await positions(search, '-is:flagged')).toEqual([4, 3]);
    expect(await positions(search, 'card -rule:iban')).toEqual([1]);
  });

  test('name a rule that there never was, and know one that found nothing yet', async () => {
    const hashes = { version: 'd'.repeat(64), rules: 'e'.repeat(64) };
    const added: Draft = {
      ...{ kind: 'policy.rule-changed', at: START, source: { system: 'gatehouse', id: 'rule/1', sure: true } },
      body: { what: 'rule', id: 'quiet', change: 'added', text: '', ...hashes },
    };
    await using opened = await open([...morning(), added]);
    const search = searchIn(opened.journal);
    expect(await found(search, 'rule:crad-number')).toMatchObject({ total: 0, unknown: ['rule:crad-number'] });
    expect(await found(search, 'rule:quiet')).toMatchObject({ total: 0, unknown: [] });
    expect(await found(search, 'rule:card-number')).toMatchObject({ total: 3, unknown: [] });
  });

  test('go page by page, and a walk that is cut goes on', async () => {
    const texts = Array.from({ length: 600 }, (_, i) => said(i % 3 === 0 ? `offer ${i}` : 'hello'));
    const verdicts = Array.from({ length: 300 }, (_, i) => verdictOn(2 * i + 1, 'flag', ['offers']));
    await using opened = await open([...texts, ...verdicts]);
    const search = searchIn(opened.journal);
    const wanted = Array.from({ length: 600 }, (_, i) => i + 1)
      .filter((n) => (n - 1) % 6 === 0)
      .toReversed();
    expect(await positions(search, 'offer rule:offers', { limit: 500 })).toEqual(wanted);
    const first = await found(search, 'offer rule:offers', { limit: 40, countWithin: 0 });
    expect(first).toMatchObject({ complete: false, total: 50 });
    await opened.journal.append([said('offer, newer'), verdictOn(901, 'flag', ['offers'])]);
    const second = await found(search, 'offer rule:offers', {
      limit: 500,
      ...(first.cursor && { cursor: first.cursor }),
    });
    expect([...first.hits, ...second.hits].map((hit) => hit.position)).toEqual(wanted);
  });

  test('of an edit are the edit’s; of a number that goes on in the next message, both messages’', async () => {
    const finding = {
      ...{ by: 'detector:card', what: 'body', start: 0, end: 9, confidence: 0.9, masked: 'ends 1111' },
      ...{ tricks: ['assembled'], over: [at(1)] },
    };
    const hits = [hitOf('card-number', { count: 1, findings: [finding] })];
    await using opened = await open([
      said('4111 1111'),
      said('1111 1111'),
      said('hello'),
      verdictOn(2, 'flag', [], { hits }),
      verdictOn(1, 'flag', ['iban'], { version: at(3) }),
    ]);
    const { views } = opened.journal;
    const of = (n: number) => views.read((reading) => marksOf(reading, at(n)));
    expect([await of(1), await of(2), await of(3)]).toEqual([
      new Set(['part']),
      new Set(['flagged', 'part', 'rule:card-number']),
      new Set(['flagged', 'rule:iban']),
    ]);
  });

  test('say which deletion was a rule’s, whether its record or ours came first', async () => {
    const redaction = (of: string, sender = '@bob:acme.example', reason = 'A company rule') =>
      wrote({ redacts: of, reason }, { type: 'm.room.redaction', sender });
    const ours = (event: string, how: 'admin' | 'not-possible' = 'admin'): Draft => ({
      ...{ kind: 'policy.redacted', at: START, source: { system: 'gatehouse', id: `redacted/${event}`, sure: true } },
      body: { of: at(1), verdict: at(1), event: must(parseEventId(event)), how },
    });
    await using opened = await open([
      said('hello'),
      redaction('$before'),
      ours('$before'),
      ours('$after'),
      redaction('$after'),
      redaction('$theirs', '@bob:acme.example', 'typo'),
      redaction('$forged'),
      ours('$stays', 'not-possible'),
      redaction('$stays'),
      redaction('$mark', '@gatehouse:acme.example', ''),
      redaction('$answer', '@compliance:acme.example'),
    ]);
    const search = searchIn(opened.journal);
    expect(await positions(search, 'is:deleted')).toEqual([9, 7, 6]);
    expect(await positions(search, 'kind:matrix.event -is:deleted')).toEqual([11, 10, 5, 2]);
    expect(await positions(search, 'is:deleted OR is:flagged')).toEqual([9, 7, 6]);
  });

  test('are counted by when they were given, each record once', async () => {
    const clock = new ManualClock(START);
    await using opened = await open([said('a'), said('b'), verdictOn(1, 'none', [], { failed: 'crashed' })], clock);
    clock.advance(3_600_000);
    await opened.journal.append([
      verdictOn(1, 'none', [], { failed: 'crashed' }),
      verdictOn(2, 'none', [], { unread: [{ why: 'voice' }] }),
    ]);
    const count = (mark: 'unscanned' | 'failed', since: number) =>
      opened.journal.views.read((reading) => countMarked(reading, mark, must(parseMillis(since))));
    expect(await count('unscanned', START)).toBe(2);
    expect(await count('unscanned', START + 1)).toBe(1);
    expect(await count('failed', START)).toBe(1);
    expect(await count('failed', START + 1)).toBe(0);
  });

  test('are what health tells of: what waits, what could not be read or judged today, and by how many rules', async () => {
    const clock = new ManualClock(START);
    await using opened = await open([said('a'), said('b'), said('c')], clock);
    const { journal } = opened;
    const figures = async () => (await policyFigures({ journal, clock }, { current: () => undefined })).policy;
    expect(await figures()).toEqual({ rules: 0, quarantined: 0, unscanned: 0, failed: 0 });
    const until = must(parseMillis(START + 7_200_000));
    await journal.append([
      { ...verdictOn(1, 'quarantine', ['card-number'], { until }), at: START },
      { ...verdictOn(2, 'quarantine', ['card-number'], { until }), at: must(parseMillis(START + 60_000)) },
      verdictOn(3, 'none', [], { failed: 'took-too-long' }),
    ]);
    clock.advance(14 * 60_000);
    expect(await figures()).toEqual({ rules: 0, quarantined: 2, oldestMs: 14 * 60_000, unscanned: 1, failed: 1 });
    clock.advance(24 * 3_600_000);
    expect(await figures()).toMatchObject({ quarantined: 2, unscanned: 0, failed: 0 });
  });

  test('are a pure function of the record: lost, they come back by a rebuild', async () => {
    const opened = await open(morning());
    await opened.close();
    const joined = { parts, tasks: taskSink };
    {
      const hooks = { clock: systemClock, committed: () => undefined };
      await using writer = await openWriter(opened.place, joined, hooks);
      const { database, keys, search } = writer;
      const again = { ...joined, database, keys, search };
      expect((await rebuild({ ...again, check: true })).difference).toBeUndefined();
      await rebuild({ ...again, check: false });
      const marks = await database.read((reading) => marksOf(reading, at(2)));
      expect(marks).toEqual(new Set(['flagged', 'quarantined', 'rule:card-number']));
    }
    await opened[Symbol.asyncDispose]();
  });
});
