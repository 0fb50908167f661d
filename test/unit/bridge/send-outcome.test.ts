import { describe, expect, test } from '@jest/globals';
import { failures, type FailureKind } from '../../../src/core/failures.ts';
import {
  must,
  parseConnectorId,
  parseLineId,
  parseMillis,
  parsePosition,
  parseRemoteId,
} from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { turnOfResult, type Sending } from '../../../src/bridge/outbound/send-outcome.ts';

const sending: Sending = {
  of: must(parsePosition(7)),
  attempt: 2,
  generation: 0,
  connector: must(parseConnectorId('carrier')),
  line: must(parseLineId('sales')),
  at: must(parseMillis(1000)),
  maybeTwice: false,
};
const id = must(parseRemoteId('abc'));
const kinds = Object.keys(failures).filter((kind): kind is FailureKind => kind in failures);

function bodyOf(result: SendResult, given = sending) {
  const entry = turnOfResult(result, given).entries?.[0];
  return entry?.kind === 'delivery.outcome' ? entry.body : undefined;
}

describe("a connector's answer", () => {
  test.each<[SendResult, object]>([
    [
      { state: 'sent', ids: [id] },
      { state: 'sent', ids: [id] },
    ],
    [
      { state: 'pending', settleWithinMs: 5 },
      { state: 'pending', settleBy: 1005 },
    ],
    [
      { state: 'pending', ids: [id], settleWithinMs: 5 },
      { state: 'pending', ids: [id], settleBy: 1005 },
    ],
    [
      { state: 'pending', settleWithinMs: Number.POSITIVE_INFINITY },
      { state: 'pending', settleBy: 1000 + 7 * 86_400_000 },
    ],
    [
      { state: 'pending', settleWithinMs: Number.NaN },
      { state: 'pending', settleBy: 1000 },
    ],
    [
      { state: 'pending', settleWithinMs: -1 },
      { state: 'pending', settleBy: 1000 },
    ],
    [
      { state: 'unknown', detail: 'lost' },
      { state: 'unknown', reason: 'unknown', detail: 'lost' },
    ],
    [
      { state: 'failed', reason: 'bad-address', code: '11', detail: 'invalid\n  destination' },
      { state: 'failed', reason: 'bad-address', code: '11', detail: 'invalid destination' },
    ],
    [
      { state: 'failed', reason: 'provider-down' },
      { state: 'failed', reason: 'provider-refused' },
    ],
  ])('%j ends the task with its outcome', (result, body) => {
    expect(turnOfResult(result, sending)).toMatchObject({ to: 'done' });
    expect(bodyOf(result)).toEqual({ of: 7, target: 'network', ...body });
  });

  test.each([
    ['connector', { to: 'gate', gate: 'connector:carrier' }],
    ['line', { to: 'gate', gate: 'line:sales' }],
    ['chat', { to: 'retry' }],
    ['message', { to: 'retry' }],
  ] as const)('that asks for a retry of scope %s is obeyed', (scope, turn) => {
    const result = { state: 'retry', afterMs: 9000, scope, reason: 'rate-limited' } as const;
    expect(turnOfResult(result, sending)).toMatchObject({ ...turn, afterMs: 9000, reason: 'rate-limited' });
    expect(bodyOf(result)).toMatchObject({ state: 'failed', reason: 'rate-limited' });
  });

  test.each(kinds)('that asks for a retry as %s gets one only where the failure table allows it', (reason) => {
    const { to } = turnOfResult({ state: 'retry', afterMs: 1, scope: 'line', reason }, sending);
    expect(to).toBe(failures[reason].retry.how === 'never' ? 'done' : 'gate');
  });

  test('after an unclear attempt says that the message may have gone out twice', () => {
    expect(bodyOf({ state: 'sent', ids: [id] }, { ...sending, maybeTwice: true })?.maybeTwice).toBe(true);
    expect(
      bodyOf({ state: 'failed', reason: 'rejected' }, { ...sending, maybeTwice: true })?.maybeTwice,
    ).toBeUndefined();
  });

  test('is recorded as coming from the connector that gave it', () => {
    const [entry] = turnOfResult({ state: 'sent', ids: [id] }, sending).entries ?? [];
    expect(entry?.source).toEqual({ system: 'network:carrier', id: 'outcome/7/2', sure: true });
  });

  test('is another entry when a person asked again, even where it is refused before an attempt', () => {
    const refused = { state: 'failed', reason: 'bad-address' } as const;
    const [again] = turnOfResult(refused, { ...sending, generation: 1 }).entries ?? [];
    expect(again?.source.id).not.toBe(turnOfResult(refused, sending).entries?.[0]?.source.id);
  });
});
