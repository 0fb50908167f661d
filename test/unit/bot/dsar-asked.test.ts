import { describe, expect, test } from '@jest/globals';
import { dsarAsked, endOfDay } from '../../../src/bot/compliance/dsar-asked.ts';
import { reminders } from '../../../src/bot/compliance/dsar-remind-task.ts';
import { daysUntil, daysWords, dueDay, erasedLines, lookLines } from '../../../src/bot/compliance/dsar-words.ts';
import { must, parseClassId, parseHoldId } from '../../../src/core/ids.ts';
import type { DsarCount } from '../../../src/core/person-entries.ts';
import { itemId } from '../../../src/policy/verdicts/item-id.ts';
import { millis, position } from './samples.ts';

const zone = 'America/New_York';

describe('!c dsar', () => {
  test.each([
    ['new +1 202 555 0199 access', { names: ['+1 202 555 0199'], wants: 'access' }],
    ['New “Ann Lee”, +12025550199; @bob Erase', { names: ['Ann Lee', '+12025550199', '@bob'], wants: 'erase' }],
    ['new Ann Lee erasure due 2026-12-24.', { names: ['Ann Lee'], wants: 'erase', due: '2026-12-24' }],
    ['new Ann Lee, access, due: 2026-12-24', { names: ['Ann Lee'], wants: 'access', due: '2026-12-24' }],
    ['new Ann Access access', { names: ['Ann Access'], wants: 'access' }],
    ["new Conan O'Brien for access by 2026-12-24", { names: ["Conan O'Brien"], wants: 'access', due: '2026-12-24' }],
  ])('reads %s', (typed, wish) => {
    expect(dsarAsked(typed)).toEqual({ ok: true, value: { do: 'new', ...wish } });
  });

  test.each([
    ['new', 'Who, and what do they want: access or erase?'],
    ['new Ann Lee', 'Who, and what do they want: access or erase?'],
    ['new , access', 'Whose data? Write a number, a name or @bob.'],
    ['new Ann access due tomorrow', 'By which day? Write it like 2026-12-24.'],
    ['new Ann access due 2026-02-30', 'By which day? Write it like 2026-12-24.'],
    [`new ${'x'.repeat(300)} access`, 'Nobody is called so: that is too long.'],
    [
      `new ${Array.from({ length: 21 }, (_, i) => `p${String(i)}`).join(',')} access`,
      'Name at most 20 addresses of one person.',
    ],
    ['run', 'Which request? !c dsar show lists them.'],
    ['run 1', "That isn't a request's id."],
    ['lettre k4f', 'Did you mean !c dsar letter?'],
    ['zzzzzzzz', 'Say !c dsar help for what there is.'],
    ['constructor', 'Say !c dsar help for what there is.'],
  ])('says what is wrong with %s', (typed, error) => {
    expect(dsarAsked(typed)).toEqual({ ok: false, error });
  });

  test('names requests as people type them', () => {
    const request = position(12_345);
    const id = itemId(request).toUpperCase();
    for (const act of ['show', 'run', 'letter'] as const) {
      expect(dsarAsked(`${act} request ${id}`)).toEqual({ ok: true, value: { do: act, request } });
    }
    expect(dsarAsked('')).toEqual({ ok: true, value: { do: 'list' } });
    expect(dsarAsked('show')).toEqual({ ok: true, value: { do: 'list' } });
  });

  test('a day is over at its end, in the desk’s zone', () => {
    expect(new Date(endOfDay('2026-12-24', zone)).toISOString()).toBe('2026-12-25T04:59:59.999Z');
    expect(dueDay(endOfDay('2026-12-24', zone), zone)).toBe('Thu 24 Dec 2026');
  });
});

describe('days', () => {
  test('are counted by the calendar, also over a change of the clocks', () => {
    const now = millis(Date.parse('2026-03-07T23:30:00-05:00'));
    const due = endOfDay('2026-03-09', zone);
    expect(daysUntil(due, { timezone: zone, now })).toBe(2);
    expect([2, 1, 0, -1, -3].map(daysWords)).toEqual(['in 2 days', 'tomorrow', 'today', 'yesterday', '3 days ago']);
  });

  test('on which desks are reminded: 7 and 1 before, the day itself, each third day after, in the morning', () => {
    const due = endOfDay('2026-03-20', zone);
    const request = { due, opened: millis(Date.parse('2026-03-06T12:00:00Z')) };
    const at = (time: string) => {
      const { last, next } = reminders(request, zone, millis(Date.parse(time)));
      return [last, new Date(next).toISOString()];
    };
    expect(at('2026-03-06T12:00:00Z')).toEqual([undefined, '2026-03-13T13:00:00.000Z']);
    expect(at('2026-03-13T13:00:00Z')).toEqual([7, '2026-03-19T13:00:00.000Z']);
    expect(at('2026-03-19T13:00:00Z')).toEqual([1, '2026-03-20T13:00:00.000Z']);
    expect(at('2026-03-22T00:00:00Z')).toEqual([0, '2026-03-23T13:00:00.000Z']);
    expect(at('2026-03-30T00:00:00Z')).toEqual([-9, '2026-04-01T13:00:00.000Z']);
  });

  test('before the request itself nobody is reminded', () => {
    const request = { due: endOfDay('2026-03-20', zone), opened: millis(Date.parse('2026-03-19T20:00:00Z')) };
    expect(reminders(request, zone, millis(Date.parse('2026-03-19T21:00:00Z'))).last).toBeUndefined();
    expect(reminders(request, zone, millis(Date.parse('2026-03-20T14:00:00Z'))).last).toBe(0);
  });
});

describe('what is on record of a person, in words', () => {
  const span = { from: millis(1), to: millis(2) };
  const counts: readonly DsarCount[] = [
    { outcome: 'erased', class: must(parseClassId('short-30d')), entries: 1_204, files: 3, ...span },
    {
      outcome: 'duty',
      authority: 'FINRA Rule 4511(b)',
      until: millis(Date.UTC(2029, 2, 1)),
      entries: 310,
      files: 1,
      ...span,
    },
    { outcome: 'hold', hold: must(parseHoldId('acme-matter')), entries: 12, files: 0, ...span },
    { outcome: 'others', entries: 1, files: 0, ...span },
  ];

  test('says what would go, what stays, and why', () => {
    expect(lookLines(counts, 'erase')).toEqual([
      '- 1,204 records would be erased, 3 files among them',
      '- 310 stay: FINRA Rule 4511(b) asks for them until 2029-03-01',
      '- 12 stay: under the hold acme-matter',
      '- 1 stays: as much about somebody else',
    ]);
    expect(lookLines(counts, 'access').slice(0, 2)).toEqual([
      '- 1,527 records would be copied, 4 files among them. Of these:',
      '- 1,204 records could be erased if they asked for that, 3 files among them',
    ]);
    expect(lookLines([], 'erase')).toEqual(['- nothing']);
    expect(erasedLines(counts.slice(1))[0]).toBe('- nothing erased for good');
  });
});
