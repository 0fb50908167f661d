import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until } from '../../support/carrier.ts';

const own = must(parseAddress('+12025550100'));
const CHATS = 12;
const EACH = 10;
/** A second of the carrier's takes so many; we are configured for five times that. */
const CAPACITY = 20;
const CONFIGURED = 100;

/** As the bridge does it: waits for the chat's turn, hands over, and does it again until it is taken. */
async function hand(connector: Connector, message: OutboundMessage): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    for (let turn = connector.place?.(message); turn !== undefined; turn = connector.place?.(message)) await turn;
    const result = await connector.send({ ...message, attempt });
    if (result.state === 'sent') return;
    expect(result).toMatchObject({ state: 'retry', reason: 'rate-limited' });
  }
}

async function chat(connector: Connector, number: number): Promise<void> {
  const to = must(parseAddress(`+1202555${1000 + number}`));
  for (let n = 0; n < EACH; n += 1) {
    const position = must(parsePosition(number * EACH + n + 1));
    await hand(connector, { position, attempt: 1, from: own, to, text: `${number}: ${n}` });
  }
}

test('a carrier that takes less than configured is given what it takes, in order, and refuses few for it', async () => {
  await using carrier = await startCarrier({ throttlePerSecond: CAPACITY, receipts: { form: 'none' } });
  const core = new TestCore();
  const config = { host: '127.0.0.1', port: carrier.port, ...carrierAccount, perSecond: CONFIGURED, window: 10 };
  const connector = smpp.open(core.context(), config);
  await connector.start();
  await until('bound', () => core.state === 'connected');
  const began = systemClock.monotonic();
  await Promise.all(Array.from({ length: CHATS }, (_, number) => chat(connector, number)));
  const seconds = (systemClock.monotonic() - began) / 1_000;
  await connector.stop(2_000);

  const texts = carrier.texts().map((line) => line.text ?? '');
  expect(texts).toHaveLength(CHATS * EACH);
  for (let number = 0; number < CHATS; number += 1) {
    const mine = texts.filter((text) => text.startsWith(`${number}: `));
    expect(mine).toEqual(Array.from({ length: EACH }, (_, n) => `${number}: ${n}`));
  }
  const submits = carrier.lines().filter((line) => line.pdu === 'submit_sm');
  const refused = submits.filter((line) => line.status === 0x58).length;
  expect(refused).toBeGreaterThan(0);
  expect(refused / submits.length).toBeLessThan(0.3);
  // No faster than the carrier allows, give or take the second in which it begins and ends.
  expect(texts.length / seconds).toBeLessThan(CAPACITY * 1.5);
});
