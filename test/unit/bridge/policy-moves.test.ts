import { describe, expect, test } from '@jest/globals';
import { faceOf } from '../../../src/bridge/marks/mark-face.ts';
import { abandoned, attempted, deferred, edited, received } from '../../../src/bridge/messages/message-moves.ts';
import { retried, settled, withdrawn } from '../../../src/bridge/messages/message-moves.ts';
import type { Message, MessageState } from '../../../src/bridge/messages/message-store.ts';
import { approved, expired, overridden, rejected, stoppedBy } from '../../../src/bridge/messages/policy-moves.ts';
import { at, madeMessage } from './made-message.ts';

const now = at(50);
/** The verdict that a quarantined message stands by. */
const verdict = at(20);

const message = (state: MessageState, more: Partial<Message> = {}) => madeMessage(state, { changed: verdict, ...more });

type Move = (message: Message) => Message;
const network = { of: at(7), target: 'network' } as const;
const moves = {
  quarantine: (of) => stoppedBy(of, { consequence: 'quarantine' }, now),
  warn: (of) => stoppedBy(of, { consequence: 'warn' }, now),
  flag: (of) => stoppedBy(of, { consequence: 'flag' }, now),
  approved: (of) => approved(of, { verdict }, now),
  overridden: (of) => overridden(of, { of: verdict }, now),
  rejected: (of) => rejected(of, { verdict }, now),
  expired: (of) => expired(of, { verdict }, now),
  edited: (of) => edited(of, now),
  withdrawn: (of) => withdrawn(of, now),
  cancelled: (of) => abandoned(of, 'withdrawn', now),
  'given up': (of) => abandoned(of, 'internal', now),
  retried: (of) => retried(of, now),
  deferred: (of) => deferred(of, now),
  attempted: (of) => attempted(of, now),
  sent: (of) => settled(of, { ...network, state: 'sent' }, now),
  failed: (of) => settled(of, { ...network, state: 'failed', reason: 'rejected' }, now),
  delivered: (of) => received(of, 'delivered', now),
} as const satisfies Readonly<Record<string, Move>>;
type Name = keyof typeof moves;
const names: readonly Name[] = [
  ...(['quarantine', 'warn', 'flag', 'approved', 'overridden', 'rejected', 'expired', 'edited', 'withdrawn'] as const),
  ...(['cancelled', 'given up', 'retried', 'deferred', 'attempted', 'sent', 'failed', 'delivered'] as const),
];

/** Where each state gets by each move; what is left out stays as it is. */
const table: Readonly<Record<MessageState, Readonly<Partial<Record<Name, MessageState>>>>> = {
  waiting: {
    ...{ quarantine: 'quarantined', warn: 'quarantined', withdrawn: 'withdrawn', cancelled: 'withdrawn' },
    ...{ 'given up': 'failed', attempted: 'attempting', sent: 'sent', failed: 'failed' },
  },
  attempting: { 'given up': 'failed', sent: 'sent', failed: 'failed' },
  quarantined: {
    ...{ approved: 'waiting', rejected: 'failed', expired: 'failed', edited: 'waiting' },
    ...{ withdrawn: 'withdrawn', cancelled: 'withdrawn' },
  },
  pending: { sent: 'sent', failed: 'failed', delivered: 'delivered' },
  sent: { failed: 'failed', delivered: 'delivered' },
  unknown: { retried: 'waiting', sent: 'sent', failed: 'failed', delivered: 'delivered' },
  failed: { retried: 'waiting', sent: 'sent', delivered: 'delivered' },
  delivered: {},
  read: {},
  withdrawn: { retried: 'waiting' },
};
const states = Object.keys(table).filter((one): one is MessageState => one in table);
const cells = states.flatMap((state) => names.map((name) => [state, name, table[state][name] ?? state] as const));

describe('a message', () => {
  test.each(cells)('that is %s, and then %s, is %s', (state, name, then) => {
    expect(moves[name](message(state)).state).toBe(then);
  });

  test.each(states)(
    'that is %s and was moved is left alone by every decision about what it stood by before',
    (state) => {
      for (const name of names) {
        const once = moves[name](message(state));
        const settledOnce = once.state === 'attempting' ? once : { ...once, changed: now };
        for (const decision of ['approved', 'overridden', 'rejected', 'expired'] as const)
          expect(moves[decision](settledOnce)).toBe(settledOnce);
      }
    },
  );
});

describe('a verdict stops a message', () => {
  const quarantine = { consequence: 'quarantine' } as const;

  test('by the text of now alone', () => {
    const edit = message('waiting', { replacedBy: at(9) });
    expect(stoppedBy(edit, quarantine, now)).toBe(edit);
    expect(stoppedBy(edit, { ...quarantine, version: at(8) }, now)).toBe(edit);
    expect(stoppedBy(edit, { ...quarantine, version: at(9) }, now)).toMatchObject({
      state: 'quarantined',
      changed: now,
    });
  });

  test('and not by that of a file, nor one that a customer wrote', () => {
    const waiting = message('waiting');
    expect(stoppedBy(waiting, { ...quarantine, file: at(8) }, now)).toBe(waiting);
    const inbound = message('waiting', { direction: 'inbound' });
    expect(stoppedBy(inbound, quarantine, now)).toBe(inbound);
  });
});

describe('a decision', () => {
  test('lets it go out as often as it was decided, however old it is', () => {
    expect(approved(message('quarantined'), { verdict }, now)).toMatchObject({ state: 'waiting', generation: 1 });
  });

  test('about another verdict of it changes nothing', () => {
    const quarantined = message('quarantined');
    for (const other of [at(19), at(21)]) {
      expect(approved(quarantined, { verdict: other }, now)).toBe(quarantined);
      expect(rejected(quarantined, { verdict: other }, now)).toBe(quarantined);
      expect(expired(quarantined, { verdict: other }, now)).toBe(quarantined);
      expect(overridden(quarantined, { of: other }, now)).toBe(quarantined);
    }
  });

  test('of the sender answers a warning and never a quarantine', () => {
    const quarantined = message('quarantined');
    expect(overridden(quarantined, { of: verdict }, now)).toBe(quarantined);
    const warned = stoppedBy(message('waiting'), { consequence: 'warn' }, verdict);
    expect(overridden(warned, { of: verdict }, now)).toMatchObject({
      state: 'waiting',
      generation: 1,
      reason: undefined,
    });
  });

  test('that nobody made in time is told by what it was', () => {
    expect(expired(message('quarantined'), { verdict }, now).reason).toBe('policy-expired');
    const warned = stoppedBy(message('waiting'), { consequence: 'warn' }, verdict);
    expect(expired(warned, { verdict }, now).reason).toBe('policy-warned');
  });
});

describe('what its sender does with a stopped message:', () => {
  test('an edit has it judged anew, under marks and words of its own', () => {
    const again = edited(message('quarantined'), now);
    expect(again).toMatchObject({ state: 'waiting', changed: now, replacedBy: now, generation: 1 });
  });

  test.each(['policy-blocked', 'policy-rejected'] as const)('what is %s never goes out again', (reason) => {
    const refused = message('failed', { reason });
    expect(retried(refused, now)).toBe(refused);
  });

  test.each(['policy-expired', 'policy-warned'] as const)('what is %s may be asked for again', (reason) => {
    expect(retried(message('failed', { reason }), now)).toMatchObject({ state: 'waiting', generation: 1 });
  });
});

describe('the mark 🛑', () => {
  test('stands from the verdict on, and says that it failed only once that is decided', () => {
    expect(faceOf(message('quarantined'))).toEqual({ key: '🛑', name: 'stopped' });
    for (const reason of ['policy-blocked', 'policy-rejected', 'policy-expired', 'policy-warned'] as const)
      expect(faceOf(message('failed', { reason }))).toMatchObject({ key: '🛑', status: 'FAIL_PERMANENT' });
  });
});
