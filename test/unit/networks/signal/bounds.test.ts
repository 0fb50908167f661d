import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseMillis, parseRemoteId, type Address } from '../../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../../src/core/ports/connector.ts';
import type { Notice } from '../../../../src/networks/signal/daemon.ts';
import { Groups, maxGroups } from '../../../../src/networks/signal/groups.ts';
import { Inbox, maxWaiting } from '../../../../src/networks/signal/inbox.ts';
import { maxChats, maxPerChat, Unread } from '../../../../src/networks/signal/unread.ts';
import { TestCore } from '../../../contract/networks/test-core.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const line = must(parseAddress('+12025550100'));
const ann = must(parseAddress('+12025550199'));

function heard(sentAt: number, from: Address = ann): NetworkEvent {
  const remoteId = must(parseRemoteId(`${line}/${from}/${String(sentAt)}`));
  const base = { id: String(sentAt), sure: true, at: must(parseMillis(sentAt)), raw: Buffer.alloc(0) };
  return { ...base, kind: 'message', message: { from, to: line, text: 'x', remoteId } };
}

describe('what is not read yet', () => {
  test('is told up to the newest that was read, and once', () => {
    const unread = new Unread();
    for (const sentAt of [1, 2, 3]) unread.add(heard(sentAt));
    const chat = { from: line, to: ann };
    expect(Array.from(unread.take(chat, { by: ann, sentAt: 2 }))).toEqual([[ann, [1, 2]]]);
    expect(Array.from(unread.take(chat, { by: ann, sentAt: 3 }))).toEqual([[ann, [3]]]);
    expect(Array.from(unread.take(chat, { by: ann, sentAt: 3 }))).toEqual([[ann, [3]]]);
  });

  test('is forgotten beyond so many, and the newest is told all the same', () => {
    const unread = new Unread();
    for (let sentAt = 1; sentAt <= maxPerChat + 5; sentAt += 1) unread.add(heard(sentAt));
    const [told] = unread.take({ from: line, to: ann }, { by: ann, sentAt: maxPerChat + 5 }).values();
    expect(told).toHaveLength(maxPerChat);
    unread.add(heard(7));
    for (let i = 0; i < maxChats; i += 1) unread.add(heard(9, must(parseAddress(`+1202556${String(1_000 + i)}`))));
    unread.add(heard(8));
    expect(unread.take({ from: line, to: ann }, { by: ann, sentAt: 8 }).get(ann)).toEqual([8]);
  });
});

test('groups are asked again when they change or grow old, and the one asked for longest ago is forgotten', async () => {
  const clock = new ManualClock();
  let asked = 0;
  const groups = new Groups({
    clock,
    kv: new TestCore().context().kv,
    ask: (_line, _method, params) => {
      asked += 1;
      const [id] = 'groupId' in params && Array.isArray(params.groupId) ? params.groupId.map(String) : [];
      return Promise.resolve({
        kind: 'result',
        value: [{ id, name: 'Family', members: [{ number: ann, uuid: null }, line] }],
      });
    },
  });
  const first = await groups.look(line, 'g0', 1);
  expect(first).toEqual({ id: 'g0', name: 'Family', members: [{ address: ann }] });
  await groups.look(line, 'g0', 1);
  expect(asked).toBe(1);
  await groups.look(line, 'g0', 2);
  expect(asked).toBe(2);
  clock.advance(600_001);
  await groups.look(line, 'g0', 2);
  expect(asked).toBe(3);
  for (let i = 1; i <= maxGroups; i += 1) await groups.look(line, `g${String(i)}`, 1);
  asked = 0;
  await groups.look(line, 'g0', 2);
  expect(asked).toBe(1);
});

test('nothing more is read while too much waits to be recorded, and at the stop what is left is counted', async () => {
  const core = new TestCore({ lines: [line] });
  const begun = Promise.withResolvers<undefined>();
  core.gate = async () => {
    begun.resolve(undefined);
    await Promise.withResolvers<undefined>().promise;
  };
  const inbox = new Inbox({
    ctx: core.context(),
    lines: () => [line],
    groups: () => Promise.resolve(undefined),
    stuck: () => undefined,
    recorded: () => undefined,
  });
  const notice: Notice = { raw: Buffer.from('{}'), params: {}, line, position: undefined, unasked: false };
  inbox.push(notice);
  await begun.promise;
  for (let i = 1; i < maxWaiting; i += 1) inbox.push(notice);
  expect(inbox.room()).toBeUndefined();
  inbox.push(notice);
  const room = inbox.room();
  expect(room).toBeInstanceOf(Promise);
  await inbox.stop(0);
  await room;
  expect(core.logged.find((one) => one.startsWith('signal.not-recorded'))).toContain(String(maxWaiting + 1));
});
