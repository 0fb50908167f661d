/** LINE's simulator on the command line. */
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startLine } from './line.ts';

const written = z.union([
  z.strictObject({ from: z.string(), text: z.string() }),
  z.strictObject({ from: z.string(), event: z.looseObject({ type: z.string() }) }),
]);

export const simulator: Simulator = {
  about: 'the LINE Messaging API (api.line.me); stdin takes {from, text} or {from, event}',
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the channel secret that signs the calls',
    token: 'the channel access token that it takes',
  },
  start: async ({ host, port, option, say }) => {
    const [token, channelSecret] = [option('token') ?? '', option('secret') ?? ''];
    const sim = await startLine({
      host,
      port,
      token,
      channelSecret,
      pauseMs: 1_000,
      webhookUrl: () => option('webhook') ?? '',
    });
    say({ api: sim.url, contents: sim.dataUrl, destination: sim.destination });
    return {
      listening: sim.url,
      customer: async (line) => {
        const act = written.parse(line);
        const taken = await ('text' in act ? sim.writes(act.from, act.text) : sim.event(act.from, act.event));
        say({ taken, pushed: sim.pushed.at(-1) });
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};
