/** One good file of rules as a value: what a fix shows where a key is missing or wrong. */
import type { Example } from '../../config/zod-problems.ts';

const shortest = {
  id: 'card-number',
  says: 'looks like a payment card number',
  when: { detector: 'card' },
  then: 'flag',
};
const shortNear = { first: { detector: 'card' }, second: { pattern: 'cvv' }, words: 5 };

export const exampleRules: Example = {
  see: 'docs/policy-rules.md',
  short: new Map<string, unknown>([
    ['rules', [shortest]],
    ['when', shortest.when],
    ['first', shortNear.first],
    ['second', shortNear.second],
    ['near', shortNear],
    ['any', [{ detector: 'card' }, { detector: 'iban' }]],
    ['all', [{ detector: 'card' }, { pattern: 'cvv' }]],
    ['scope', { directions: ['outbound'] }],
    ['except', { quotes: true }],
  ]),
  value: {
    rules: [
      {
        id: 'card-number',
        says: 'looks like a payment card number',
        severity: 'high',
        when: {
          detector: 'card',
          confidence: 0.85,
          lexicon: 'off-channel-en',
          pattern: 'wire \\d+ dollars',
          near: { first: { detector: 'card' }, second: { pattern: 'cvv' }, words: 5, ordered: false },
        },
        count: 1,
        unique: 1,
        hotWords: [{ words: ['visa', 'cvv'], before: 50, after: 50, by: 0.2 }],
        except: { quotes: true, urls: true, terms: ['4111 1111 1111 1111'], senders: ['"@test:acme.example"'] },
        scope: {
          directions: ['outbound', 'external'],
          lines: ['sales'],
          senderIn: ['sales'],
          hours: { zone: 'Europe/Berlin', during: 'Mon-Fri 18:00-08:00' },
        },
        then: 'quarantine',
        notify: true,
        dryRun: false,
        enabled: true,
        failMode: 'open',
        together: 3,
      },
    ],
  },
};
