/** Messenger's simulator on the command line. */
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startMessenger } from './messenger.ts';

const written = z.union([
  z.strictObject({ from: z.string(), text: z.string() }),
  z.strictObject({ from: z.string(), event: z.record(z.string(), z.unknown()) }),
]);

export const simulator: Simulator = {
  about: 'the Messenger Platform of a Page (graph.facebook.com); stdin takes {from, text} or {from, event}',
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the app secret that signs the calls',
    token: 'the Page access token that it takes',
  },
  start: async ({ host, port, option, say }) => {
    const [token, appSecret] = [option('token') ?? '', option('secret') ?? ''];
    const sim = await startMessenger({
      host,
      port,
      token,
      appSecret,
      pauseMs: 1_000,
      webhookUrl: () => option('webhook') ?? '',
    });
    say({ api: sim.url, page: sim.page });
    return {
      listening: sim.url,
      customer: async (line) => {
        const act = written.parse(line);
        const taken = await ('text' in act ? sim.writes(act.from, act.text) : sim.event(act.from, act.event));
        say({ taken, sent: sim.sent.at(-1) });
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};
