import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { simAccount, startTwilio } from './twilio.ts';

const written = z.union([
  z.strictObject({ from: z.string().min(1), to: z.string().min(1).default(simAccount.number), text: z.string() }),
  z.strictObject({ about: z.string().min(1), becomes: z.string().min(1), code: z.number().int().optional() }),
]);

export const simulator: Simulator = {
  about: `Twilio's messages (account ${simAccount.sid}, token ${simAccount.token}, number ${simAccount.number})`,
  options: {
    webhook: 'where messages are told: http://127.0.0.1:9703/webhooks/<connector>, the config’s publicUrl before it',
  },
  takes: [
    '{"from": "+12025550199", "text": "Is the blue one still available?"}',
    '{"about": "<id>", "becomes": "delivered"}',
  ],
  start: async ({ host, port, option }) => {
    const twilio = await startTwilio({ host, port, webhookUrl: option('webhook') ?? '' });
    const troubles: string[] = [];
    const told = { calls: 0, sends: 0 };
    return {
      listening: twilio.url,
      also: { files: twilio.filesUrl },
      received: () => twilio.sent.map(({ sid, to, body }) => ({ id: sid, to, text: body })),
      troubles: () => {
        troubles.push(...twilio.failedCalls.slice(told.calls).map((words) => `the webhook failed: ${words}`));
        troubles.push(...twilio.refused.slice(told.sends).map(({ code, message }) => `${String(code)}: ${message}`));
        [told.calls, told.sends] = [twilio.failedCalls.length, twilio.refused.length];
        return troubles;
      },
      customer: (line) => {
        const act = written.parse(line);
        return 'about' in act
          ? twilio.becomes(act.about, act.becomes, act.code)
          : twilio.customerWrites(act.text, { from: act.from, to: act.to });
      },
      close: () => twilio[Symbol.asyncDispose](),
    };
  },
};
