/** The simulated carrier as the kit's network; proxies between it and the connector break and repeat PDUs. */
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { commandIds } from '../../../src/networks/smpp/codec/commands.ts';
import { carrierAccount, startCarrier } from '../../support/carrier.ts';
import { pduProxyTo } from '../../support/pdu-proxy.ts';
import type { MakeNetwork } from '../connector-kit.ts';

interface Variant {
  /** Of the connector's config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Places of the carrier. */
  readonly places?: number;
  /** What the carrier does when nothing is asked of it. */
  readonly carrier?: Readonly<Record<string, unknown>>;
}

function broken(command: 'deliver_sm' | 'data_sm'): Buffer {
  const octets = Buffer.alloc(20, 0x41);
  octets.writeUInt32BE(20, 0);
  octets.writeUInt32BE(commandIds[command], 4);
  octets.writeUInt32BE(0, 8);
  octets.writeUInt32BE(77, 12);
  return octets;
}

export function smppNetwork({ config = {}, places = 1, carrier: usual = {} }: Variant = {}): MakeNetwork {
  return async () => {
    const { carrier, ...house } = await startCarrier(usual);
    const proxies = await Promise.all(Array.from({ length: places }, () => pduProxyTo(house.port)));
    const [first, ...more] = proxies.map(({ port }) => ({ host: '127.0.0.1', port }));
    const delivers = config['submit'] === 'data_sm' ? 'data_sm' : 'deliver_sm';
    return {
      facts: smpp.facts,
      link: 'socket',
      open: (ctx) =>
        smpp.open(ctx, {
          ...first,
          binds: more,
          ...carrierAccount,
          reconnect: { first: '20ms', most: '50ms' },
          responseTimeout: '5s',
          perSecond: 1_000,
          ...config,
        }),
      customerWrites: (text) => carrier.delivered(carrier.deliver({ from: '+12025550199', to: '+12025550100', text })),
      // Over the place at which the newest went out.
      repeats: async () => {
        const answers = await Promise.all(proxies.map((proxy) => proxy.repeat(commandIds[delivers])));
        return answers.includes(true);
      },
      poison: () => {
        for (const proxy of proxies) proxy.inject(broken(delivers));
        return Promise.resolve();
      },
      givesUp: () => {
        carrier.giveUp();
      },
      received: () => house.texts().map((line) => line.text ?? ''),
      loseAnswers: () => {
        house.setFaults({ ...usual, dropAnswers: { every: 1 } });
      },
      cut: () => {
        house.setFaults(usual);
        carrier.disconnect();
      },
      secrets: [carrierAccount.password],
      close: async () => {
        for (const proxy of proxies) proxy.close();
        await house[Symbol.asyncDispose]();
      },
      // The carrier sends receipts by itself.
      customerCan: { receives: () => Promise.resolve(true) },
    };
  };
}
