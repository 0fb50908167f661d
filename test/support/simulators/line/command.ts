/** LINE's simulator on the command line. */
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startLine } from './line.ts';

const written = z.union([
  z.strictObject({ from: z.string(), name: z.string().optional(), text: z.string() }),
  z.strictObject({ from: z.string(), event: z.looseObject({ type: z.string() }) }),
]);

export const simulator: Simulator = {
  about: 'the LINE Messaging API (api.line.me)',
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the channel secret that signs the calls',
    token: 'the channel access token that it takes',
  },
  takes: [
    '{"from": "U4af4980629abcdefabcdefabcdefabcd", "name": "Ann Lee", "text": "Is the blue one still available?"}',
    '{"from": "U4af4980629abcdefabcdefabcdefabcd", "event": {"type": "unfollow"}}',
  ],
  start: async ({ host, port, option }) => {
    const [token, channelSecret] = [option('token') ?? '', option('secret') ?? ''];
    const sim = await startLine({
      host,
      port,
      token,
      channelSecret,
      pauseMs: 1_000,
      webhookUrl: () => option('webhook') ?? '',
    });
    return {
      listening: sim.url,
      also: { contents: sim.dataUrl, destination: sim.destination },
      received: () => sim.pushed,
      troubles: () => sim.calls.troubles,
      customer: (line) => {
        const act = written.parse(line);
        if (!('text' in act)) return sim.event(act.from, act.event);
        if (act.name !== undefined) sim.names.set(act.from, act.name);
        return sim.writes(act.from, act.text);
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};
