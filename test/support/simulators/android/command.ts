import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { simPhone, startAndroid } from './android.ts';

const written = z.union([
  z.strictObject({ from: z.string().min(1), text: z.string() }),
  z.strictObject({ about: z.string().min(1), becomes: z.enum(['Sent', 'Delivered', 'Failed']) }),
]);

export const simulator: Simulator = {
  about: `a phone with SMS Gateway for Android (user ${simPhone.username}, password ${simPhone.password}, signing key ${simPhone.signingKey})`,
  options: {
    'server?': 'local (lists what came in) or cloud; local when left out',
    'number?': `of its SIM; ${simPhone.number} when left out`,
  },
  takes: [
    '{"from": "+12025550199", "text": "Is the blue one still available?"}',
    '{"about": "<id>", "becomes": "Delivered"}',
  ],
  start: async ({ host, port, option }) => {
    const server = z.enum(['local', 'cloud'], { error: '--server: write local or cloud' }).default('local');
    const recipient = option('number') ?? simPhone.number;
    const phone = await startAndroid({ host, port, server: server.parse(option('server')), pauseMs: 1_000 });
    return {
      listening: phone.url,
      received: () => phone.sent.map(({ id, to, text, files }) => ({ id, to, text, files: files.length })),
      troubles: () => phone.refused,
      customer: (line) => {
        const told = written.parse(line);
        if ('about' in told) return phone.becomes(told.about, told.becomes);
        if (phone.webhooks.size === 0) throw new Error('nobody has registered a webhook yet: start Gatehouse first');
        return phone.customerWrites(told.text, { from: told.from, recipient });
      },
      close: () => phone[Symbol.asyncDispose](),
    };
  },
};
