/** WhatsApp's simulator on the command line. */
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { defaultAccount, startWhatsApp } from './whatsapp.ts';

const written = z.union([
  z.strictObject({ from: z.string(), name: z.string().optional(), text: z.string() }),
  z.strictObject({ from: z.string(), name: z.string().optional(), message: z.looseObject({ type: z.string() }) }),
  z.strictObject({ status: z.enum(['delivered', 'read', 'played', 'failed']), id: z.string() }),
]);

export const simulator: Simulator = {
  about: "Meta's WhatsApp Cloud API (graph.facebook.com)",
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the app secret that signs the calls',
    'token?': `the token that it takes; ${defaultAccount.token} when left out`,
    'number?': `the phone number id; ${defaultAccount.phoneNumberIds.join()} when left out`,
    'account?': `the business account id; ${defaultAccount.businessAccountId} when left out`,
  },
  takes: [
    '{"from": "+12025550199", "name": "Ann Lee", "text": "Is the blue one still available?"}',
    '{"from": "+12025550199", "message": {"type": "location", "location": {"latitude": 52.5, "longitude": 13.4}}}',
    '{"status": "read", "id": "<id>"}',
  ],
  start: async ({ host, port, option }) => {
    const number = option('number');
    const sim = await startWhatsApp({
      ...{ host, port, pauseMs: 1_000 },
      webhookUrl: () => option('webhook') ?? '',
      appSecret: option('secret') ?? '',
      token: option('token') ?? defaultAccount.token,
      businessAccountId: option('account') ?? defaultAccount.businessAccountId,
      phoneNumberIds: number === undefined ? defaultAccount.phoneNumberIds : [number],
    });
    return {
      listening: sim.url,
      also: { mediaOrigins: [sim.graph.filesAt] },
      received: () => sim.graph.accepted.map(({ id, to, body }) => ({ id, to, ...body })),
      troubles: () => sim.calls.troubles,
      customer: (line) => {
        const act = written.parse(line);
        if ('status' in act) return sim.tells(act.id, act.status);
        const writer = { phone: act.from.replace(/^\+/u, ''), ...(act.name === undefined ? {} : { name: act.name }) };
        return 'text' in act ? sim.writes(writer, act.text) : sim.sends(writer, act.message);
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};
