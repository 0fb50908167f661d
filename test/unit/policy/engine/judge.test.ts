import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { must, parseLineId, parseMillis, parseNetworkId, parseRoomId } from '../../../../src/core/ids.ts';
import { consequences } from '../../../../src/core/policy-words.ts';
import type { MessageContext } from '../../../../src/policy/message.ts';
import type { Rule, Scope } from '../../../../src/policy/rule.ts';
import {
  before,
  contextOf,
  is,
  judgeOf,
  message,
  piece,
  position,
  problemsOf,
  rule,
  shown,
  verdict,
} from './made-rules.ts';

const pay = is.words('pay');

function at(local: string): MessageContext['at'] {
  return must(parseMillis(Date.parse(local)));
}

describe('Where a rule holds', () => {
  const line = must(parseLineId('sales'));
  const network = must(parseNetworkId('sms'));
  const room = must(parseRoomId('!a:acme.example'));
  const there = { direction: 'inbound', line, network, room, tags: ['deals'], senderGroups: ['sales', 'all'] } as const;

  test.each<readonly [string, Scope, boolean]>([
    ['everywhere', {}, true],
    ['its direction', { directions: ['outbound', 'inbound'] }, true],
    ['another direction', { directions: ['internal'] }, false],
    ['its network', { networks: [network] }, true],
    ['another network', { networks: [must(parseNetworkId('xmpp'))] }, false],
    ['its line', { lines: [line] }, true],
    ['another line', { lines: [must(parseLineId('support'))] }, false],
    ['its room', { rooms: [room] }, true],
    ['another room', { rooms: [must(parseRoomId('!b:acme.example'))] }, false],
    ['one of its tags', { tags: ['hr', 'deals'] }, true],
    ['another tag', { tags: ['hr'] }, false],
    ["one of its sender's groups", { senderIn: ['sales'] }, true],
    ['another group', { senderIn: ['support'] }, false],
    ['no direction at all', { directions: [] }, false],
    ['all of it', { directions: ['inbound'], lines: [line], tags: ['deals'], senderIn: ['all'] }, true],
    ['not all of it', { directions: ['inbound'], lines: [line], tags: ['hr'] }, false],
  ])('%s', (_, scope, holds) => {
    expect(judgeOf(rule(pay, { scope }))(message('pay'), contextOf(there)).hits).toHaveLength(holds ? 1 : 0);
  });

  test('a line or a room is asked for and the message has none', () => {
    expect(judgeOf(rule(pay, { scope: { lines: [line] } }))(message('pay'), contextOf()).hits).toEqual([]);
    expect(judgeOf(rule(pay, { scope: { rooms: [room] } }))(message('pay'), contextOf()).hits).toEqual([]);
  });

  const night = { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], from: 18 * 60, to: 8 * 60 };
  const day = { zone: 'America/New_York', days: [1, 3], from: 9 * 60, to: 17 * 60 };
  test.each<readonly [string, NonNullable<Scope['hours']>, string, boolean]>([
    ['Friday at six', night, '2026-11-20T18:00:00+01:00', true],
    ['Friday before six', night, '2026-11-20T17:59:59+01:00', false],
    ['Saturday morning belongs to Friday', night, '2026-11-21T07:59:00+01:00', true],
    ['Saturday at eight', night, '2026-11-21T08:00:00+01:00', false],
    ['Saturday night', night, '2026-11-21T22:00:00+01:00', false],
    ['Monday morning belongs to Sunday', night, '2026-11-23T07:00:00+01:00', false],
    ['in summer', night, '2026-07-17T18:00:00+02:00', true],
    ['Monday in New York', day, '2026-11-23T09:00:00-05:00', true],
    ['Monday evening there', day, '2026-11-23T17:00:00-05:00', false],
    ['Tuesday there', day, '2026-11-24T12:00:00-05:00', false],
  ])('hours: %s', (_, hours, when, holds) => {
    const judge = judgeOf(rule(pay, { scope: { hours } }));
    expect(judge(message('pay'), contextOf({ at: at(when) })).hits).toHaveLength(holds ? 1 : 0);
  });
});

describe('The verdict', () => {
  test('of a clean message names the rule set and the content, and wants nothing', () => {
    expect(verdict(rule(pay), 'hello')).toEqual({
      rules: 'd1',
      content: 'c1',
      hits: [],
      unread: [],
      consequence: 'none',
      notify: false,
    });
  });

  test('wants the strictest of its hits; dry runs stand beside and want nothing', () => {
    const rules: readonly Rule[] = [
      rule(pay, { id: 'a', consequence: 'warn' }),
      rule(pay, { id: 'b', consequence: 'block', dryRun: true, notify: true }),
      rule(pay, { id: 'c', consequence: 'quarantine' }),
      rule(pay, { id: 'd', consequence: 'block', enabled: false }),
      rule(is.words('self'), { id: 'e', consequence: 'block' }),
    ];
    const found = judgeOf(...rules)(message('pay'), contextOf());
    expect(found).toMatchObject({ consequence: 'quarantine', notify: false });
    expect(found.hits.map(({ rule: id, dryRun }) => [id, dryRun])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ]);
  });

  test.each(consequences)('has a twin of %s that does nothing and is on record', (consequence) => {
    const earnest = verdict(rule(pay, { consequence, notify: true }), 'pay');
    const twin = verdict(rule(pay, { consequence, notify: true, dryRun: true }), 'pay');
    expect(earnest).toMatchObject({ consequence, notify: true });
    expect(twin).toMatchObject({ consequence: 'none', notify: false });
    expect(twin.hits).toEqual(earnest.hits.map((hit) => ({ ...hit, dryRun: true })));
  });

  test('tells where one of its rules tells', () => {
    expect(verdict(rule(pay, { notify: true }), 'pay').notify).toBe(true);
  });

  test('never has a value in clear: it is masked, and its HMAC stands for it', () => {
    const [hit] = verdict(rule(is.detector()), 'badge B7').hits;
    expect(hit?.findings).toEqual([
      {
        rule: 'test',
        by: { detector: 'badge' },
        piece: 0,
        what: 'body',
        span: { start: 6, end: 8 },
        confidence: 1,
        masked: 'ends 7',
        value: createHmac('sha256', new Uint8Array(32)).update('B7').digest('hex'),
        tricks: [],
        over: [],
      },
    ]);
  });

  test('says by which tricks a word was hidden', () => {
    expect(verdict(rule(pay), 'p\u200bay').hits[0]?.findings[0]).toMatchObject({
      span: { start: 0, end: 4 },
      tricks: ['invisible'],
    });
  });

  test('says where somebody looked only at a part: pieces and characters beyond the most', () => {
    const long = 'ab '.repeat(22_000);
    expect(verdict(rule(pay), `${long}pay`)).toMatchObject({ hits: [], unread: [{ why: 'too-large' }] });
    expect(verdict(rule(pay), `pay ${long}`)).toMatchObject({ hits: [{ count: 1 }], unread: [{ why: 'too-large' }] });
    const pieces = Array.from({ length: 17 }, () => piece('pay'));
    expect(verdict(rule(pay), ...pieces)).toMatchObject({ hits: [{ count: 16 }], unread: [{ why: 'too-large' }] });
    expect(verdict(rule({ is: 'unscanned', why: ['too-large'] }), long).hits).toHaveLength(1);
  });

  test('is the same for the same message, however often and in between', () => {
    const judge = judgeOf(rule(pay), rule(is.detector(), { id: 'b', together: 3 }));
    const first = judge(message('pay b7'), contextOf());
    judge(message('something else c9'), contextOf({ before: before('b') }));
    expect(judge(message('pay b7'), contextOf())).toEqual(first);
  });
});

describe('Findings over several messages', () => {
  const judged = rule(is.any(is.words('self'), is.pattern('cash \\d+')), { together: 2 });

  test('are found where they reach into the newest, and say over which others they go', () => {
    const [hit] = judgeOf(judged)(message('cell now'), contextOf({ before: before('call my') })).hits;
    expect(shown(hit, 'cell now')).toEqual(['cell']);
    expect(hit?.findings[0]?.over).toEqual([position(100)]);
    expect(hit?.count).toBe(1);
  });

  test('not where all of it was said before, nor twice where all of it is new', () => {
    const judge = judgeOf(judged);
    expect(judge(message('hello'), contextOf({ before: before('my cell') })).hits).toEqual([]);
    expect(judge(message('my cell'), contextOf({ before: before('call') })).hits).toMatchObject([{ count: 1 }]);
  });

  test('over as many as the rule says, and none where it says none', () => {
    const said = before('own', 'my');
    expect(judgeOf(judged)(message('phone'), contextOf({ before: said })).hits).toHaveLength(1);
    expect(judgeOf({ ...judged, together: 1 })(message('phone'), contextOf({ before: said })).hits).toEqual([]);
    expect(judgeOf({ ...judged, together: 0 })(message('cell'), contextOf({ before: before('my') })).hits).toEqual([]);
  });

  test('two that are near each other, one said before', () => {
    const near = rule(is.near(pay, is.words('self'), 2), { together: 1 });
    const [hit] = judgeOf(near)(message('on my cell'), contextOf({ before: before('please pay me') })).hits;
    expect(shown(hit, 'on my cell')).toEqual([]);
    const [closer] = judgeOf(near)(message('my cell'), contextOf({ before: before('please pay') })).hits;
    expect(shown(closer, 'my cell')).toEqual(['my cell']);
    expect(closer?.count).toBe(1);
  });
});

describe('When the engine fails', () => {
  const failing = rule(is.detector(0.5, 'throwing'), { id: 'fails' });
  const closed = rule(pay, { id: 'closed', failMode: 'closed' });

  test('rules that fail open flag, and nothing is said to have been found', () => {
    expect(judgeOf(failing)(message('throw'), contextOf())).toEqual({
      rules: 'd1',
      content: 'c1',
      hits: [],
      unread: [{ why: 'engine' }],
      consequence: 'flag',
      notify: false,
      failed: 'crashed',
    });
  });

  test('a rule that fails closed holds what goes out and refuses what stays inside', () => {
    const judge = judgeOf(failing, closed);
    expect(judge(message('throw'), contextOf())).toMatchObject({ consequence: 'quarantine', notify: true });
    expect(judge(message('throw'), contextOf({ direction: 'internal' }))).toMatchObject({ consequence: 'block' });
  });

  test('rules that do not hold for the message, and dry runs, have no say', () => {
    const elsewhere = { ...closed, scope: { directions: ['inbound'] } } as const;
    const judge = judgeOf(failing, elsewhere, { ...closed, dryRun: true }, { ...closed, enabled: false });
    expect(judge(message('throw'), contextOf())).toMatchObject({ consequence: 'flag' });
  });
});

describe('A rule set that cannot be judged by', () => {
  test.each<readonly [string, Rule, string, string]>([
    ['a detector', rule(is.detector(0.5, 'bagde')), 'rules.test.when.detector', 'write badge'],
    ['a lexicon', rule(is.any(is.words('payy'))), 'rules.test.when.any.0.lexicon', 'write pay'],
    ['a term', rule(is.all(is.words('pay', 'wir'))), 'rules.test.when.all.0.terms', 'write wire'],
    ['a pattern', rule(is.near(pay, is.pattern('(a'))), 'rules.test.when.near.second.pattern', 'RE2'],
    ['a pattern that finds nothing', rule(is.pattern('a*')), 'rules.test.when.pattern', 'instead of *'],
    [
      'a zone',
      rule(pay, { scope: { hours: { zone: 'Berlin', days: [1], from: 0, to: 1 } } }),
      'rules.test.scope.hours',
      'Europe/Berlin',
    ],
    ['a rule that is off', rule(is.pattern('(a'), { enabled: false }), 'rules.test.when.pattern', 'RE2'],
  ])('names %s', (_, broken, path, fix) => {
    expect(problemsOf(rule(pay, { id: 'fine' }), broken)).toMatchObject([{ path, fix: expect.stringContaining(fix) }]);
  });

  test('names everything at once', () => {
    expect(problemsOf(rule(is.any(is.pattern('('), is.words('x'))), rule(is.pattern('[')))).toHaveLength(3);
  });

  test('conditions without end are refused', () => {
    let deep = pay;
    for (let n = 0; n < 5_000; n += 1) deep = is.any(deep);
    expect(problemsOf(rule(deep))).toMatchObject([{ fix: 'make several rules of it' }]);
    expect(problemsOf(rule(is.any(...Array.from({ length: 1_000 }, () => pay))))).toHaveLength(1);
  });
});
