import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startSignal } from './simulator.ts';

const written = z.strictObject({ from: z.string().min(1), text: z.string(), name: z.string().optional() });
const httpPort = z
  .string()
  .regex(/^\d{1,5}$/u, '--http-port: write a port, as 8080')
  .transform(Number)
  .default(0);

export const simulator: Simulator = {
  about: 'a signal-cli daemon over TCP (--listen) and HTTP (--http-port)',
  options: { account: 'the number of its account', 'http-port?': 'where it takes HTTP; any free port when left out' },
  takes: ['{"from": "+12025550199", "name": "Ann Lee", "text": "Is the blue one still available?"}'],
  start: async ({ host, port, option }) => {
    const signal = await startSignal({
      host,
      tcpPort: port,
      httpPort: httpPort.parse(option('http-port')),
      accounts: [option('account') ?? ''],
    });
    return {
      listening: signal.tcp,
      also: { http: signal.http },
      received: () => signal.daemon.store.sent.map(({ to, text, sentAt }) => ({ to, text, sentAt })),
      customer: async (line) => {
        const { from, text, name } = written.parse(line);
        // signal-cli hands it over, and is not told that it is on record.
        signal
          .customer(from, name)
          .says({ text })
          .catch(() => undefined);
        return Promise.resolve(undefined);
      },
      close: async () => {
        await signal[Symbol.asyncDispose]();
      },
    };
  },
};
