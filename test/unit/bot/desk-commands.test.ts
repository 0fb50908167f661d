import { beforeEach, describe, expect, test } from '@jest/globals';
import { answerDesk, commandName, type DeskAnswer } from '../../../src/bot/compliance/answer-desk.ts';
import type { Comparing, DeskTools, Judged } from '../../../src/bot/compliance/desk-context.ts';
import { connectorGate, must as mustId, noMillis, parseAlarmId } from '../../../src/core/ids.ts';
import { healthAnswer } from '../../../src/bot/compliance/health.ts';
import { PageMemory } from '../../../src/bot/compliance/page-memory.ts';
import { snippet, soughtWords } from '../../../src/bot/compliance/snippet.ts';
import type { Entry, ErasedEntry } from '../../../src/core/entry.ts';
import type { HealthReport } from '../../../src/core/ports/health.ts';
import { err, ok } from '../../../src/core/result.ts';
import type { SearchOptions, SearchPage } from '../../../src/journal/search/search.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  alice,
  audrey,
  desk,
  domain,
  matrixEntry,
  millis,
  networkEntry,
  now,
  olivia,
  position,
  room,
  sales,
  text,
  typed,
} from './samples.ts';
import { noHolds } from './no-holds.ts';

const health: HealthReport = {
  ok: true,
  database: 'ok',
  homeserver: 'ok',
  connectors: {},
  stale: [],
  closedGates: [],
  tasks: { ready: 0, dead: 0, oldestReadyMs: 0 },
  record: { size: 48_211, checkpoint: 48_200 },
  warnings: [],
};

let comparing: Comparing;
let judged: Judged;
let page: SearchPage;
let asked: { query: string; options: SearchOptions }[];
let entries: Map<number, Entry | ErasedEntry>;
let clock: ManualClock;
let pages: PageMemory;

beforeEach(() => {
  judged = { verdicts: [], hits: [], isPart: false };
  page = { hits: [], total: 0, complete: true, unknown: [] };
  asked = [];
  comparing = { open: 0, events: 0, look: undefined, report: undefined };
  entries = new Map();
  clock = new ManualClock(now);
  pages = new PageMemory(clock);
});

const verdict = { ok: true, size: 48_211, root: 'r', covered: 48_211, uncovered: 0, erased: 0, firstBad: null };
const tools: DeskTools = {
  search: (query, options) => {
    asked.push({ query, options });
    return Promise.resolve(ok(page));
  },
  read: (at) => Promise.resolve(entries.get(at)),
  entriesFrom: (from, limit) =>
    Promise.resolve([...entries.values()].filter((entry) => entry.position >= from).slice(0, limit)),
  size: () => Promise.resolve(entries.size),
  shown: (entry) =>
    Promise.resolve(
      entry.kind === 'network.message'
        ? { from: 'Ann Lee', to: '+1 202 555 0100', network: 'SMS', text: entry.body.text }
        : { from: '@bob:acme.example', to: 'Ann Lee', network: 'SMS', text: wordsOf(entry) },
    ),
  judged: () => Promise.resolve(judged),
  earlierItems: () => Promise.resolve([]),
  titleOf: () => Promise.resolve('room “Deals”'),
  entryOfEvent: () => Promise.resolve(undefined),
  delivery: () => Promise.resolve({ state: 'delivered', attempts: 1 }),
  files: () => Promise.resolve([]),
  verify: () => Promise.resolve(verdict),
  prove: (at) =>
    Promise.resolve(at === 5 ? ok('c2sp.org/tlog-proof@v1\n') : err({ reason: 'not-published-yet', message: '' })),
  health: () => Promise.resolve(health),
  comparing: () => Promise.resolve(comparing),
  lines: [sales],
  holds: noHolds,
  decisions: {
    recorder: { append: () => Promise.resolve([]) },
    read: (at) => Promise.resolve(entries.get(at)),
    standing: () => Promise.resolve(undefined),
  },
};

function wordsOf(entry: Entry): string | undefined {
  const body = entry.kind === 'matrix.event' ? entry.body.content['body'] : undefined;
  return typeof body === 'string' ? body : undefined;
}

function ask(
  words: string,
  more: Parameters<typeof typed>[1] = {},
  over: Partial<DeskTools> = {},
): Promise<DeskAnswer> {
  const message = typed(words, { sender: olivia, ...more });
  return answerDesk({ message, desk, domain, tools: { ...tools, ...over }, pages, clock });
}

describe('a desk', () => {
  test('answers nobody without a role', async () => {
    expect(await ask('!c search x', { sender: alice })).toMatchObject({
      command: 'search',
      answer: { code: 'denied' },
    });
    expect(asked).toEqual([]);
  });

  test('answers auditors', async () => {
    expect((await ask('!c verify', { sender: audrey })).answer.code).toBe('ok');
  });

  test('asks to repeat what is older than five minutes', async () => {
    const old = await ask('!c search x', { at: millis(now - 5 * 60_000 - 1) });
    expect(old.answer).toMatchObject({ code: 'failed', text: 'Too old, say it again.' });
    expect(asked).toEqual([]);
    expect((await ask('!c verify', { at: millis(now - 5 * 60_000) })).answer.code).toBe('ok');
  });

  test.each([86_400_000, -86_400_000])('is not misled by a clock that was set by %i ms', async (ms) => {
    const skewed = { skewAt: () => Promise.resolve(ms) };
    expect((await ask('!c verify', { at: millis(now - ms - 5 * 60_000) }, skewed)).answer.code).toBe('ok');
    const old = await ask('!c verify', { at: millis(now - ms - 5 * 60_000 - 1) }, skewed);
    expect(old.answer.text).toBe('Too old, say it again.');
  });

  test('names the nearest command, and never puts what was typed on record as a command', async () => {
    expect(await ask('!c serch Ann')).toMatchObject({
      command: 'unknown',
      answer: { code: 'usage', text: 'No such command. Did you mean !c search? !c help shows all.' },
    });
    expect(commandName('!c ann-lee secret')).toBe('unknown');
  });

  test('shows help alone and with a command', async () => {
    const all = [
      'search',
      'more',
      'show',
      'approve',
      'reject',
      'verify',
      'prove',
      'health',
      'gaps',
      'rule',
      'retention',
      'certificate',
      'hold',
      'dsar',
      'help',
    ];
    expect((await ask('!c')).answer.data).toEqual({ commands: all });
    expect((await ask('！C　HELP')).answer.data).toEqual({ commands: all });
    expect((await ask('!c help !c prove')).answer.text).toContain('Example: !c prove 47903');
  });
});

describe('!c search', () => {
  const hits = [
    networkEntry(47_903, 'Hi, we talked for a long time about how I can guarantee you a return of ten percent a year'),
    matrixEntry(text('yes <b>blue</b> @room'), { position: position(47_001) }),
  ];

  test('shows who wrote to whom, when, and the words around the match', async () => {
    page = { hits, total: 14, complete: true, unknown: [], cursor: { size: 48_211, last: 47_001, found: 2 } };
    const { answer } = await ask('!c search guarantee');
    expect(answer.text).toBe(
      [
        '14 found, newest first (1–2) · !c more',
        '47,903 Fri 16:30 Ann Lee → +1 202 555 0100 (SMS) “… time about how I can guarantee you a return of ten percent a year”',
        '47,001 Fri 16:30 @bob → Ann Lee (SMS) “yes <b>blue</b> @\u2060room”',
      ].join('\n'),
    );
    expect(answer.html).toContain('how I can <b>guarantee</b> you a');
    expect(answer.html).toContain('yes &lt;b&gt;blue&lt;/b&gt; @\u2060room');
    expect(answer.positions).toEqual([47_903, 47_001]);
    expect(asked[0]?.options).toMatchObject({ timezone: 'America/New_York', now, limit: 5 });
  });

  test('goes on with !c more once the answer was sent', async () => {
    const cursor = { size: 48_211, last: 47_001, found: 2 };
    page = { hits, total: 14, complete: true, unknown: [], cursor };
    const first = await ask('!c search x');
    expect((await ask('!c more')).answer).toMatchObject({
      code: 'not-found',
      text: 'There is no search to go on with. Search again.',
    });
    first.answer.sent?.();
    page = { hits, total: 14, complete: true, unknown: [] };
    const next = await ask('!c more');
    expect(asked[1]).toMatchObject({ query: '(x) -in:"!r:acme.example"', options: { cursor } });
    expect(next.answer.text).toMatch(/^14 found, newest first \(3–4\)\n/u);
    next.answer.sent?.();
    expect((await ask('!c more')).answer.code).toBe('not-found');
  });

  test('of one officer is not another’s to go on with', async () => {
    page = { hits, total: 14, complete: true, unknown: [], cursor: { size: 9, last: 1, found: 2 } };
    (await ask('!c search x')).answer.sent?.();
    expect((await ask('!c more', { sender: audrey })).answer.code).toBe('not-found');
    expect((await ask('!c more', { room: room('!other:acme.example') })).answer.code).toBe('not-found');
  });

  test('says when there may be more than it counted', async () => {
    page = { hits, total: 2_000, complete: false, unknown: [], cursor: { size: 9, last: 1, found: 2 } };
    expect((await ask('!c search x')).answer.text).toMatch(/^at least 2,000 found, newest first \(1–2\) · !c more\n/u);
    page = { hits: [], total: 0, complete: false, unknown: [], cursor: { size: 9, last: 1, found: 0 } };
    expect((await ask('!c search x')).answer).toMatchObject({
      code: 'ok',
      text: 'Nothing among the records looked through so far · !c more looks further back',
    });
  });

  test('says that nothing was found, and who is unknown here', async () => {
    page = { hits: [], total: 0, complete: true, unknown: ['from:@nobody'] };
    expect((await ask('!c search from:@nobody')).answer).toMatchObject({
      code: 'not-found',
      text: 'Nothing found.\nNobody and nothing here is called from:@nobody.',
    });
  });

  test('says what is wrong with the query, and where', async () => {
    expect((await ask('!c search frm:x')).answer).toMatchObject({
      code: 'usage',
      text: expect.stringMatching(/^At character 1, “frm:x”: there is no field frm\..*\nExample: !c search /u),
    });
    expect((await ask('!c search')).answer.code).toBe('usage');
  });
});

describe('!c show', () => {
  const ours = room('!deals:acme.example');
  const say = (n: number, words: string, more = {}) =>
    matrixEntry(text(words), { position: position(n), room: ours, actor: alice, ...more });

  beforeEach(() => {
    const target = say(5, 'the\nblue one', { direction: 'outbound' });
    const edit = {
      ...text('* red'),
      'm.new_content': text('the red one'),
      'm.relates_to': { rel_type: 'm.replace', event_id: target.body.event_id },
    };
    const all = [
      say(1, 'one'),
      say(2, 'two'),
      say(3, 'three'),
      networkEntry(4, 'elsewhere', { room: room('!x:acme.example') }),
      target,
      matrixEntry(edit, { position: position(6), room: ours, actor: alice }),
      matrixEntry(
        { redacts: target.body.event_id },
        { position: position(7), room: ours, actor: olivia, type: 'm.room.redaction' },
      ),
      say(8, 'four'),
      say(9, 'five'),
      say(10, 'six'),
      say(11, 'seven'),
    ];
    for (const entry of all) entries.set(entry.position, entry);
  });

  test('shows a record in full, what became of it, and three before and after in its room', async () => {
    const { answer } = await ask('!c show 5');
    expect(answer.text.split('\n')).toEqual([
      '5 · Fri 6 Mar 2026 16:30:00 EST',
      '@bob:acme.example → Ann Lee (SMS)',
      '“the',
      'blue one”',
      'Delivery: delivered, 1 attempt',
      'Edited Fri 16:30 by @alice:acme.example (6): “the red one”',
      'Deleted Fri 16:30 by @olivia:acme.example (7)',
      'Before:',
      expect.stringContaining('“one”'),
      expect.stringContaining('“two”'),
      expect.stringContaining('“three”'),
      'After:',
      expect.stringContaining('“four”'),
      expect.stringContaining('“five”'),
      expect.stringContaining('“six”'),
    ]);
    expect(answer.positions).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
    expect(answer.data).toMatchObject({ position: 5, erased: false, changes: ['edited', 'deleted'] });
  });

  test('says that a record was erased, or never was', async () => {
    entries.set(5, {
      position: position(5),
      kind: 'matrix.event',
      at: now,
      recordedAt: now,
      class: sales.class,
      erased: true,
    });
    expect((await ask('!c show 5')).answer.text).toBe(
      'Record 5, Fri 6 Mar 2026 16:30:00 EST: erased by rule. Its proof stays.',
    );
    expect((await ask('!c show 47,903')).answer).toMatchObject({
      code: 'not-found',
      text: "There's no record 47,903. The newest is 11. An item's id has a letter in it, as k4f.",
    });
    expect((await ask('!c show k4f')).answer).toMatchObject({
      code: 'not-found',
      text: "There's no item k4f. Its card names it; a record's number is digits alone.",
    });
    expect((await ask('!c show k0f')).answer.code).toBe('usage');
  });
});

describe('!c verify, prove and health', () => {
  test('an unbroken record is one line', async () => {
    expect((await ask('!c verify')).answer.text).toBe('Record unbroken to 48,211 ✓ · all signed');
    const partly = { ...verdict, covered: 48_000, uncovered: 211, erased: 7 };
    const { answer } = await ask('!c verify', {}, { verify: () => Promise.resolve(partly) });
    expect(answer.text).toBe('Record unbroken to 48,211 ✓ · signed to 48,000 · 7 erased by rule');
  });

  test('a broken one names the first wrong record', async () => {
    const broken = { ...verdict, ok: false, firstBad: { position: 812, what: 'its content was changed' } };
    const { answer } = await ask('!c verify', {}, { verify: () => Promise.resolve(broken) });
    expect(answer).toMatchObject({
      code: 'failed',
      text: 'Broken ✗ at record 812: its content was changed. Tell the admin now.',
    });
  });

  test('a proof comes as a file', async () => {
    const { answer } = await ask('!c prove 5');
    expect(answer).toMatchObject({ code: 'ok', positions: [5], file: { name: 'record-5.tlog-proof' } });
    expect((await ask('!c prove 6')).answer).toMatchObject({
      code: 'pending',
      text: "Record 6 isn't signed yet. Try again in a minute.",
    });
  });

  test('health says what is wrong', () => {
    const ill: HealthReport = {
      ...health,
      ok: false,
      homeserver: 'down',
      connectors: { [sales.connector]: 'bad-credentials' },
      stale: ['portals'],
      closedGates: [{ gate: connectorGate(sales.connector), since: noMillis, reason: 'bad-credentials' }],
      tasks: { ready: 3, dead: 1, oldestReadyMs: 61_000 },
      warnings: ['Synapse encrypts new rooms'],
    };
    expect(healthAnswer(ill, () => 'Fri 16:02').text.split('\n')).toEqual([
      'Something is wrong ✗',
      'Messages wait: carrier does not let us in',
      'Stale: portals. The admin runs gatehouse rebuild.',
      '! Synapse encrypts new rooms',
      'Database ok · homeserver down',
      'carrier: bad-credentials',
      'Under way 3, oldest 61 s · given up 1',
      'Record 48,211 · signed to 48,200',
    ]);
  });

  test('health says first what stands still, each thing once, and then how far everything is', () => {
    const gate = connectorGate(sales.connector);
    const alarm = { kind: 'tasks-waiting', since: noMillis, words: "SMS hasn't answered\nsince 10:02." } as const;
    const report: HealthReport = {
      ...health,
      ok: false,
      closedGates: [{ gate, since: noMillis, reason: 'provider-down' }],
      alarms: [{ ...alarm, alarm: mustId(parseAlarmId(`tasks-waiting:${gate}`)) }],
      capture: { usualMs: 12_000, worstMs: 40_000 },
      gaps: { open: 2, lookedAt: noMillis },
      disk: { freeBytes: 12.5 * 1024 ** 3, totalBytes: 100 * 1024 ** 3 },
    };
    const answer = healthAnswer(report, () => 'Fri 16:02');
    expect(answer.text.split('\n')).toEqual([
      'Something is wrong ✗',
      "✗ SMS hasn't answered since 10:02. (since Fri 16:02)",
      'Database ok · homeserver ok',
      'Under way 0 · given up 0',
      'On record within 12 s',
      '2 gaps not repaired yet · compared with the homeserver Fri 16:02',
      'Record 48,211 · signed to 48,200',
      'Disk 12.5 GB free (12 %)',
    ]);
    expect(answer.data).toMatchObject({ ok: false, alarms: ['tasks-waiting:connector:carrier'], gaps: 2 });
  });

  test('health says what waits for an officer, what nobody could look at, and by what is judged', () => {
    const policy = { rules: 12, changed: noMillis, quarantined: 2, oldestMs: 14.9 * 60_000, unscanned: 3, failed: 1 };
    const answer = healthAnswer({ ...health, policy }, () => 'Fri 16:02');
    expect(answer.text.split('\n')).toEqual([
      'All well ✓',
      'Database ok · homeserver ok',
      'Under way 0 · given up 0',
      'Quarantined 2, oldest 14 min',
      'In 24 h unscanned 3 · not judged 1',
      'Rules 12 in force, changed Fri 16:02',
      'Record 48,211 · signed to 48,200',
    ]);
    expect(answer.data).toMatchObject({ quarantined: 2 });
    const quiet = { rules: 0, quarantined: 0, unscanned: 0, failed: 0 };
    const lines = healthAnswer({ ...health, policy: quiet }, () => '').text.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['Quarantined 0', 'No rules in force']));
    expect(lines.join()).not.toContain('In 24 h');
  });

  test('health of a calm house is short', () => {
    const calm = { ...health, alarms: [], capture: { usualMs: 900, worstMs: 900 }, gaps: { open: 0 } };
    expect(healthAnswer(calm, () => '').text.split('\n')).toEqual([
      'All well ✓',
      'Database ok · homeserver ok',
      'Under way 0 · given up 0',
      'On record at once',
      'No gaps',
      'Record 48,211 · signed to 48,200',
    ]);
  });
});

describe('a snippet', () => {
  const context = { timezone: 'UTC', now };

  test('looks for words that a text may hold, not for fields or what is excluded', () => {
    expect(soughtWords('“no guarantee” invest* from:@bob -spam (a OR b)', context)).toEqual([
      'no',
      'guarantee',
      'invest',
      'a',
      'b',
    ]);
  });

  test.each([
    ['STRASSE und Straße', ['strasse'], '<b>STRASSE</b> und Straße'],
    ['die Straße', ['strasse'], 'die <b>Straße</b>'],
    ['Cafe\u0301 Müller', ['muller'], 'Café <b>Müller</b>'],
    ['unbelievable lie', ['lie'], 'unbelievable <b>lie</b>'],
    ['買い物です', ['物'], '買い<b>物</b>です'],
    ['nothing here', ['x'], 'nothing here'],
    ['a & <b>', ['b'], 'a &amp; &lt;<b>b</b>&gt;'],
  ])('of %j for %j is %j', (words, sought, html) => {
    expect(snippet(words, sought).html).toBe(html);
  });

  test('cuts a long text around the match', () => {
    const { text: shown, html } = snippet(`${'far '.repeat(100)}hit ${'away '.repeat(100)}`, ['hit']);
    expect(shown.length).toBeLessThanOrEqual(84);
    expect(html).toContain('<b>hit</b>');
  });
});
