import { describe, expect, test } from '@jest/globals';
import { isThrottle, submitFailure } from '../../../../src/networks/smpp/submit-failure.ts';

describe('what the carrier answers to a text', () => {
  test.each([
    [0x58, 'too fast'],
    [0x14, 'its queue is full'],
  ])('%i (%s) slows the connector down', (code) => {
    expect(isThrottle(code)).toBe(true);
  });

  test.each([
    [0x08, 'a fault of its system'],
    [0x64, 'not now'],
  ])('%i (%s) is believed four times, each with a longer pause, and then fails', (code) => {
    const results = [1, 2, 3, 4, 5].map((attempt) => submitFailure(code, attempt));
    const retry = { state: 'retry', scope: 'message', reason: 'provider-down' };
    expect(results).toMatchObject([
      { ...retry, afterMs: 5_000 },
      { ...retry, afterMs: 10_000 },
      { ...retry, afterMs: 15_000 },
      { ...retry, afterMs: 20_000 },
      { state: 'failed', reason: 'provider-refused' },
    ]);
    expect(isThrottle(code)).toBe(false);
  });

  test('0x04 says that we are not bound: nobody’s text is lost by it', () => {
    expect(submitFailure(0x04, 9)).toMatchObject({ state: 'retry', scope: 'connector', reason: 'provider-down' });
  });

  test.each([
    [0x01, 'too-long'],
    [0x0a, 'sender-not-registered'],
    [0x48, 'sender-not-registered'],
    [0x49, 'sender-not-registered'],
    [0x0b, 'bad-address'],
    [0x50, 'bad-address'],
    [0x51, 'bad-address'],
    [0x43, 'provider-refused'],
    [0x45, 'provider-refused'],
    [0x65, 'provider-refused'],
    [0x66, 'provider-refused'],
    [0x104, 'provider-refused'],
    [0x400, 'provider-refused'],
    [0x4ff, 'provider-refused'],
    [0xffffffff, 'provider-refused'],
  ])('%i is the end of it: %s, with its number', (code, reason) => {
    expect(submitFailure(code, 1)).toMatchObject({
      state: 'failed',
      reason,
      code: `0x${code.toString(16).toUpperCase().padStart(2, '0')}`,
    });
    expect(isThrottle(code)).toBe(false);
  });
});
