import { describe, expect, test } from '@jest/globals';
import { until } from '../../support/carrier.ts';
import { ann, says, SignalHouse } from '../../support/signal-house.ts';
import type { SignalOptions } from '../../support/simulators/signal/simulator.ts';

describe.each(['tcp', 'http'] as const)('what Signal hands over %s', (by) => {
  test('in a burst of 1,000 from many people is recorded whole and in order, with receipts between', async () => {
    await using house = await SignalHouse.open();
    const { core } = await house.run(house.sim[by]);
    const people = Array.from({ length: 10 }, (_, i) => house.sim.customer(`+1202555${String(1_000 + i)}`));
    const said = Array.from({ length: 1_000 }, (_, i) => `text ${String(i)}`);
    for (const [i, text] of said.entries()) {
      const customer = people[i % 10];
      if (customer !== undefined) says(customer, { text });
      if (i % 100 === 0) people[0]?.receipt('delivery', [1_700_000_000_000 + i]).catch(() => undefined);
    }
    await until('all', () => core.heard.length === 1_000 && core.updates.length === 10);
    expect(core.heard).toEqual(said);
    expect(new Set(core.events.map(({ id }) => id)).size).toBe(core.events.length);
  });

  test('while nothing can be recorded is kept by Signal, and heard once afterwards', async () => {
    await using house = await SignalHouse.open();
    const { core } = await house.run(house.sim[by]);
    const customer = house.sim.customer(ann);
    const [account] = house.daemon.accounts;
    if (account === undefined) throw new Error('no account');
    core.gate = () => Promise.reject(new Error('disk full'));
    says(customer, { text: 'first' });
    await until('the record to refuse', () => core.logged.some((one) => one.startsWith('signal.record-refused')));
    await until('Signal to keep the next', () => {
      says(customer, { text: 'kept' });
      return house.daemon.kept(account) > 0;
    });
    core.gate = () => Promise.resolve();
    await until('Signal to keep nothing', () => house.daemon.kept(account) === 0);
    await until('all heard', () => core.heard.length > 1);
    expect(core.heard[0]).toBe('first');
    expect(core.heard.slice(1).every((text) => text === 'kept')).toBe(true);
  });

  test('and the record refuses for ever is on record as its bytes, and the next goes on', async () => {
    await using house = await SignalHouse.open();
    const { core } = await house.run(house.sim[by]);
    core.gate = (events) =>
      events.some((event) => event.kind === 'message' && event.message.text === 'poison')
        ? Promise.reject(new Error('not a body'))
        : Promise.resolve();
    const customer = house.sim.customer(ann);
    for (const text of ['before', 'poison', 'after']) says(customer, { text });
    await until('the next', () => core.heard.includes('after'), 25_000);
    expect(core.heard).toEqual(['before', 'after']);
    expect(core.events.map(({ kind }) => kind)).toEqual(['message', 'unsupported', 'message']);
  });
});

describe('killed between hand and record', () => {
  async function killedWith(by: 'tcp' | 'http', options: SignalOptions = {}) {
    await using house = await SignalHouse.open(options);
    const { core, connector } = await house.run(house.sim[by]);
    const customer = house.sim.customer(ann);
    says(customer, { text: 'recorded' });
    await until('the first', () => core.heard.length === 1);
    const asked = Promise.withResolvers<undefined>();
    core.gate = async () => {
      asked.resolve(undefined);
      await Promise.withResolvers<undefined>().promise;
    };
    says(customer, { text: 'in hand' });
    await asked.promise;
    const kv = new Map(core.kv);
    core.kill();
    await connector.stop(100);
    says(customer, { text: 'while away' });
    const next = await house.run(house.sim[by], { kv });
    await until('what came while away', () => next.core.heard.includes('while away'));
    return next.core.heard;
  }

  test('over HTTP with numbered events nothing is lost', async () => {
    expect(await killedWith('http')).toEqual(['in hand', 'while away']);
  });

  test('over HTTP without numbers, and over a socket, what was in hand is lost and nothing else', async () => {
    expect(await killedWith('http', { numbersEvents: false })).toEqual(['while away']);
    expect(await killedWith('tcp')).toEqual(['while away']);
  });
});

test('after a commit that was said to have failed everything is heard once', async () => {
  await using house = await SignalHouse.open();
  const { core } = await house.run(house.sim.http);
  core.failAfterCommit = 2;
  says(house.sim.customer(ann), { text: 'once' });
  await until('again', () => core.events.length === 3);
  expect(core.heard).toEqual(['once']);
});
