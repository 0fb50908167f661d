import { describe, expect, test } from '@jest/globals';
import type tls from 'node:tls';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until } from '../../support/carrier.ts';
import { pem, tlsFront, type TlsFront } from '../../support/tls-front.ts';

const right = { serverName: 'smsc.example', ca: pem('authority.pem') };
const own = { cert: pem('client.pem'), key: pem('client.key') };
const asksForOurs: tls.TlsOptions = { requestCert: true, rejectUnauthorized: true, ca: pem('authority.pem') };

interface Rig extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
}

async function join(port: number, tlsSettings: object): Promise<Rig> {
  const core = new TestCore();
  const reconnect = { first: '20ms', most: '50ms' };
  const settings = { host: '127.0.0.1', port, ...carrierAccount, reconnect, tls: tlsSettings };
  const connector = smpp.open(core.context(), settings);
  await connector.start();
  return { core, connector, [Symbol.asyncDispose]: () => connector.stop(2_000) };
}

/** What the health page says of a connection that never comes about. */
async function refusal(front: TlsFront, settings: object): Promise<string> {
  await using rig = await join(front.port, settings);
  await until('a refusal', () => rig.core.states.some(({ detail }) => detail !== undefined));
  expect(rig.core.states.map(({ name }) => name)).not.toContain('connected');
  expect(rig.core.logged.some((line) => line.startsWith('smpp.disconnected'))).toBe(true);
  return rig.core.states.find(({ detail }) => detail !== undefined)?.detail ?? '';
}

describe('over TLS', () => {
  test('a carrier with the right name and authority is believed, and texts go both ways', async () => {
    await using carrier = await startCarrier();
    await using front = await tlsFront(carrier.port);
    await using rig = await join(front.port, right);
    await until('bound', () => rig.core.state === 'connected');
    const [from, to] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];
    const sent = await rig.connector.send({ position: must(parsePosition(1)), attempt: 1, from, to, text: 'Hi' });
    expect(sent).toMatchObject({ state: 'sent' });
    const id = carrier.carrier.deliver({ from: '+12025550199', to: '+12025550100', text: 'Hello' });
    await expect(carrier.carrier.delivered(id)).resolves.toBe(true);
    expect(carrier.texts()).toMatchObject([{ text: 'Hi' }]);
    expect(rig.core.texts).toEqual(['Hello']);
    expect(front.clients).toEqual(['']);
  });

  test.each([
    ['for another name', {}, { ...right, serverName: 'other.example' }, 'is for another name: check tls.serverName'],
    ['for a name, asked as the address', {}, { ca: right.ca }, 'is for another name: check tls.serverName'],
    ['of an unknown authority', {}, { ...right, ca: pem('stranger.pem') }, 'put that authority in tls.ca'],
    ['that only tls.ca would make known', {}, { serverName: right.serverName }, 'put that authority in tls.ca'],
    ['that has expired', { cert: pem('expired.pem'), key: pem('expired.key') }, right, 'has expired'],
  ])(
    'a certificate %s is refused before the password goes out, and why is told',
    async (_what, front, settings, why) => {
      await using carrier = await startCarrier();
      await using behind = await tlsFront(carrier.port, front);
      await expect(refusal(behind, settings)).resolves.toContain(why);
      expect(carrier.lines()).toEqual([]);
    },
  );

  test('our own certificate is shown to a carrier that asks for it', async () => {
    await using carrier = await startCarrier();
    await using front = await tlsFront(carrier.port, asksForOurs);
    await using rig = await join(front.port, { ...right, ...own });
    await until('bound', () => rig.core.state === 'connected');
    expect(front.clients).toEqual(['client']);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'without one, a carrier that asks refuses us over %s, and the setting is named',
    async (maxVersion) => {
      await using carrier = await startCarrier();
      await using front = await tlsFront(carrier.port, { ...asksForOurs, maxVersion });
      await expect(refusal(front, right)).resolves.toContain('check tls.cert and tls.key');
      expect(carrier.lines()).toEqual([]);
    },
  );

  test('a carrier without TLS is told as that, and the password never goes out in clear', async () => {
    await using carrier = await startCarrier();
    await using rig = await join(carrier.port, right);
    await until('a refusal', () => rig.core.states.some(({ detail }) => detail !== undefined));
    expect(rig.core.states.find(({ detail }) => detail !== undefined)?.detail).toContain('does not speak TLS');
    expect(carrier.lines().filter((line) => line.pdu.startsWith('bind'))).toEqual([]);
  });
});
