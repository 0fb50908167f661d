/** It ends when it is told, and says nothing that is nobody's business. */
import { expect } from '@jest/globals';
import { until } from '../../support/carrier.ts';
import type { Obligations } from '../connector-kit.ts';
import type { Rig } from '../rig.ts';

const DEADLINE_MS = 500;
/** A busy machine may be late by a second or two; who doesn't heed the deadline waits for an answer that never comes. */
const LATE_MS = 4_000;

/** Tells it to stop. @throws where it takes no notice of its deadline */
async function stopped({ clock, connector }: Rig): Promise<void> {
  const began = clock.monotonic();
  await connector.stop(DEADLINE_MS);
  expect(clock.monotonic() - began).toBeLessThan(LATE_MS);
}

async function stopsInTime(rig: Rig): Promise<void> {
  const { core, clock, connector, outbound } = rig;
  await stopped(rig);
  expect(core.state).toBe('stopped');
  expect(clock.timers).toBe(0);
  const sent = await connector.send(outbound('too late'));
  expect(sent).toMatchObject({ state: 'retry', scope: 'connector' });
}

/** The record doesn't answer, and neither does the network: it stops all the same. */
async function stopsInTheMidstOfWork(rig: Rig): Promise<void> {
  const { network, core, clock, connector, outbound } = rig;
  const never = Promise.withResolvers<undefined>();
  let asked = false;
  core.gate = async () => {
    asked = true;
    await never.promise;
  };
  const written = network.customerWrites('taking in');
  await until('the record to be asked', () => asked);
  network.loseAnswers();
  const sending = connector.send(outbound('going out'));
  await until('the network to have it', () => network.received().length === 1);
  await stopped(rig);
  never.resolve(undefined);
  network.givesUp();
  await expect(sending).resolves.toMatchObject({ state: expect.stringMatching(/^(?:unknown|sent|retry)$/u) });
  await until('no timer left', () => clock.timers === 0);
  if (connector.capabilities().keepsInbound !== 'list-call') await written;
}

/** What is on disk can't be read. */
class Unreadable extends Map<string, Uint8Array> {
  asked = false;
  override get(): never {
    this.asked = true;
    throw new Error('the database is locked');
  }
  override [Symbol.iterator](): never {
    return this.get();
  }
}

/** The core stops one that could not begin, makes another over the same notes and starts that. */
async function beginsAnew(rig: Rig): Promise<void> {
  const { network, clock } = rig;
  const { kv } = rig.core;
  await rig.connector.stop(DEADLINE_MS);
  const notes = new Unreadable();
  const beginning = rig.restart(notes).catch(() => undefined);
  // Not everyone reads its notes, nor says that it can't.
  await until('it to begin', () => notes.asked || rig.core.state === 'connected');
  await rig.connector.stop(DEADLINE_MS);
  await until('no timer left', () => clock.timers === 0);
  await rig.restart(kv);
  await beginning;
  await expect(network.customerWrites('after all')).resolves.toBe(true);
  await until('what came', () => rig.core.heard.includes('after all'));
}

async function keepsSecrets({ network, core, connector, door, line, customer, outbound }: Rig): Promise<void> {
  await network.customerWrites('canary-sentence');
  await network.poison();
  await connector.send(outbound('canary-answer'));
  network.cut();
  const connects = (): number => core.states.filter(({ name: state }) => state === 'connected').length;
  if (network.link === 'socket') await until('connected again', () => connects() >= 2);
  await expect(network.customerWrites('canary-again')).resolves.toBe(true);
  const doors = door.log.lines.map(
    (one) => `${JSON.stringify(one)} ${one.error instanceof Error ? one.error.message : ''}`,
  );
  const said = [...core.logged, ...core.counted, ...doors].join('\n') + JSON.stringify(core.states);
  const numbers = [line, customer].map((address) => address.replace(/^\+/u, ''));
  for (const secret of [...network.secrets, 'canary', ...numbers]) expect(said).not.toContain(secret);
}

export const lifetimeObligations: Obligations = {
  'stopping ends by its deadline and leaves no timer': stopsInTime,
  'stopping ends by its deadline in the midst of work': stopsInTheMidstOfWork,
  'one that could not begin is stopped, and another one begins in its place': beginsAnew,
  'logs and states hold no secret, no text and no number': keepsSecrets,
};
