/** The obligations of every connector (`core/ports/connector.ts`), asked of it together with its network. */
import { expect } from '@jest/globals';
import { must, noMillis, parseAddress, parseMillis, parsePosition } from '../../src/core/ids.ts';
import type { Connector, ConnectorContext, NetworkEvent, OutboundMessage } from '../../src/core/ports/connector.ts';
import { until } from '../support/carrier.ts';
import { countedClock, TestCore, type CountedClock } from './networks/test-core.ts';

/** A connector's network, as the kit needs it. Give a fresh one for each test. */
export interface Network {
  open(ctx: ConnectorContext): Connector;
  /** A customer writes; resolves when the network has handed it over and was told that it is taken. */
  customerWrites(text: string): Promise<boolean>;
  /** Something comes in that the connector can't make sense of. */
  poison(): Promise<void>;
  /** Whole texts that the network took from us. */
  received(): readonly string[];
  /** From now on the network takes texts and loses its answers to them. */
  loseAnswers(): void;
  /** Breaks the connection. */
  cut(): void;
  /** What must never be in a log. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

const own = must(parseAddress('+12025550100'));
const customer = must(parseAddress('+12025550199'));

function outbound(text: string, number = 1): OutboundMessage {
  return { position: must(parsePosition(number)), attempt: 1, from: own, to: customer, text };
}

/** A connector that is connected, and all around it. */
export interface Rig {
  readonly network: Network;
  readonly core: TestCore;
  readonly clock: CountedClock;
  /** Another one over the same network takes its place after a restart. */
  connector: Connector;
}

/** Runs one obligation against a fresh network and connector. */
export async function expectObligation(
  makeNetwork: () => Promise<Network>,
  obligation: (rig: Rig) => Promise<void>,
): Promise<void> {
  const clock = countedClock();
  const network = await makeNetwork();
  const core = new TestCore({ clock });
  const rig = { network, core, clock, connector: network.open(core.context()) };
  try {
    await rig.connector.start();
    await until('connected', () => core.state === 'connected');
    await obligation(rig);
  } finally {
    await rig.connector.stop(2_000);
    await network.close();
  }
}

async function acknowledgesAfterRecording({ network, core }: Rig): Promise<void> {
  const commit = Promise.withResolvers<undefined>();
  let asked = false;
  core.gate = async () => {
    asked = true;
    await commit.promise;
  };
  let acknowledged = false;
  const written = network.customerWrites('Is the blue one available?').then((taken) => {
    acknowledged = taken;
  });
  await until('the record to be asked', () => asked);
  expect(acknowledged).toBe(false);
  commit.resolve(undefined);
  await written;
  expect(acknowledged).toBe(true);
  expect(core.texts).toEqual(['Is the blue one available?']);
}

async function asksAgain({ network, core }: Rig): Promise<void> {
  let refusals = 2;
  core.gate = () => {
    refusals -= 1;
    return refusals >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
  };
  await expect(network.customerWrites('again')).resolves.toBe(true);
  expect(core.texts).toEqual(['again']);
}

async function hearsEqualTextsTwice({ network, core }: Rig): Promise<void> {
  await network.customerWrites('ok');
  await network.customerWrites('ok');
  expect(core.texts).toEqual(['ok', 'ok']);
  expect(core.events.filter((event) => event.mayRepeat === true)).toEqual([]);
}

async function survivesPoison({ network, core }: Rig): Promise<void> {
  await network.poison();
  await expect(network.customerWrites('still there?')).resolves.toBe(true);
  expect(core.texts).toContain('still there?');
}

async function sendsWhole({ network, connector }: Rig): Promise<void> {
  const text = `Yes, €5 each. ${'A longer text needs parts. '.repeat(10)}`;
  const result = await connector.send(outbound(text));
  expect(result).toMatchObject({ state: 'sent' });
  expect(result.state === 'sent' && result.ids.length).toBeGreaterThan(0);
  expect(network.received()).toEqual([text]);
}

async function knowsUnclearSends({ network, connector }: Rig): Promise<void> {
  network.loseAnswers();
  const sending = connector.send(outbound('Shall I hold one?'));
  await until('the network to have it', () => network.received().length === 1);
  network.cut();
  await expect(sending).resolves.toMatchObject({ state: 'unknown' });
}

async function hearsWhatCameWhileDown(rig: Rig): Promise<void> {
  const { network, core, clock } = rig;
  await rig.connector.stop(2_000);
  const written = network.customerWrites('anybody?');
  const next = new TestCore({ kv: core.kv, clock });
  const context = next.context();
  rig.connector = network.open(context);
  await rig.connector.start();
  for await (const event of rig.connector.missed?.(noMillis) ?? []) await context.ingest(event);
  await expect(written).resolves.toBe(true);
  expect(next.texts).toEqual(['anybody?']);
}

function listsWhereItSays({ connector }: Rig): Promise<void> {
  const lists = connector.capabilities().keepsInbound === 'list-call';
  expect(connector.missed === undefined).toBe(!lists);
  return Promise.resolve();
}

/** For a network without a list there is nothing to be asked. */
async function listsUnderKnownIds({ network, core, connector }: Rig): Promise<void> {
  await network.customerWrites('one');
  await network.customerWrites('two');
  if (connector.missed === undefined) return;
  const listed: NetworkEvent[] = [];
  for await (const event of connector.missed(noMillis)) listed.push(event);
  expect(listed.map(({ id, sure, at }) => ({ id, sure, at }))).toEqual(
    core.events.map(({ id, at }) => ({ id, sure: true, at })),
  );
  const newest = must(parseMillis((listed.at(-1)?.at ?? 0) + 1));
  for await (const event of connector.missed(newest)) expect(event).toBeUndefined();
}

async function stopsInTime({ core, clock, connector }: Rig): Promise<void> {
  const began = clock.monotonic();
  await connector.stop(1_500);
  expect(clock.monotonic() - began).toBeLessThan(1_600);
  expect(core.state).toBe('stopped');
  expect(clock.timers).toBe(0);
  const sent = await connector.send(outbound('too late'));
  expect(sent).toMatchObject({ state: 'retry', scope: 'connector' });
}

async function keepsSecrets({ network, core, connector }: Rig): Promise<void> {
  await network.customerWrites('canary-sentence');
  await connector.send(outbound('canary-answer'));
  network.cut();
  await until('connected again', () => core.states.filter(({ name: state }) => state === 'connected').length === 2);
  const said = core.logged.join('\n') + JSON.stringify(core.states);
  for (const secret of [...network.secrets, 'canary', '2025550199', '2025550100']) expect(said).not.toContain(secret);
}

function refusesBeforehand({ connector }: Rig): Promise<void> {
  const refusal = connector.refuses?.({ text: 'x'.repeat(100_000), to: customer });
  expect(refusal?.reason).toBe('too-long');
  expect(connector.refuses?.({ text: 'short', to: customer })).toBeUndefined();
  return Promise.resolve();
}

/** Each is a sentence about every connector. */
export const obligations: Readonly<Record<string, (rig: Rig) => Promise<void>>> = {
  'a message is acknowledged after it is on record, not before': acknowledgesAfterRecording,
  'what could not be recorded is asked for again, and is heard once': asksAgain,
  'who writes "ok" twice is heard twice, and neither is called a repeat': hearsEqualTextsTwice,
  'one message that makes no sense does not stop the next': survivesPoison,
  'a text goes out whole and has ids': sendsWhole,
  'a send that is cut off before its answer is unknown, neither sent nor failed': knowsUnclearSends,
  'what customers write while we are down comes when we are back': hearsWhatCameWhileDown,
  'has a list exactly where it says that the provider keeps one': listsWhereItSays,
  'what the provider lists has the ids under which it was heard': listsUnderKnownIds,
  'stopping ends by its deadline and leaves no timer': stopsInTime,
  'logs and states hold no secret, no text and no number': keepsSecrets,
  'says before an attempt what it can never send': refusesBeforehand,
};
