import { describe, expect, test } from '@jest/globals';
import type { KeptHit } from '../../../../src/core/policy-entries.ts';
import { decidingHit, refusalWords, type Refused } from '../../../../src/policy/presend/refusal-words.ts';

function hit(more: Partial<KeptHit> = {}): KeptHit {
  return {
    rule: 'card-number',
    version: 'a'.repeat(64),
    says: 'looks like a payment card number',
    severity: 'high',
    consequence: 'block',
    dryRun: false,
    notify: false,
    count: 1,
    findings: [finding('ends 1111')],
    ...more,
  };
}

function finding(masked: string): KeptHit['findings'][number] {
  return { by: 'detector:card', what: 'body', start: 0, end: 19, confidence: 1, masked, tricks: [], over: [] };
}

const sent = { callback: 'check_event_for_spam', event: { type: 'm.room.message' }, hits: [hit()] } as const;

describe('Whoever is refused reads', () => {
  test.each<readonly [string, Pick<Refused, 'callback' | 'hits' | 'event' | 'barrier' | 'failed'>, string]>([
    ['why', sent, 'Not sent: looks like a payment card number (ends 1111).'],
    ['that of a topic', { ...sent, event: { type: 'm.room.topic' } }, 'Topic not changed: looks like a'],
    ['that of a name', { ...sent, event: { type: 'm.room.name' } }, 'Name not changed: looks like a'],
    ['words without a value', { ...sent, hits: [hit({ findings: [finding('')] })] }, 'payment card number.'],
    ['the strictest', { ...sent, hits: [hit({ consequence: 'warn', says: 'is odd' }), hit()] }, 'looks like'],
    [
      'no dry run',
      { ...sent, hits: [hit({ dryRun: true }), hit({ consequence: 'warn', says: 'is odd' })] },
      'Not sent: is odd',
    ],
    ['that it was not checked', { ...sent, hits: [], failed: 'took-too-long' }, "Not sent: it couldn't be checked"],
    [
      'about encryption',
      { ...sent, hits: [], event: { type: 'm.room.encryption' } },
      'Not encrypted: rooms here are recorded, and must stay readable.',
    ],
    [
      'about people kept apart',
      { callback: 'user_may_invite', hits: [], barrier: ['falcon', 'sales'] },
      'Not invited: the company keeps people of this room apart. Ask compliance.',
    ],
    ['about a join', { callback: 'user_may_join_room', hits: [], barrier: ['falcon', 'sales'] }, 'Not joined: '],
    ['something, whatever it was', { ...sent, hits: [] }, 'Not sent: a company rule stopped it.'],
  ])('%s', (_, refused, words) => {
    expect(refusalWords(refused)).toContain(words);
    expect(refusalWords(refused)).not.toContain('falcon');
  });

  test('a rule that is a dry run decides nothing', () => {
    expect(decidingHit([hit({ dryRun: true })])).toBeUndefined();
  });
});
