import { describe, expect, test } from '@jest/globals';
import { failures, type FailureKind } from '../../../src/core/failures.ts';
import {
  abandoned,
  attempted,
  edited,
  received,
  retried,
  settled,
  withdrawn,
} from '../../../src/bridge/messages/message-moves.ts';
import { at, madeMessage } from './made-message.ts';

const now = at(50);
const kinds = Object.keys(failures).filter((kind): kind is FailureKind => kind in failures);

describe('an outcome', () => {
  test.each(kinds)(
    'that failed as %s ends the message, or lets it wait where Gatehouse goes on by itself',
    (reason) => {
      const after = settled(madeMessage('attempting'), { of: at(7), target: 'network', state: 'failed', reason }, now);
      const goesOn = failures[reason].retry.how !== 'never';
      expect(after).toMatchObject({ state: goesOn ? 'waiting' : 'failed', reason, changed: now });
    },
  );

  test.each(['sent', 'pending', 'unknown'] as const)('%s is what the message then is', (state) => {
    expect(settled(madeMessage('attempting'), { of: at(7), target: 'network', state }, now).state).toBe(state);
  });

  test.each(['withdrawn', 'delivered', 'read'] as const)('changes nothing of a message that is %s', (state) => {
    const before = madeMessage(state);
    expect(settled(before, { of: at(7), target: 'network', state: 'sent' }, now)).toBe(before);
  });

  test('that lets a message wait withdraws it when its sender wished so during the attempt', () => {
    const wished = withdrawn(madeMessage('attempting'), at(40));
    expect(wished.state).toBe('attempting');
    const body = { of: at(7), target: 'network', state: 'failed', reason: 'provider-down' } as const;
    expect(settled(wished, body, now).state).toBe('withdrawn');
    expect(settled(wished, { ...body, state: 'sent' }, now).state).toBe('sent');
  });
});

describe('a change by its sender', () => {
  test('takes effect on a message that waits, and is only counted on one that went out', () => {
    expect(withdrawn(madeMessage('waiting'), now).state).toBe('withdrawn');
    expect(withdrawn(madeMessage('sent'), now).state).toBe('sent');
    expect(edited(madeMessage('waiting'), now)).toMatchObject({ replacedBy: now, lateEdits: 0 });
    expect(edited(madeMessage('sent'), now)).toMatchObject({ replacedBy: undefined, lateEdits: 1 });
  });

  test('of a message that failed is what a retry sends', () => {
    const again = retried(edited(madeMessage('failed'), at(40)), now);
    expect(again).toMatchObject({ state: 'waiting', generation: 1, replacedBy: 40 });
    expect(attempted(again, at(51))).toMatchObject({ state: 'attempting', attempts: 1, attemptedVersion: 40 });
  });
});

describe('a retry', () => {
  test.each(['waiting', 'attempting', 'pending', 'sent', 'delivered', 'read'] as const)(
    'leaves a message that is %s alone',
    (state) => {
      const before = madeMessage(state);
      expect(retried(before, now)).toBe(before);
    },
  );
});

describe('giving up', () => {
  test('ends what was open and nothing else', () => {
    expect(abandoned(madeMessage('waiting'), 'internal', now)).toMatchObject({ state: 'failed', reason: 'internal' });
    expect(abandoned(madeMessage('sent'), 'internal', now).state).toBe('sent');
  });
});

describe('a receipt', () => {
  test.each([
    ['sent', 'delivered', 'delivered'],
    ['sent', 'failed', 'failed'],
    ['sent', 'expired', 'failed'],
    ['delivered', 'sent', 'delivered'],
    ['read', 'delivered', 'read'],
    ['failed', 'delivered', 'delivered'],
    ['unknown', 'delivered', 'delivered'],
    ['withdrawn', 'delivered', 'withdrawn'],
    ['waiting', 'delivered', 'waiting'],
  ] as const)('on a message that is %s and says %s leaves it %s', (state, whole, then) => {
    expect(received(madeMessage(state), whole, now).state).toBe(then);
  });
});
