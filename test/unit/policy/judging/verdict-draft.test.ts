import { describe, expect, test } from '@jest/globals';
import type { Consequence, EngineFailure } from '../../../../src/core/policy-words.ts';
import { bodies } from '../../../../src/journal/entries/bodies.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { failedVerdict } from '../../../../src/policy/engine/fail-modes.ts';
import { messageGoingOut } from '../../../../src/policy/judging/message-of.ts';
import { toldWords } from '../../../../src/policy/judging/told-words.ts';
import { saysNothing, verdictDraft, type Making } from '../../../../src/policy/judging/verdict-draft.ts';
import type { Rule } from '../../../../src/policy/rule.ts';
import { ruleSetOf } from '../../../../src/policy/rules/rule-set.ts';
import { versionOf } from '../../../../src/policy/rules/version.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import { contextOf, is, rule } from '../engine/made-rules.ts';
import { at, position, recorded, textDraft } from './made-entries.ts';

const card = '4111 1111 1111 1111';
const now = at(1_760_000_100_000);
const cards = (more: Partial<Rule> = {}): Rule =>
  rule(is.detector(0.5, 'card'), { says: 'looks like a payment card number', consequence: 'quarantine', ...more });

function judged(text: string, ...rules: readonly Rule[]) {
  const set = ruleSetOf(rules, []);
  const judge = createJudge(set, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  const entry = recorded(textDraft(text, { direction: 'outbound' }), 7);
  const message = messageGoingOut(entry, text);
  const verdict = judge.value(message, contextOf());
  const making: Making = { set, place: 'outbound', now, expiresMs: 3_600_000 };
  return { set, entry, message, verdict, making, of: position(7) };
}

function drafted(text: string, more: Partial<Making>, ...rules: readonly Rule[]) {
  const { making, ...all } = judged(text, ...rules);
  return verdictDraft(all, { ...making, ...more });
}

describe('A verdict as it goes on record', () => {
  test('says which rules found what, masked, with the rule as it was', () => {
    const one = cards();
    const draft = drafted(`my card: ${card}`, {}, one);
    expect(draft).toMatchObject({
      ...{ kind: 'policy.verdict', at: now, room: '!deals:acme.example', direction: 'outbound' },
      body: {
        ...{ of: 7, consequence: 'quarantine', until: now + 3_600_000, unread: [] },
        hits: [
          {
            ...{
              rule: 'test',
              says: 'looks like a payment card number',
              version: versionOf(one),
              consequence: 'quarantine',
            },
            ...{ dryRun: false, notify: false, count: 1 },
            findings: [{ by: 'detector:card', what: 'body', start: 9, end: 28, masked: 'ends 1111', over: [] }],
          },
        ],
      },
    });
    expect(() => bodies['policy.verdict'].parse(draft.body)).not.toThrow();
    expect(JSON.stringify(draft)).not.toMatch(/4111|1111 1111/u);
  });

  test.each<readonly [Making['place'], Consequence, string, boolean, number | undefined]>([
    ['outbound', 'quarantine', 'quarantine', false, 3_600_000],
    ['outbound', 'redact', 'redact', true, undefined],
    ['outbound', 'warn', 'warn', false, 300_000],
    ['outbound', 'block', 'block', false, undefined],
    ['internal', 'block', 'redact', true, undefined],
    ['internal', 'redact', 'redact', false, undefined],
    ['internal', 'warn', 'warn', false, undefined],
    ['inbound', 'quarantine', 'flag', true, undefined],
    ['asked', 'quarantine', 'block', false, undefined],
    ['asked', 'warn', 'warn', false, 300_000],
  ])('%s, %s: %s', (...[place, consequence, does, notify, until]) => {
    const { body } = drafted(card, { place }, cards({ consequence }));
    expect(body.consequence).toBe(does);
    expect(body.hits).toMatchObject([{ consequence, notify }]);
    expect(body.until).toBe(until === undefined ? undefined : now + until);
  });

  test('does of each rule what can be done: a hold that is none hides nothing, nor does it keep another rule from it', () => {
    const hides = rule(is.detector(0.5, 'card'), { id: 'hides', says: 'a card', consequence: 'redact' });
    const holds = rule(is.pattern('card'), { id: 'holds', says: 'of cards', consequence: 'quarantine' });
    expect(drafted(`card ${card}`, { place: 'inbound' }, hides, holds).body.consequence).toBe('redact');
    expect(drafted('card', { place: 'inbound' }, hides, holds).body.consequence).toBe('flag');
    const trial = { ...hides, dryRun: true };
    expect(drafted(`card ${card}`, { place: 'inbound' }, trial, holds).body.consequence).toBe('flag');
  });

  test('does nothing for a rule that is on trial', () => {
    expect(drafted(card, {}, cards({ dryRun: true })).body).toMatchObject({
      consequence: 'none',
      hits: [{ dryRun: true, consequence: 'quarantine' }],
    });
  });

  test('is the same entry however often it is made, and another one for other words, rules or after another verdict', () => {
    const idOf = (text: string, more: Partial<Making> = {}, of: Rule = cards()) => drafted(text, more, of).source.id;
    const ids = [
      idOf(card),
      idOf(`${card} `),
      idOf(card, { before: position(9) }),
      idOf(card, {}, cards({ consequence: 'block' })),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(idOf(card, { now: at(1_760_000_999_000) })).toBe(ids[0]);
  });

  test('is another entry when the engine could not look', () => {
    const { making, ...all } = judged(card, cards());
    const failed = failedVerdict(all.set, all.message, contextOf(), 'crashed');
    const draft = verdictDraft({ ...all, verdict: failed }, making);
    expect(draft.body).toMatchObject({ failed: 'crashed', consequence: 'flag', hits: [], unread: [{ why: 'engine' }] });
    expect(draft.source.id).not.toBe(verdictDraft(all, making).source.id);
    expect(() => bodies['policy.verdict'].parse(draft.body)).not.toThrow();
  });

  test('names the edit that was judged', () => {
    const { making, ...all } = judged(card, cards());
    expect(verdictDraft({ ...all, version: position(12) }, making).body).toMatchObject({ of: 7, version: 12 });
    expect(verdictDraft(all, making).body).not.toHaveProperty('version');
  });
});

describe('What is put on record', () => {
  const clean: Verdict = { rules: 'r', content: 'c', hits: [], unread: [], consequence: 'none', notify: false };

  test('is whatever was found, was not read or failed', () => {
    expect(saysNothing(clean)).toBe(true);
    expect(saysNothing({ ...clean, unread: [{ why: 'image', part: 0 }] })).toBe(false);
    expect(saysNothing({ ...clean, failed: 'crashed' })).toBe(false);
    expect(saysNothing(judged(card, cards({ dryRun: true })).verdict)).toBe(false);
  });
});

describe('What a sender is told', () => {
  const wordsOf = (text: string, ...rules: readonly Rule[]) => toldWords(drafted(text, {}, ...rules).body);

  test('is what it looks like, and the end of it', () => {
    expect(wordsOf(card, cards({ consequence: 'block' }))).toBe('looks like a payment card number (ends 1111)');
  });

  test('is said by the strictest rules that act', () => {
    const words = rule(is.pattern('card'), { id: 'words', says: 'speaks of cards', consequence: 'flag' });
    const trial = rule(is.pattern('card'), { id: 'trial', says: 'a trial', consequence: 'block', dryRun: true });
    expect(wordsOf(`card ${card}`, cards(), words, trial)).toBe('looks like a payment card number (ends 1111)');
    expect(wordsOf('card', words, trial)).toBe('speaks of cards');
    const alike = rule(is.pattern('card'), { id: 'too', says: 'speaks of cards too', consequence: 'flag' });
    expect(wordsOf('card', words, alike)).toBe('speaks of cards too; speaks of cards');
  });

  test.each<EngineFailure>(['took-too-long', 'crashed', 'not-ready'])(
    'is honest when nobody could look: %s',
    (failed) => {
      expect(toldWords({ hits: [], failed })).toBe('it could not be checked');
    },
  );
});
