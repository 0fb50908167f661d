import { describe, expect, test } from '@jest/globals';
import { transactionId } from '../../../src/matrix/transaction-id.ts';

const sent = ['@_gh_sms_1:acme.example', '!room:acme.example', '7', 'text'];

describe('a transaction id', () => {
  test('is the same for the same send and safe in a path', () => {
    expect(transactionId(sent)).toBe(transactionId([...sent]));
    expect(transactionId(sent)).toMatch(/^[a-z2-7]{52}$/u);
  });

  test('differs by ghost, room, source and part: Synapse tells none of them apart', () => {
    const others = sent.map((_, changed) => sent.map((part, i) => (i === changed ? `${part}x` : part)));
    expect(
      new Set([sent, ...others, ['@_gh_sms_1:acme.example!', 'room:acme.example', '7', 'text']].map(transactionId))
        .size,
    ).toBe(6);
  });

  test('is base32 of SHA-256 as RFC 4648 writes it', () => {
    // SHA-256 of nothing, by coreutils: printf '' | sha256sum | xxd -r -p | base32
    expect(transactionId([])).toBe('4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq');
  });
});
