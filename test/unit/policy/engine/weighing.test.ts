import { describe, expect, test } from '@jest/globals';
import type { HotWord, Rule } from '../../../../src/policy/rule.ts';
import {
  contextOf,
  findingsIn,
  is,
  judgeOf,
  message,
  noExceptions,
  piece,
  rule,
  shown,
  verdict,
} from './made-rules.ts';
import { must, parseUserId } from '../../../../src/core/ids.ts';

const pay = is.words('pay');

function confidence(text: string, hotWords: readonly HotWord[] = []): number | undefined {
  return verdict(rule(is.detector(0.01), { hotWords }), text).hits[0]?.findings[0]?.confidence;
}

describe('How sure a finding is', () => {
  test.each([
    ['c2 alone', 0.5],
    ['badge c2', 0.85],
    ['badge: one two three four c2', 0.85],
    ['badge: one two three four five c2', 0.5],
    ['c2 one two three four badge', 0.85],
    ['c2 one two three four five badge', 0.5],
    ['badges c2, rebadge', 0.5],
    ['Ausweis Nummer one two three four c2', 0.85],
    ['badge c7', 1],
  ])('%s: %d', (text, expected) => {
    expect(confidence(text)).toBe(expected);
  });

  test.each<readonly [string, Partial<HotWord>, number]>([
    ['office c2', {}, 0.7],
    ['c2 office', {}, 0.7],
    ['office office c2', {}, 0.7],
    ['offices c2', {}, 0.5],
    ['office 1234567890 c2', {}, 0.5],
    ['c2 1234567890 office', {}, 0.5],
    ['office c2', { before: 0 }, 0.5],
    ['office c2', { by: -0.4 }, 0.1],
    ['office c2', { by: -0.9 }, 0],
  ])('hot words: %s %j: %d', (text, more, expected) => {
    const hot = { words: ['office', 'branch'], before: 10, after: 10, by: 0.2, ...more };
    const found = verdict(rule(is.detector(0), { hotWords: [hot] }), text).hits[0]?.findings[0]?.confidence;
    expect(found).toBe(expected);
  });

  test('two hot words add up, to at most 1', () => {
    const hot = (word: string): HotWord => ({ words: [word], before: 30, after: 0, by: 0.3 });
    expect(confidence('north gate c2', [hot('north'), hot('gate')])).toBe(1);
  });

  test('words and patterns start at 0.5 and do not count below it', () => {
    const hotWords = [{ words: ['not'], before: 5, after: 0, by: -0.1 }];
    expect(findingsIn(rule(pay, { hotWords }), 'wire, but not pay')).toEqual(['wire']);
    expect(findingsIn(rule(is.pattern('cash'), { hotWords }), 'not cash')).toEqual([]);
    expect(verdict(rule(pay), 'wire').hits[0]?.findings[0]?.confidence).toBe(0.5);
  });
});

describe('Thresholds', () => {
  const text = 'b7, b7, c8';
  test.each([
    [3, 2, true],
    [4, 1, false],
    [1, 3, false],
  ])('%d findings, %d different ones', (count, unique, hits) => {
    expect(verdict(rule(is.detector(), { threshold: { count, unique } }), text).hits).toHaveLength(hits ? 1 : 0);
  });

  test('findings that overlap are one', () => {
    const judged = rule(is.any(is.pattern('call my cell'), is.words('self'), is.pattern('cell')));
    expect(verdict(judged, 'call my cell').hits[0]).toMatchObject({ count: 1 });
    expect(verdict(judged, 'call my cell, my cell').hits[0]).toMatchObject({ count: 2 });
  });

  test('the count goes on where the findings end', () => {
    const [hit] = verdict(rule(pay), 'wire '.repeat(90)).hits;
    expect(hit?.count).toBe(90);
    expect(hit?.findings).toHaveLength(20);
  });

  test('all rules of a message together name at most 200 findings', () => {
    const rules = Array.from({ length: 12 }, (_, n) => rule(pay, { id: `r${n}` }));
    const { hits } = judgeOf(...rules)(message('wire '.repeat(30)), contextOf());
    expect(hits).toHaveLength(12);
    expect(hits.flatMap(({ findings }) => findings)).toHaveLength(200);
  });
});

describe('What does not count', () => {
  const except = (more: Partial<Rule['except']>): Partial<Rule> => ({ except: { ...noExceptions, ...more } });

  test('quotes, where the rule says so', () => {
    const text = '> wire\npay';
    const quoted = piece(text, 'body', [{ start: 0, end: 7 }]);
    expect(shown(verdict(rule(pay, except({ quotes: true })), quoted).hits[0], text)).toEqual(['pay']);
    expect(shown(verdict(rule(pay), quoted).hits[0], text)).toEqual(['wire', 'pay']);
  });

  test('addresses of pages, where the rule says so', () => {
    const text = 'see https://bank.example/pay?b7 and pay b8';
    expect(findingsIn(rule(is.any(pay, is.detector()), except({ urls: true })), text)).toEqual(['pay', 'b8']);
    expect(findingsIn(rule(pay), text)).toEqual(['pay', 'pay']);
  });

  test('disclaimers', () => {
    const disclaimers = ['We never ask you to pay by phone.'];
    const text = 'Please pay.\nWe never ask you to PAY by phone. Wire nothing.\n\nwire it';
    expect(findingsIn(rule(pay, except({ disclaimers })), text)).toEqual(['pay', 'wire']);
  });

  test('values and terms', () => {
    const judged = rule(is.any(is.detector(), pay), except({ terms: ['B-7', 'wire transfer fees'] }));
    expect(findingsIn(judged, 'b7 b8, wire transfer fees, wire')).toEqual(['b8', 'wire']);
  });

  test('senders', () => {
    const judge = judgeOf(rule(pay, except({ senders: [must(parseUserId('@alice:acme.example'))] })));
    expect(judge(message('pay'), contextOf()).hits).toEqual([]);
    expect(judge(message('pay'), contextOf({ sender: '@bob:acme.example' })).hits).toHaveLength(1);
  });

  test('what stands partly in a quote counts', () => {
    const text = 'send money';
    const quoted = piece(text, 'body', [{ start: 0, end: 4 }]);
    expect(verdict(rule(pay, except({ quotes: true })), quoted).hits).toHaveLength(1);
  });

  test('a thousand that are left out do not hide the one that is not', () => {
    const quotes = 'pay '.repeat(1_500);
    const hidden = piece(`${quotes}wire`, 'body', [{ start: 0, end: quotes.length }]);
    expect(verdict(rule(pay, except({ quotes: true })), hidden).hits).toHaveLength(1);
  });
});
