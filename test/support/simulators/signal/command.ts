import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startSignal } from './simulator.ts';

const written = z.strictObject({ from: z.string().min(1), text: z.string(), name: z.string().optional() });

export const simulator: Simulator = {
  about: 'a signal-cli daemon over TCP (--listen) and HTTP (--http-port)',
  options: { account: 'the number of its account', 'http-port?': 'where it takes HTTP; any free port when left out' },
  start: async ({ host, port, option, say }) => {
    const account = option('account') ?? '';
    const signal = await startSignal({
      host,
      tcpPort: port,
      httpPort: Number(option('http-port') ?? '0'),
      accounts: [account],
    });
    const { sent } = signal.daemon.store;
    let told = 0;
    const watch = setInterval(() => {
      for (const { to, text, sentAt, deleted } of sent.slice(told)) say({ sent: { to, text, sentAt, deleted } });
      told = sent.length;
    }, 200);
    return {
      listening: `${signal.tcp} ${signal.http}`,
      customer: (line) => {
        const { from, text, name } = written.parse(line);
        // Nobody tells the simulator when it is on record.
        signal
          .customer(from, name)
          .says({ text })
          .catch(() => undefined);
      },
      close: async () => {
        clearInterval(watch);
        await signal[Symbol.asyncDispose]();
      },
    };
  },
};
