/** Each call to the homeserver fails in each way there is: nothing is tried for ever, nothing is lost without a word. */
import { describe, expect, test } from '@jest/globals';
import { homeserverGate } from '../../../src/core/ids.ts';
import type { HomeserverFailure } from '../../../src/core/ports/homeserver.ts';
import { alice, openHouse, type House } from './house.ts';
import { desk, portalRoom } from './room-acts.ts';

const failures: readonly HomeserverFailure[] = [
  { kind: 'down', detail: 'ECONNREFUSED' },
  { kind: 'unclear', detail: 'timeout' },
  { kind: 'rate-limited', afterMs: 5_000 },
  { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'no' },
  { kind: 'forbidden', errcode: 'M_USER_LOCKED', detail: 'no' },
  { kind: 'not-found', errcode: 'M_NOT_FOUND', detail: 'no' },
  { kind: 'too-large', detail: 'no' },
  { kind: 'refused', status: 400, errcode: 'M_BAD_JSON', detail: 'no' },
];
/** What opens a chat, and what shows a text in one that is open. */
const opening = ['createRoom', 'ensureGhost', 'ensureJoined', 'setState', 'state', 'send'];
const open = ['send', 'findEcho', 'redact'];

const table = (calls: readonly string[], which: (failure: HomeserverFailure) => boolean) =>
  calls.flatMap((call) => failures.filter(which).map((failure) => ({ call, failure, name: nameOf(failure) })));

function nameOf(failure: HomeserverFailure): string {
  return 'errcode' in failure ? failure.errcode : failure.kind;
}

/** Passing failures end when the homeserver is well again; final ones end by themselves. */
function passes({ kind }: HomeserverFailure): boolean {
  return kind === 'down' || kind === 'unclear' || kind === 'rate-limited';
}

function ends(failure: HomeserverFailure): boolean {
  return !passes(failure);
}

/** Two hours and more: a text that ends after one, and the word of it that ends after another. */
async function waitLong(house: House): Promise<void> {
  for (let minute = 0; minute < 130 && (await openTasks(house)) > 0; minute += 1) await house.pass(61_000);
}

async function waitSome(house: House): Promise<void> {
  for (let minute = 0; minute < 5; minute += 1) await house.pass(61_000);
}

async function openTasks(house: House) {
  return (await house.runner.summary()).ready;
}

describe('a customer’s text, while the homeserver answers', () => {
  test.each(table(opening, passes))(
    '$call with $name: waits, and is shown when it answers again',
    async ({ call, failure }) => {
      await using house = await openHouse(undefined, undefined, () => 0.5);
      const heal = house.homeserver.failAlways(call, failure);
      const position = await house.receive('hello');
      await waitSome(house);
      expect((await house.message(position))?.state).toBe('waiting');
      heal();
      // What the pings do when the homeserver answers again.
      house.runner.openGate(homeserverGate);
      await house.pass(120_000);
      await house.pass(120_000);
      expect((await house.message(position))?.state).toBe('sent');
      expect(await openTasks(house)).toBe(0);
    },
    60_000,
  );

  test.each(table(opening, ends))(
    '$call with $name: is shown another way, or given up visibly',
    async ({ call, failure }) => {
      await using house = await openHouse(undefined, undefined, () => 0.5);
      const office = await desk(house);
      house.homeserver.failAlways(call, failure);
      const position = await house.receive('hello');
      await waitLong(house);
      expect(await openTasks(house)).toBe(0);
      const message = await house.message(position);
      const dead = (await house.entries('task.dead')).map((entry) => entry.body.task);
      // Compliance hears of it, unless what failed is the telling: then that is given up visibly too.
      const heard = house.shown(office).length + dead.filter((task) => task.endsWith('/unshown')).length;
      expect(message?.state === 'sent' || (message?.state === 'failed' && heard > 0)).toBe(true);
      expect(house.homeserver.calls.length).toBeLessThan(2_000);
      // The desk, the space, the chat, and at most another one for a room in which nobody of ours may speak.
      expect(house.homeserver.rooms.size).toBeLessThan(8);
    },
    60_000,
  );
});

describe('marks and words in an open chat, while the homeserver answers', () => {
  async function failedAnswer(house: House, fails: { call: string; failure: HomeserverFailure }) {
    const office = await desk(house);
    const room = await portalRoom(house);
    const heal = house.homeserver.failAlways(fails.call, fails.failure);
    house.network.answers.push({ state: 'failed', reason: 'rejected', detail: 'no' });
    const { position } = await house.write(alice, room, 'hello');
    await (passes(fails.failure) ? waitSome(house) : waitLong(house));
    expect(await house.message(position)).toMatchObject({ state: 'failed', reason: 'rejected' });
    const words = () => house.shown(room).filter((line) => line.startsWith('@gatehouse'));
    return { office, heal, words };
  }

  test.each(table(open, passes))(
    '$call with $name: are said once when it answers again',
    async (fails) => {
      await using house = await openHouse(undefined, undefined, () => 0.5);
      const { heal, words } = await failedAnswer(house, fails);
      heal();
      // What the pings do when the homeserver answers again.
      house.runner.openGate(homeserverGate);
      await house.pass(120_000);
      await house.pass(120_000);
      expect(words()).toHaveLength(1);
      expect(await openTasks(house)).toBe(0);
    },
    60_000,
  );

  test.each(table(open, ends))(
    '$call with $name: end, and make no words of their own',
    async (fails) => {
      await using house = await openHouse(undefined, undefined, () => 0.5);
      const { office, words } = await failedAnswer(house, fails);
      expect(await openTasks(house)).toBe(0);
      expect(house.shown(office)).toEqual([]);
      expect(words().length).toBeLessThanOrEqual(1);
    },
    60_000,
  );
});
