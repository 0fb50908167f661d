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
  about: "Meta's WhatsApp Cloud API (graph.facebook.com); stdin takes {from, text}, {from, message} or {status, id}",
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the app secret that signs the calls',
    'token?': `the token that it takes (${defaultAccount.token})`,
    'number?': `the phone number id (${defaultAccount.phoneNumberIds.join()})`,
    'account?': `the business account id (${defaultAccount.businessAccountId})`,
  },
  start: async ({ host, port, option, say }) => {
    const number = option('number');
    const sim = await startWhatsApp({
      ...{ host, port, pauseMs: 1_000 },
      webhookUrl: () => option('webhook') ?? '',
      appSecret: option('secret') ?? '',
      token: option('token') ?? defaultAccount.token,
      businessAccountId: option('account') ?? defaultAccount.businessAccountId,
      phoneNumberIds: number === undefined ? defaultAccount.phoneNumberIds : [number],
    });
    say({ api: sim.url, mediaOrigins: [sim.graph.filesAt] });
    const told = sim.graph.onAccepted;
    sim.graph.onAccepted = (accepted): void => {
      say({ id: accepted.id, to: accepted.to, body: accepted.body });
      told(accepted);
    };
    return {
      listening: sim.url,
      customer: async (line) => {
        const act = written.parse(line);
        if ('status' in act) await sim.tells(act.id, act.status);
        else {
          const writer = { phone: act.from.replace(/^\+/u, ''), ...(act.name === undefined ? {} : { name: act.name }) };
          await ('text' in act ? sim.writes(writer, act.text) : sim.sends(writer, act.message));
        }
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};
