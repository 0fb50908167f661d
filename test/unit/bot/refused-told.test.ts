import { beforeEach, describe, expect, test } from '@jest/globals';
import { refusedToldTask } from '../../../src/bot/staff/refused-told.ts';
import type { Draft, EntryOf } from '../../../src/core/entry.ts';
import { lane, must, parseClassId, taskIdFor, type RoomId, type UserId } from '../../../src/core/ids.ts';
import type { KeptHit } from '../../../src/core/policy-entries.ts';
import type { Task, Turn } from '../../../src/tasks/task.ts';
import { FakeHomeserver } from './fake-homeserver.ts';
import { alice, millis, now, position, room } from './samples.ts';

const office = room('!office:acme.example');
type Body = EntryOf<'policy.refused'>['body'];

function refusal(more: Partial<Pick<Body, 'until' | 'shadow'>> = {}): EntryOf<'policy.refused'> {
  const finding = { by: 'detector:card', what: 'body', start: 0, end: 19, confidence: 1, tricks: [], over: [] };
  const hit: KeptHit = {
    ...{ rule: 'card-number', version: 'a'.repeat(64), says: 'looks like a payment card number' },
    ...{ severity: 'high', consequence: 'block', dryRun: false, notify: false, count: 1 },
    findings: [{ ...finding, masked: 'ends 1111' }],
  };
  return {
    ...{ kind: 'policy.refused', v: 1, position: position(8812), at: now, recordedAt: now },
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'gatehouse', id: 'policy.refused/$x', sure: true },
    body: {
      callback: 'check_event_for_spam',
      ...{ user: alice, room: office, rules: 'b'.repeat(64), content: 'c'.repeat(64) },
      event: { type: 'm.room.message', content: { msgtype: 'm.text', body: '4111 1111 1111 1111' } },
      ...{ hits: [hit], shadow: false },
      ...more,
    },
  };
}

let homeserver: FakeHomeserver;
let recorded: Draft[];
let known: Map<UserId, RoomId>;

beforeEach(() => {
  homeserver = new FakeHomeserver();
  recorded = [];
  known = new Map();
});

function tell(entry: Parameters<ReturnType<typeof refusedToldTask>>[1], attempts = 0): Promise<Turn> {
  const recorder = {
    append: (drafts: readonly Draft[]) => {
      for (const draft of drafts) {
        recorded.push(draft);
        if (draft.kind === 'room.made' && draft.body.use.kind === 'staff')
          known.set(draft.body.use.user, draft.body.room);
      }
      return Promise.resolve([{ position: position(1), duplicate: false }]);
    },
  };
  const rooms = {
    homeserver,
    recorder,
    clock: { now: () => now },
    known: (who: UserId) => Promise.resolve(known.get(who)),
  };
  const task: Task = {
    ...{ id: taskIdFor(entry.position, 'policy.refused-told'), lane: lane('staff', 'x'), kind: 'policy.refused-told' },
    ...{ position: entry.position, state: 'ready', attempts, notBefore: millis(0) },
  };
  const context = { signal: new AbortController().signal, mayRepeat: false };
  return refusedToldTask({ rooms, homeserver })(task, entry, context);
}

describe('Somebody whose message was refused', () => {
  test('is told in a chat with @gatehouse, which is made where there is none; it sounds, and repeats nothing', async () => {
    expect(await tell(refusal())).toEqual({ to: 'done' });
    const [said, ...more] = homeserver.sent;
    expect(more).toEqual([]);
    expect(said).toMatchObject({ as: homeserver.gatehouse, room: known.get(alice), source: 8812, part: 'refused' });
    expect(said?.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice] } });
    expect(said?.content['body']).toBe(
      'Not sent: looks like a payment card number (ends 1111). It is on record (8812).\n' +
        'Room: https://matrix.to/#/!office%3Aacme.example?via=acme.example',
    );
    expect(JSON.stringify(homeserver.sent)).not.toContain('4111');
    expect(recorded.map(({ kind }) => kind)).toEqual(['room.made']);
  });

  test('is told how to send it all the same where a rule only warns', async () => {
    await tell(refusal({ until: millis(now + 300_000) }));
    expect(homeserver.sent[0]?.content['body']).toContain('\nTo send it all the same, reply !anyway and why');
  });

  test('is told once, whatever the homeserver answers and however often it is tried', async () => {
    homeserver.failures.push({ call: 'send', failure: { kind: 'unclear', detail: 'timeout' }, after: true });
    expect(await tell(refusal())).toMatchObject({ to: 'retry' });
    expect(await tell(refusal(), 1)).toEqual({ to: 'done' });
    expect(homeserver.sent).toHaveLength(1);
    expect(homeserver.rooms.size).toBe(1);
  });

  test('waits while the homeserver is down', async () => {
    homeserver.failures.push({ call: 'createRoom', failure: { kind: 'down', detail: 'refused' } });
    expect(await tell(refusal())).toMatchObject({ to: 'gate' });
    expect(homeserver.sent).toEqual([]);
  });

  test('notices nothing of a trial run, or of what was erased since', async () => {
    const { position: at, kind, recordedAt, class: klass } = refusal();
    expect(await tell(refusal({ shadow: true }))).toEqual({ to: 'done' });
    expect(await tell({ position: at, kind, at: now, recordedAt, class: klass, erased: true })).toEqual({ to: 'done' });
    expect([homeserver.sent, homeserver.rooms.size]).toEqual([[], 0]);
  });
});
