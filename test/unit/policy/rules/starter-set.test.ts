/** The rules and lexicons that come with the product. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import type { MessageContext } from '../../../../src/policy/message.ts';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import type { Condition, RuleSet } from '../../../../src/policy/rule.ts';
import type { Judge } from '../../../../src/policy/verdict.ts';
import { noMillis } from '../../../../src/core/ids.ts';

function filesIn(folder: string, end: string, is: PolicyFile['is']): readonly PolicyFile[] {
  const root = resolve(import.meta.dirname, '../../../..', folder);
  return readdirSync(root)
    .filter((name) => name.endsWith(end))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(resolve(root, name), 'utf8'), is }));
}

const files = [...filesIn('config/policy', '.yaml', 'rules'), ...filesIn('config/lexicons', '.txt', 'lexicon')];
const { set, judge } = start();

function start(): { readonly set: RuleSet; readonly judge: Judge } {
  const read = readRules(files);
  if (!read.ok) throw new Error(JSON.stringify(read.error, undefined, 2));
  const made = createJudge(read.value, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!made.ok) throw new Error(JSON.stringify(made.error, undefined, 2));
  return { set: read.value, judge: made.value };
}

/** Rules that hit, with what is done. */
function done(text: string, direction: MessageContext['direction']): readonly string[] {
  const message = { pieces: [{ what: 'body', text, quoted: [] } as const], unread: [], content: '' };
  const context = { direction, at: noMillis, sender: '@a:b.example', senderGroups: [], tags: [], before: [] };
  return judge(message, context).hits.map(({ rule, consequence }) => `${rule} ${consequence}`);
}

function detectorsIn(when: Condition): readonly string[] {
  switch (when.is) {
    case 'detector':
      return [when.detector];
    case 'any':
    case 'all':
      return when.of.flatMap(detectorsIn);
    case 'near':
      return [...detectorsIn(when.first), ...detectorsIn(when.second)];
    default:
      return [];
  }
}

describe('the starter set', () => {
  test('names every detector and every lexicon', () => {
    const named = new Set(set.rules.flatMap(({ when }) => detectorsIn(when)));
    expect(allDetectors.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
    const text = JSON.stringify(set.rules);
    expect(set.lexicons.map(({ id }) => id).filter((id) => !text.includes(`"lexicon":"${id}"`))).toEqual([]);
  });

  test('stops a card number on its way out, and flags it inside', () => {
    const text = 'sure, it is 4111 1111 1111 1111';
    expect(done(text, 'outbound')).toEqual(['card-number quarantine']);
    expect(done(text, 'external')).toEqual(['card-number quarantine']);
    expect(done(text, 'inbound')).toEqual(['card-number-inside flag']);
    expect(done(text, 'internal')).toEqual(['card-number-inside flag']);
  });

  test('never lets an access key out', () => {
    const key = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    expect(done(`use ${key}`, 'outbound')).toEqual(['secret block']);
    expect(done(`use ${key}`, 'internal')).toEqual(['secret-inside flag']);
  });

  test.each([
    ['IBAN DE89 3704 0044 0532 0130 00', 'iban flag'],
    ['her ssn is 536-22-1234', 'ssn flag'],
    ["let's take this to WhatsApp", 'off-channel flag'],
    ['lass uns auf Signal weiterreden', 'off-channel flag'],
    ['passons sur Telegram', 'off-channel flag'],
    ['guaranteed returns, trust me', 'promises observe'],
    ['I want to complain', 'complaints observe'],
    ['i know where you live', 'harassment observe'],
    ['this is inside information', 'insider observe'],
    ['wire it to my account', 'self-dealing observe'],
  ])('finds %s', (text, hit) => {
    expect(done(text, 'outbound')).toContain(hit);
  });

  test.each([
    'see you at lunch tomorrow at 12:30',
    'your order 4111111111111112 has been sent',
    'call me when you are back, or write to bob@acme.example',
    'meeting moved to 2026-03-12, room 4.11',
  ])('has nothing to say to: %s', (text) => {
    expect(done(text, 'outbound')).toEqual([]);
  });
});
