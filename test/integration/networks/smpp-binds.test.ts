import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { systemClock, wait } from '../../../src/core/clock.ts';
import { must, parseAddress, parsePosition, parseRemoteId, type Address } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until, type TestCarrier } from '../../support/carrier.ts';
import { cuttableProxy } from '../../support/cuttable-proxy.ts';

const line = must(parseAddress('+12025550100'));
const fast = { reconnect: { first: '20ms', most: '50ms' }, perSecond: 5_000, responseTimeout: '2s' };

interface Joined extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
  send(text: string, to?: Address): Promise<SendResult>;
}

const noted = z.looseObject({ at: z.number() });

function madeOlder(note: Uint8Array, hours: number): Uint8Array {
  const read = noted.parse(JSON.parse(Buffer.from(note).toString('utf8')));
  return Buffer.from(JSON.stringify({ ...read, at: read.at - hours * 3_600_000 }));
}

let position = 0;

async function join(
  ports: readonly number[],
  more: Readonly<Record<string, unknown>> = {},
  kv = new Map<string, Uint8Array>(),
): Promise<Joined> {
  const core = new TestCore({ lines: [line], kv });
  const [first, ...others] = ports.map((port) => ({ host: '127.0.0.1', port }));
  const connector = smpp.open(core.context(), { ...first, binds: others, ...carrierAccount, ...fast, ...more });
  await connector.start();
  await until('connected', () => core.state === 'connected');
  return {
    core,
    connector,
    send: (text, to = must(parseAddress('+12025550199'))) => {
      position += 1;
      return connector.send({ position: must(parsePosition(position)), attempt: 1, from: line, to, text });
    },
    [Symbol.asyncDispose]: () => connector.stop(2_000),
  };
}

function hear({ carrier }: TestCarrier, text: string): Promise<boolean> {
  return carrier.delivered(carrier.deliver({ from: '+12025550199', to: '+12025550100', text }));
}

function pdus(carrier: TestCarrier, dir: 'in' | 'out', command: string): number {
  return carrier.lines().filter((one) => one.dir === dir && one.pdu === command && one.status === 0).length;
}

describe('a transmitter and a receiver', () => {
  test('carry what goes out and what comes in, each its own', async () => {
    await using carrier = await startCarrier({ receipts: { delayMs: 0 } });
    await using rig = await join([carrier.port], { bind: 'pair' });
    expect([pdus(carrier, 'in', 'bind_transmitter'), pdus(carrier, 'in', 'bind_receiver')]).toEqual([1, 1]);
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'sent' });
    await until('the receipt', () => rig.core.updates[0]?.state === 'delivered');
    await expect(hear(carrier, 'Hello back')).resolves.toBe(true);
    expect(rig.core.texts).toEqual(['Hello back']);
  });

  test('of which the receiver is lost, it still sends and says what is missing', async () => {
    await using carrier = await startCarrier();
    await using rig = await join([carrier.port], { bind: 'pair', reconnect: { first: '1h', most: '1h' } });
    const bound = carrier.carrier.bound();
    expect(bound).toBe(2);
    carrier.carrier.unbind('bind_receiver');
    await until('the word of it', () => rig.core.state === 'degraded');
    expect(rig.core.states.at(-1)?.detail).toBe('1 of 2 binds are down: the carrier closed the connection');
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'sent' });
  });
});

describe('two places of one carrier', () => {
  const chats = Array.from({ length: 12 }, (_, index) => must(parseAddress(`+1202555${String(1_000 + index)}`)));

  /** As the core does: one at a time in a chat, again where it certainly did not go. */
  async function converse(
    rig: Joined,
    to: Address,
    texts: number,
    done: (sent: number) => void,
  ): Promise<SendResult[]> {
    const results: SendResult[] = [];
    for (let number = 1; number <= texts; number += 1) {
      let result = await rig.send(`text ${String(number)}`, to);
      while (result.state === 'retry') {
        await wait(systemClock, 5);
        result = await rig.send(`text ${String(number)}`, to);
      }
      results.push(result);
      done(number);
    }
    return results;
  }

  test('share the chats; when one breaks its chats go on over the other, in order and never twice', async () => {
    await using carrier = await startCarrier({ receipts: { form: 'none' }, delayMs: 2 });
    await using a = await cuttableProxy(carrier.port);
    await using b = await cuttableProxy(carrier.port);
    await using rig = await join([a.port, b.port], { window: 20 });
    expect(carrier.carrier.bound()).toBe(2);
    let sent = 0;
    const count = (): void => {
      sent += 1;
      if (sent === 60) a.cut();
      if (sent === 150) a.heal();
      if (sent === 220) b.cut();
      if (sent === 300) b.heal();
    };
    const results = await Promise.all(chats.map((to) => converse(rig, to, 40, count)));
    const counted = Object.groupBy(results.flat(), ({ state }) => state);
    expect(Object.keys(counted).filter((state) => state !== 'sent' && state !== 'unknown')).toEqual([]);
    expect(counted.sent?.length ?? 0).toBeGreaterThan(400);
    for (const to of chats) {
      const texts = carrier.texts().filter((one) => one.to === to.slice(1));
      const numbers = texts.map(({ text }) => Number(text?.replace('text ', '')));
      expect(numbers).toEqual(Array.from(new Set(numbers)).sort((x, y) => x - y));
      const certain = (results[chats.indexOf(to)] ?? []).flatMap(({ state }, index) =>
        state === 'sent' ? [index + 1] : [],
      );
      expect(numbers).toEqual(expect.arrayContaining(certain));
    }
  });

  test('are heard both; a customer who writes while one is broken is heard over the other', async () => {
    await using carrier = await startCarrier();
    await using a = await cuttableProxy(carrier.port);
    await using b = await cuttableProxy(carrier.port);
    await using rig = await join([a.port, b.port]);
    await expect(hear(carrier, 'one')).resolves.toBe(true);
    a.cut();
    await until('the word of it', () => rig.core.state === 'degraded');
    await expect(hear(carrier, 'two')).resolves.toBe(true);
    a.heal();
    await until('both again', () => rig.core.state === 'connected');
    b.cut();
    await expect(hear(carrier, 'three')).resolves.toBe(true);
    expect(rig.core.texts).toEqual(['one', 'two', 'three']);
  });

  test('of which one was never there, it works over the other', async () => {
    await using carrier = await startCarrier();
    await using a = await cuttableProxy(carrier.port);
    a.cut();
    const core = new TestCore();
    const connector = smpp.open(core.context(), {
      ...{ host: '127.0.0.1', port: a.port, binds: [{ host: '127.0.0.1', port: carrier.port }] },
      ...carrierAccount,
      ...fast,
    });
    await connector.start();
    await until('degraded', () => core.state === 'degraded');
    expect(core.states.at(-1)?.detail).toContain('1 of 2 binds are down');
    await connector.stop(2_000);
  });
});

/** A text of two parts that an earlier process sent. */
async function sentEarlier(
  carrier: TestCarrier,
  hours: number,
): Promise<{ readonly kv: Map<string, Uint8Array>; readonly ids: readonly string[] }> {
  const kv = new Map<string, Uint8Array>();
  await using before = await join([carrier.port], { query: true }, kv);
  const result = await before.send('A longer text needs parts. '.repeat(10));
  await before.connector.stop(1_000);
  for (const [key, value] of kv) if (key.startsWith('sent:')) kv.set(key, madeOlder(value, hours));
  return { kv, ids: result.state === 'sent' ? result.ids : [] };
}

describe('query_sm', () => {
  test('asks by id and line what became of a message', async () => {
    await using carrier = await startCarrier({
      queries: true,
      receipts: { form: 'hex', state: 'EXPIRED', delayMs: 0 },
    });
    await using rig = await join([carrier.port], { query: true });
    const result = await rig.send('Hello');
    const id = result.state === 'sent' ? result.ids[0] : undefined;
    expect(id).toBeDefined();
    if (id === undefined) return;
    await expect(rig.connector.query?.(id)).resolves.toEqual({ state: 'expired', ids: [id] });
    expect(rig.connector.capabilities().sendIdentifiedBy).toBe('provider-id');
  });

  test('asks after what was sent a day ago and never had a receipt', async () => {
    await using carrier = await startCarrier({ queries: true, receipts: { state: 'EXPIRED', delayMs: 3_600_000 } });
    const { kv, ids } = await sentEarlier(carrier, 25);
    expect(ids).toHaveLength(2);
    await using rig = await join([carrier.port], { query: true }, kv);
    await until('both parts', () => rig.core.updates.length === 2);
    expect(rig.core.updates).toMatchObject(
      ids.map((id) => ({ remoteId: id, matches: ids, state: 'expired', sure: true })),
    );
    expect(rig.core.updates[0]?.detail).toBe('0 of 2 parts delivered');
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('sent:'))).toEqual([]);
  });

  test.each([
    ['some hours ago', 23],
    ['a week and a day ago', 8 * 24],
  ])('does not ask after what was sent %s', async (_when, hours) => {
    await using carrier = await startCarrier({ queries: true, receipts: { state: 'EXPIRED', delayMs: 3_600_000 } });
    const { kv } = await sentEarlier(carrier, hours);
    await using rig = await join([carrier.port], { query: true }, kv);
    // What was asked before it is answered before it.
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'sent' });
    expect(rig.core.updates).toEqual([]);
  });

  test('is not asked for a send that never had an answer: its position is no id of the carrier', async () => {
    await using carrier = await startCarrier({ queries: true, receipts: { state: 'DELIVRD', delayMs: 3_600_000 } });
    await using rig = await join([carrier.port], { query: true });
    const result = await rig.send('Hello');
    const [id] = result.state === 'sent' ? result.ids : [];
    const sentAs = must(parseRemoteId(String(position)));
    await expect(rig.connector.query?.(sentAs, 'ours')).resolves.toEqual({ state: 'accepted', ids: [id] });
    await expect(rig.connector.query?.(must(parseRemoteId(id)), 'ours')).resolves.toBeUndefined();
    // Asked by its own id the carrier would say more.
    await expect(rig.connector.query?.(must(parseRemoteId(id)))).resolves.toMatchObject({ state: 'delivered' });
  });

  test('that the carrier refuses says nothing, and without a connection it throws', async () => {
    await using carrier = await startCarrier();
    await using rig = await join([carrier.port], { query: true });
    const result = await rig.send('Hello');
    const [id] = result.state === 'sent' ? result.ids : [];
    expect(id).toBeDefined();
    if (id === undefined) return;
    await expect(rig.connector.query?.(id)).resolves.toBeUndefined();
    await rig.connector.stop(1_000);
    await expect(rig.connector.query?.(id)).rejects.toThrow('could not be asked');
  });

  test('is not offered where the config does not name it', async () => {
    await using carrier = await startCarrier();
    await using rig = await join([carrier.port]);
    expect('query' in rig.connector && typeof rig.connector.query).not.toBe('function');
    expect(rig.connector.capabilities().sendIdentifiedBy).toBe('nothing');
  });
});

describe('a route with ids of its own', () => {
  test('matches its receipts by them, and others as the connector does', async () => {
    await using carrier = await startCarrier({ receipts: { form: 'hex', delayMs: 100 } });
    await using rig = await join([carrier.port], { ids: 'raw', routes: [{ prefix: '+49', ids: 'hex' }] });
    const german = await rig.send('Hallo', must(parseAddress('+4930123456')));
    await until('the receipt', () => rig.core.updates.length === 1);
    expect(rig.core.updates[0]?.matches).toEqual(german.state === 'sent' ? german.ids : []);
    await rig.send('Hello');
    await until('the other', () => rig.core.updates.length === 2);
    expect(rig.core.updates[1]?.matches).toBeUndefined();
  });
});
