import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { simAccount, startTwilio } from './twilio.ts';

const written = z.union([
  z.strictObject({ from: z.string().min(1), to: z.string().min(1).default(simAccount.number), text: z.string() }),
  z.strictObject({ about: z.string().min(1), becomes: z.string().min(1), code: z.number().int().optional() }),
]);

export const simulator: Simulator = {
  about: `Twilio's messages (account ${simAccount.sid}, token ${simAccount.token}, number ${simAccount.number})`,
  options: { webhook: 'where messages are told: https://.../webhooks/<connector id>' },
  start: async ({ host, port, option, say }) => {
    const twilio = await startTwilio({ host, port, webhookUrl: option('webhook') ?? '' });
    return {
      listening: twilio.url,
      customer: async (line) => {
        const told = written.parse(line);
        const taken =
          'about' in told
            ? await twilio.becomes(told.about, told.becomes, told.code)
            : await twilio.customerWrites(told.text, { from: told.from, to: told.to });
        say({ taken, sent: twilio.sent.map(({ sid, to, body }) => ({ sid, to, body })) });
      },
      close: () => twilio[Symbol.asyncDispose](),
    };
  },
};
