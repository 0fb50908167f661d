import { describe, expect, test } from '@jest/globals';
import { must, parseNetworkId } from '../../../src/core/ids.ts';
import type { KeptFinding, KeptHit } from '../../../src/core/policy-entries.ts';
import { rejectedWords, stoppedWords } from '../../../src/bridge/outbound/policy-words.ts';

const filling = { name: 'Ann Lee', network: must(parseNetworkId('sms')) };
const found: KeptFinding = {
  ...{ by: 'detector:card', what: 'body', start: 0, end: 16, confidence: 0.9, masked: 'ends 1111' },
  ...{ tricks: [], over: [] },
};
const hit: KeptHit = {
  ...{ rule: 'card-number', version: '0'.repeat(64), says: 'looks like a payment card number', severity: 'high' },
  ...{ consequence: 'quarantine', dryRun: false, notify: false, count: 1, findings: [found] },
};
const verdict = { hits: [hit], unread: [], consequence: 'quarantine' } as const;

describe('the words of a quarantine', () => {
  test('are those of the rule, with what was found masked', () => {
    expect(stoppedWords(verdict, filling)).toBe(
      'Quarantined: looks like a payment card number (ends 1111). Compliance has been asked; your next messages go out meanwhile. Delete it to withdraw it.',
    );
  });

  test('are those of the rule that acted, not of a dry run or a milder one', () => {
    const dry = { ...hit, says: 'a rule on trial', dryRun: true };
    const flagged = { ...hit, says: 'only flagged', consequence: 'flag' as const };
    expect(stoppedWords({ ...verdict, hits: [dry, flagged, hit] }, filling)).toContain('payment card number');
    const harder = { ...hit, says: 'would be cut out.', consequence: 'redact' as const };
    expect(stoppedWords({ ...verdict, hits: [dry, harder] }, filling)).toContain('Quarantined: would be cut out (ends');
  });

  test('leave out what is not masked, and stay one line', () => {
    const words = { ...hit, says: 'talks of\nWhatsApp‮', findings: [{ ...found, masked: '' }] };
    expect(stoppedWords({ ...verdict, hits: [words] }, filling)).toContain(
      'Quarantined: talks of WhatsApp. Compliance',
    );
    const long = stoppedWords({ ...verdict, hits: [{ ...words, says: 'x'.repeat(5_000) }] }, filling);
    expect(long?.length).toBeLessThan(500);
  });

  test('say so where no rule could speak', () => {
    const none = { ...verdict, hits: [] };
    expect(stoppedWords({ ...none, failed: 'took-too-long' }, filling)).toContain("couldn't be checked");
    expect(stoppedWords({ ...none, unread: [{ why: 'locked' }] }, filling)).toContain("can't be read");
  });
});

test('a warning says what to write to send it all the same', () => {
  const warned = { ...verdict, consequence: 'warn', hits: [{ ...hit, consequence: 'warn' as const }] } as const;
  expect(stoppedWords(warned, filling)).toBe(
    'Not sent yet: looks like a payment card number (ends 1111). !anyway and why (reply) sends it all the same, within 5 minutes.',
  );
});

test('a milder verdict has no words for the sender', () => {
  expect(stoppedWords({ ...verdict, consequence: 'flag' }, filling)).toBeUndefined();
});

describe('the words of a rejection', () => {
  test('name who rejected it, and why', () => {
    const by = '@olivia:acme.example';
    expect(rejectedWords({ by, note: 'please use the payment link.' }, verdict)).toBe(
      'Not sent (Olivia): please use the payment link.',
    );
    expect(rejectedWords({ by }, undefined)).toBe('Not sent (Olivia).');
  });

  test('say what it was stopped for where she gave no reason', () => {
    const by = '@olivia:acme.example';
    const words = 'Not sent (Olivia): looks like a payment card number (ends 1111).';
    expect(rejectedWords({ by }, verdict)).toBe(words);
    expect(rejectedWords({ by, note: ' \n ' }, verdict)).toBe(words);
  });
});
