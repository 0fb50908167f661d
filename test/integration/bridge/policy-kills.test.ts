import { describe, expect, test } from '@jest/globals';
import { alice } from './house.ts';
import {
  chatIn,
  decide,
  deleteAtOnce,
  editAtOnce,
  judgedHouse,
  reopened,
  texts,
  WORDS,
  type Decision,
} from './gate-acts.ts';

const killed = new Error('killed here');
const CARD = 'My card is 4111';

describe('a kill', () => {
  test('while a message is judged has it judged again, as if for the first time', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    house.gatekeeper.during = () => Promise.reject(killed);
    const { position } = await house.write(alice, room, CARD);
    expect((await house.message(position))?.state).toBe('waiting');
    const again = await reopened(house);
    await again.pass(60_000);
    expect(again.gatekeeper.asked).toEqual([CARD]);
    expect(await again.entries('policy.verdict')).toHaveLength(1);
    expect((await again.message(position))?.state).toBe('quarantined');
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test('after the verdict leaves the mark, the reply and the later messages to the next life', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const repair = house.homeserver.failAlways('send', { kind: 'down', detail: 'killed' });
    const { position } = await house.write(alice, room, CARD);
    await house.runner[Symbol.asyncDispose]();
    house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'And?' } });
    const again = await reopened(house);
    repair();
    await again.pass(60_000);
    await again.pass(60_000);
    expect(texts(again)).toEqual(['And?']);
    expect(again.gatekeeper.asked).toEqual(['And?']);
    expect((await again.message(position))?.state).toBe('quarantined');
    expect(again.shown(room).filter((line) => line === '[🛑]')).toHaveLength(1);
    expect(again.shown(room).filter((line) => line.endsWith(WORDS))).toHaveLength(1);
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test.each(['approved', 'rejected', 'expired'] as const)(
    'after it was %s leaves what follows to the next life',
    async (how) => {
      const house = await judgedHouse();
      const room = await chatIn(house);
      const { position } = await house.write(alice, room, CARD);
      await house.pass(3_000);
      await house.runner[Symbol.asyncDispose]();
      await decide(house, position, [how]);
      const again = await reopened(house);
      await again.pass(3_000);
      await again.pass(3_000);
      expect(texts(again)).toEqual(how === 'approved' ? [CARD] : []);
      expect(again.shown(room).filter((line) => line.startsWith('['))).toEqual([how === 'approved' ? '[✓]' : '[🛑]']);
      await again.stop();
      await house.test[Symbol.asyncDispose]();
    },
  );

  test('between the approval and the attempt asks the gate once more, and sends once', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    house.gatekeeper.during = () => Promise.reject(killed);
    await decide(house, position, ['approved']);
    await house.settle();
    expect(texts(house)).toEqual([]);
    const again = await reopened(house);
    await again.pass(60_000);
    expect(texts(again)).toEqual([CARD]);
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test('while the network is asked leaves an approved message unknown, and it is never sent again', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    house.network.answers.push(killed);
    await decide(house, position, ['approved']);
    await house.settle();
    const again = await reopened(house);
    await again.pass(60_000);
    expect(texts(again)).toEqual([CARD]);
    expect((await again.message(position))?.state).toBe('unknown');
    await decide(again, position, ['approved', 'rejected', 'expired']);
    await again.pass(60_000);
    expect(texts(again)).toEqual([CARD]);
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });
});

describe('of two that come at once, what is on record first counts:', () => {
  test.each<[readonly Decision[], readonly string[], string]>([
    [['approved', 'rejected'], [CARD], 'sent'],
    [['approved', 'expired'], [CARD], 'sent'],
    [['rejected', 'approved'], [], 'failed'],
    [['expired', 'approved'], [], 'failed'],
    [['overridden', 'rejected'], [], 'failed'],
  ])('%s', async (hows, sent, state) => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    await decide(house, position, hows);
    await house.pass(3_000);
    expect(texts(house)).toEqual(sent);
    expect((await house.message(position))?.state).toBe(state);
  });

  test('the approval before the deletion', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    // It waits for its turn, and so it can still be taken back.
    const turn = Promise.withResolvers<undefined>();
    house.network.place = () => turn.promise;
    await decide(house, position, ['approved']);
    await deleteAtOnce(house, body);
    house.network.place = () => undefined;
    turn.resolve(undefined);
    await house.pass(3_000);
    expect(texts(house).length).toBeLessThanOrEqual(1);
    const state = (await house.message(position))?.state;
    expect([state, texts(house).length]).toEqual(state === 'withdrawn' ? ['withdrawn', 0] : ['sent', 1]);
  });

  test('the edit before the approval: what was approved is not what would go out', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    await house.runner[Symbol.asyncDispose]();
    await editAtOnce(house, body, 'My card is 4222');
    await decide(house, position, ['approved']);
    const again = await reopened(house);
    await again.pass(3_000);
    expect(texts(again)).toEqual([]);
    expect(await again.message(position)).toMatchObject({ state: 'quarantined', replacedBy: expect.anything() });
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test('the approval before the edit: the new text is judged by itself', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, CARD);
    await house.pass(3_000);
    await house.runner[Symbol.asyncDispose]();
    await decide(house, position, ['approved']);
    await editAtOnce(house, body, 'My card is 4222');
    const again = await reopened(house);
    await again.pass(3_000);
    expect(texts(again)).toEqual([]);
    expect((await again.message(position))?.state).toBe('quarantined');
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });
});

describe('an edit while a message is judged', () => {
  test('has the new text judged too before anything goes out', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const gate = house.gatekeeper;
    gate.during = async () => {
      gate.during = () => Promise.resolve();
      const written = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
      if (written !== undefined) await editAtOnce(house, written.body, CARD);
    };
    const { position } = await house.write(alice, room, 'See you');
    await house.pass(3_000);
    expect(gate.asked).toEqual(['See you', CARD]);
    expect(texts(house)).toEqual([]);
    expect(await house.message(position)).toMatchObject({ state: 'quarantined', attempts: 1 });
    const first = (await house.entries('delivery.outcome')).find(({ body }) => body.of === position);
    expect(first?.body).toMatchObject({ state: 'failed', detail: 'edited before it was sent' });
    await decide(house, position, ['approved']);
    await house.pass(3_000);
    expect(texts(house)).toEqual([CARD]);
  });

  test('is never called unclear, whoever dies while the new text is judged', async () => {
    const house = await judgedHouse();
    const room = await chatIn(house);
    const gate = house.gatekeeper;
    gate.during = async () => {
      gate.during = () => Promise.reject(killed);
      const written = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
      if (written !== undefined) await editAtOnce(house, written.body, 'See you soon');
    };
    const { position } = await house.write(alice, room, 'See you');
    const again = await reopened(house);
    await again.pass(60_000);
    expect(texts(again)).toEqual(['See you soon']);
    expect((await again.message(position))?.state).toBe('sent');
    await again.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test('that takes out what would have stopped it lets it go at once', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const gate = house.gatekeeper;
    gate.during = async () => {
      gate.during = () => Promise.resolve();
      const written = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
      if (written !== undefined) await editAtOnce(house, written.body, 'See you');
    };
    await house.write(alice, room, CARD);
    await house.pass(3_000);
    expect(gate.asked).toEqual([CARD, 'See you']);
    expect(texts(house)).toEqual(['See you']);
  });

  test('goes out once a gate that could not answer about the new text does, and is not called unclear', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const gate = house.gatekeeper;
    gate.during = async () => {
      gate.during = () => Promise.resolve();
      gate.answers.push({ may: 'pass', judged: { rules: '5'.repeat(64) }, entries: [] });
      gate.answers.push({ may: 'ask-again', afterMs: 1_000 });
      const written = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
      if (written !== undefined) await editAtOnce(house, written.body, 'See you soon');
    };
    const { position } = await house.write(alice, room, 'See you');
    await house.pass(3_000);
    // Once for the old text, and for the new one until there was an answer.
    expect(gate.asked).toEqual(['See you', 'See you soon', 'See you soon']);
    expect(texts(house)).toEqual(['See you soon']);
    expect((await house.message(position))?.state).toBe('sent');
  });
});
