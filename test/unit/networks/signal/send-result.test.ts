import { expect, test } from '@jest/globals';
import { must, parseRemoteId, type RemoteId } from '../../../../src/core/ids.ts';
import type { Called } from '../../../../src/networks/signal/daemon.ts';
import { judge } from '../../../../src/networks/signal/send-result.ts';

const idOf = (sentAt: number): RemoteId => must(parseRemoteId(String(sentAt)));
const sending = { attempt: 2, idOf };

function failure(type: string, more: object = {}): object {
  return {
    response: {
      timestamp: 9,
      results: [{ recipientAddress: { uuid: null, number: '+1', username: null }, type, ...more }],
    },
  };
}
function error(code: number, message = '', data: unknown = null): Called {
  return { kind: 'error', code, message, data };
}

test.each<[string, Called, object]>([
  ['an answer', { kind: 'result', value: { timestamp: 9, results: [] } }, { state: 'sent', ids: ['9'] }],
  ['an older answer', { kind: 'result', value: { timestamp: 9 } }, { state: 'sent', ids: ['9'] }],
  ['an answer without a time', { kind: 'result', value: {} }, { state: 'unknown' }],
  ['no connection', { kind: 'unsent', detail: 'x' }, { state: 'retry', scope: 'connector', reason: 'provider-down' }],
  ['a lost answer', { kind: 'unclear', detail: 'x' }, { state: 'unknown' }],
  [
    '-1 for nobody on Signal',
    error(-1, 'Failed to send message', failure('UNREGISTERED_FAILURE')),
    { state: 'failed', reason: 'bad-address' },
  ],
  ['-1 in words', error(-1, 'The user +1 is not registered.'), { state: 'failed', reason: 'bad-address' }],
  ['-1 for a bad number', error(-1, "Invalid phone number '+1'"), { state: 'failed', reason: 'bad-address' }],
  [
    '-1 for a group that we left',
    error(-1, 'User is not a group member'),
    { state: 'failed', reason: 'provider-refused' },
  ],
  [
    '-1 for a group of admins',
    error(-1, 'Sending to the group is not allowed'),
    { state: 'failed', detail: 'only admins may write in this group' },
  ],
  ['-1 of the network', error(-1, 'Failed to send message', failure('NETWORK_FAILURE')), { state: 'unknown' }],
  [
    '-1 with keys that are bad',
    error(-1, '', failure('INVALID_PRE_KEY_FAILURE')),
    { state: 'failed', reason: 'provider-refused' },
  ],
  ['-1 whatever else', error(-1, 'something new'), { state: 'failed', reason: 'provider-refused' }],
  ['-3 of the network', error(-3, 'Failed to send message: timeout (InterruptedIOException)'), { state: 'unknown' }],
  [
    '-3 before anything left',
    error(-3, 'x (UnknownHostException)'),
    { state: 'retry', scope: 'connector', reason: 'provider-down', afterMs: 10_000 },
  ],
  ['-4', error(-4, '', failure('IDENTITY_FAILURE')), { state: 'failed', reason: 'provider-refused' }],
  [
    '-5',
    error(-5, '', failure('RATE_LIMIT_FAILURE', { retryAfterSeconds: 86 })),
    { state: 'retry', scope: 'line', reason: 'rate-limited', afterMs: 86_000 },
  ],
  ['-5 without a time', error(-5), { state: 'retry', scope: 'line', reason: 'rate-limited', afterMs: 60_000 }],
  ['-6', error(-6), { state: 'retry', reason: 'rate-limited' }],
  ['-32601', error(-32_601), { state: 'failed', reason: 'unsupported' }],
  [
    '-32602 for an account',
    error(-32_602, 'Specified account does not exist'),
    { state: 'retry', scope: 'line', reason: 'bad-credentials' },
  ],
  ['-32602 whatever else', error(-32_602, 'x'), { state: 'failed', reason: 'provider-refused' }],
  [
    '-32603 for a file',
    error(-32_603, 'x (AttachmentInvalidException)'),
    { state: 'failed', reason: 'provider-refused' },
  ],
  [
    '-32603 logged out',
    error(-32_603, '[401] Authorization failed! (AuthorizationFailedException)'),
    { state: 'retry', reason: 'bad-credentials' },
  ],
  ['-32603 whatever else', error(-32_603, 'x (NullPointerException)'), { state: 'unknown' }],
])('%s', (_what, called, expected) => {
  expect(judge(called, sending).result).toMatchObject(expected);
});

test('a challenge is told with its token, and a changed safety number with whose it is', () => {
  const challenge = failure('RATE_LIMIT_FAILURE', { token: 'abc', retryAfterSeconds: 86 });
  expect(judge(error(-5, '', challenge), sending).told).toEqual({ what: 'challenge', token: 'abc', afterMs: 86_000 });
  expect(judge(error(-4, '', failure('IDENTITY_FAILURE')), sending).told).toMatchObject({ what: 'untrusted' });
});

test('in a group some of whom are not trusted any more it is sent, and that is told', () => {
  const results = [
    { type: 'SUCCESS' },
    { type: 'IDENTITY_FAILURE', recipientAddress: { number: '+12025550155', uuid: null } },
  ];
  const judged = judge({ kind: 'result', value: { timestamp: 9, results } }, sending);
  expect(judged).toMatchObject({
    result: { state: 'sent' },
    told: { what: 'untrusted', results: [{ type: 'IDENTITY_FAILURE' }] },
  });
});
