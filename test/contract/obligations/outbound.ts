/** What goes out: whole, said as it is, and never twice. */
import { expect } from '@jest/globals';
import { must, parseRemoteId } from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { until } from '../../support/carrier.ts';
import type { Obligations } from '../connector-kit.ts';
import type { Rig } from '../rig.ts';

async function sendsWhole({ network, connector, outbound }: Rig): Promise<void> {
  const text = `Yes, €5 each. ${'A longer text needs parts. '.repeat(10)}`;
  const result = await connector.send(outbound(text));
  expect(result).toMatchObject({ state: 'sent' });
  expect(result.state === 'sent' && result.ids.length).toBeGreaterThan(0);
  expect(network.received()).toEqual([text]);
}

async function sendsTheLongest({ network, connector, outbound }: Rig): Promise<void> {
  const longest = connector.capabilities().max_text_length;
  const text = 'x'.repeat(longest);
  expect(connector.refuses?.(outbound(text))).toBeUndefined();
  await expect(connector.send(outbound(text))).resolves.toMatchObject({ state: 'sent' });
  expect(network.received()).toEqual([text]);
  expect(connector.refuses?.(outbound(`${text}x`))?.reason).toBe('too-long');
}

function refusesBeforehand({ connector, outbound }: Rig): Promise<void> {
  expect(connector.refuses?.(outbound('x'.repeat(100_000)))?.reason).toBe('too-long');
  expect(connector.refuses?.(outbound('short'))).toBeUndefined();
  return Promise.resolve();
}

/**
 * Unknown; or asked of the provider and settled as sent; or, where the provider knows it by our id, tried again, which
 * leaves it there once.
 */
async function knowsUnclearSends(rig: Rig): Promise<void> {
  const { network, connector } = rig;
  network.loseAnswers();
  const message = rig.outbound('Shall I hold one?');
  const sending = connector.send(message);
  await until('the network to have it', () => network.received().length === 1);
  network.cut();
  const result = await sending;
  const again = result.state === 'retry' && connector.capabilities().sendIdentifiedBy === 'our-id';
  if (again) await expect(connector.send({ ...message, attempt: 2 })).resolves.toMatchObject({ state: 'sent' });
  else expect(['unknown', 'sent']).toContain(result.state);
  if (result.state === 'unknown') await asksWhatBecameOfIt(rig, result, message.position);
  expect(network.received()).toEqual(['Shall I hold one?']);
}

async function asksWhatBecameOfIt(
  { connector, network, core }: Rig,
  { ids = [] }: Extract<SendResult, { state: 'unknown' }>,
  position: number,
): Promise<void> {
  if (connector.query === undefined) return;
  if (network.link === 'socket') await until('connected again', () => core.state === 'connected');
  const found = await connector.query(ids[0] ?? must(parseRemoteId(String(position))));
  if (found !== undefined) expect(['accepted', 'delivered', 'read']).toContain(found.state);
}

/** Killed with the text at the network and its answer under way: the core says "unknown", and nobody sends it again. */
async function isKilledInMidSend(rig: Rig): Promise<void> {
  const { network, core, connector } = rig;
  await rig.sent('before');
  network.loseAnswers();
  const message = rig.outbound('in mid-send');
  const sending = connector.send(message);
  await until('the network to have it', () => network.received().length === 2);
  const disk = new Map(core.kv);
  core.kill();
  network.cut();
  await Promise.all([sending, rig.stop()]);
  await rig.restart(disk);
  await expect(network.customerWrites('and?')).resolves.toBe(true);
  expect(rig.core.heard).toContain('and?');
  await rig.sent('after');
  expect(network.received()).toEqual(['before', 'in mid-send', 'after']);
}

export const outboundObligations: Obligations = {
  'a text goes out whole and has ids': sendsWhole,
  'the longest text goes out whole, and a longer one is refused beforehand': sendsTheLongest,
  'says before an attempt what it can never send': refusesBeforehand,
  'a send whose answer is lost is neither failed nor repeated': knowsUnclearSends,
  'killed in mid-send, its successor neither repeats the text nor stands still': isKilledInMidSend,
};
