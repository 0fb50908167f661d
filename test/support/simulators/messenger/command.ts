/** Messenger's simulator on the command line. */
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { startMessenger } from './messenger.ts';

const written = z.union([
  z.strictObject({ from: z.string(), name: z.string().optional(), text: z.string() }),
  z.strictObject({ from: z.string(), event: z.record(z.string(), z.unknown()) }),
]);

export const simulator: Simulator = {
  about: 'the Messenger Platform of a Page (graph.facebook.com)',
  options: {
    webhook: 'where it calls: http://127.0.0.1:9703/webhooks/<connector>',
    secret: 'the app secret that signs the calls',
    token: 'the Page access token that it takes',
  },
  takes: [
    '{"from": "254459876543210", "name": "Ann Lee", "text": "Is the blue one still available?"}',
    '{"from": "254459876543210", "event": {"read": {"watermark": 1893456000000}}}',
  ],
  start: async ({ host, port, option }) => {
    const [token, appSecret] = [option('token') ?? '', option('secret') ?? ''];
    const sim = await startMessenger({
      host,
      port,
      token,
      appSecret,
      pauseMs: 1_000,
      webhookUrl: () => option('webhook') ?? '',
    });
    return {
      listening: sim.url,
      also: { page: sim.page },
      received: () => sim.sent,
      troubles: () => sim.calls.troubles,
      customer: (line) => {
        const act = written.parse(line);
        if (!('text' in act)) return sim.event(act.from, act.event);
        if (act.name !== undefined) sim.names.set(act.from, namesOf(act.name));
        return sim.writes(act.from, act.text);
      },
      close: () => sim[Symbol.asyncDispose](),
    };
  },
};

function namesOf(name: string): readonly [first: string, last: string] {
  const [first = '', ...others] = name.split(' ');
  return [first, others.join(' ')];
}
