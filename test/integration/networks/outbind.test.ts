import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until, type TestCarrier } from '../../support/carrier.ts';

const [from, to] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];

interface Joined extends AsyncDisposable {
  readonly core: TestCore;
  readonly port: number;
  send(text: string): ReturnType<ReturnType<typeof smpp.open>['send']>;
}

async function join(carrier: TestCarrier, bindTimeout = '5s'): Promise<Joined> {
  const core = new TestCore();
  const port = await freePort();
  const connector = smpp.open(core.context(), {
    ...{ host: '127.0.0.1', port: carrier.port, ...carrierAccount, bind: 'outbind', bindTimeout },
    outbind: { host: '127.0.0.1', port, ...carrierAccount },
    reconnect: { first: '20ms', most: '50ms' },
  });
  await connector.start();
  await until('connected', () => core.state === 'connected');
  return {
    core,
    port,
    send: (text) => connector.send({ position: must(parsePosition(1)), attempt: 1, from, to, text }),
    [Symbol.asyncDispose]: () => connector.stop(2_000),
  };
}

function closed(port: number, octets: Buffer | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      if (octets !== undefined) socket.write(octets);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
  });
}

describe('a carrier that connects to us when it has something', () => {
  test('is bound to as receiver, and heard; what we send goes over our own connection', async () => {
    await using carrier = await startCarrier({ receipts: { delayMs: 0 } });
    await using rig = await join(carrier);
    await expect(rig.send('Hello')).resolves.toMatchObject({ state: 'sent' });
    expect(rig.core.updates).toEqual([]);
    const written = carrier.carrier.delivered(carrier.carrier.deliver({ from: to, to: from, text: 'Hello back' }));
    carrier.carrier.outbind('127.0.0.1', rig.port);
    await expect(written).resolves.toBe(true);
    expect(rig.core.texts).toEqual(['Hello back']);
    await until('the receipt', () => rig.core.updates[0]?.state === 'delivered');
    expect(rig.core.states.at(-1)).toEqual({ name: 'connected' });
  });

  test('may come again and again', async () => {
    await using carrier = await startCarrier({ receipts: { form: 'none' } });
    await using rig = await join(carrier);
    for (const text of ['one', 'two', 'three']) {
      const written = carrier.carrier.delivered(carrier.carrier.deliver({ from: to, to: from, text }));
      carrier.carrier.outbind('127.0.0.1', rig.port);
      await expect(written).resolves.toBe(true);
      carrier.carrier.unbind('bind_receiver');
    }
    expect(rig.core.texts).toEqual(['one', 'two', 'three']);
    expect(rig.core.states.at(-1)).toEqual({ name: 'connected' });
  });

  const frame = (systemId: string, password: string): Buffer =>
    encodePdu({ command: 'outbind', systemId, password, status: 0, sequence: 1 });

  test.each([
    ['with a wrong password', frame(carrierAccount.systemId, 'wrong')],
    ['with another name', frame('stranger', carrierAccount.password)],
    ['with anything else', Buffer.from('GET / HTTP/1.1\r\nHost: us\r\n\r\n')],
    ['with a PDU that is no outbind', encodePdu({ command: 'enquire_link', status: 0, sequence: 1 })],
    ['with half an outbind', frame(carrierAccount.systemId, carrierAccount.password).subarray(0, 20)],
    ['without a word', undefined],
  ])('%s is disconnected, and the next is heard', async (_what, octets) => {
    await using carrier = await startCarrier({ receipts: { form: 'none' } });
    await using rig = await join(carrier, '1s');
    await closed(rig.port, octets);
    await until('the word of it', () => rig.core.logged.some((one) => one.includes('smpp.outbind-refused')));
    expect(rig.core.logged.join('\n')).not.toContain(carrierAccount.password);
    const written = carrier.carrier.delivered(carrier.carrier.deliver({ from: to, to: from, text: 'Hello' }));
    carrier.carrier.outbind('127.0.0.1', rig.port);
    await expect(written).resolves.toBe(true);
  });

  test('an address that is taken is told at the start', async () => {
    await using carrier = await startCarrier();
    const core = new TestCore();
    const connector = smpp.open(core.context(), {
      ...{ host: '127.0.0.1', port: carrier.port, ...carrierAccount, bind: 'outbind' },
      outbind: { host: '127.0.0.1', port: carrier.port, systemId: 'carrier', password: 'theirs' },
    });
    await expect(connector.start()).rejects.toThrow("outbind: can't listen at 127.0.0.1");
    await connector.stop(500);
  });
});
