import net from 'node:net';
import { describe, test } from '@jest/globals';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { commandIds } from '../../../src/networks/smpp/codec/commands.ts';
import { carrierAccount, startCarrier } from '../../support/carrier.ts';
import { expectObligation, obligations, type Network } from '../connector-kit.ts';

/** Sends a broken deliver_sm into the client's own connection: the proxy stands between carrier and connector. */
async function proxyTo(port: number): Promise<{ port: number; inject: (octets: Buffer) => void; close: () => void }> {
  const clients = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const carrier = net.connect(port, '127.0.0.1');
    clients.add(client);
    client.pipe(carrier).on('error', () => client.destroy());
    carrier.pipe(client).on('error', () => carrier.destroy());
    client.on('close', () => {
      clients.delete(client);
      carrier.destroy();
    });
    carrier.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    inject: (octets) => {
      for (const client of clients) client.write(octets);
    },
    close: () => {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}

function brokenDeliverSm(): Buffer {
  const octets = Buffer.alloc(20, 0x41);
  octets.writeUInt32BE(20, 0);
  octets.writeUInt32BE(commandIds.deliver_sm, 4);
  octets.writeUInt32BE(0, 8);
  octets.writeUInt32BE(77, 12);
  return octets;
}

async function smppNetwork(): Promise<Network> {
  const carrier = await startCarrier();
  const proxy = await proxyTo(carrier.port);
  return {
    open: (ctx) =>
      smpp.open(ctx, {
        host: '127.0.0.1',
        port: proxy.port,
        ...carrierAccount,
        reconnect: { first: '20ms', most: '50ms' },
        responseTimeout: '5s',
        perSecond: 1_000,
      }),
    customerWrites: (text) =>
      carrier.carrier.delivered(carrier.carrier.deliver({ from: '+12025550199', to: '+12025550100', text })),
    poison: () => {
      proxy.inject(brokenDeliverSm());
      return Promise.resolve();
    },
    received: () => carrier.texts().map((line) => line.text ?? ''),
    loseAnswers: () => {
      carrier.setFaults({ dropAnswers: { every: 1 } });
    },
    cut: () => {
      carrier.carrier.disconnect();
    },
    secrets: [carrierAccount.password],
    close: async () => {
      proxy.close();
      await carrier[Symbol.asyncDispose]();
    },
  };
}

describe('smpp keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(smppNetwork, obligation);
  });
});
