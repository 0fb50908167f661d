/** The example connector as a third party's package would be loaded, and its provider as the kit's network. */
import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../../src/core/ports/webhook.ts';
import { loadPackaged } from '../../../src/networks/packaged.ts';
import { EchoProvider, SECRET, TOKEN } from '../../../packages/example-connector/echo-provider.js';
import type { Forgery, Network, Surroundings } from '../connector-kit.ts';

function signed(body: string, at: number, secret = SECRET): string {
  return `t=${String(at)},v1=${createHmac('sha256', secret)
    .update(`${String(at)}.${body}`)
    .digest('hex')}`;
}

function forgeries(url: string): readonly Forgery[] {
  const body = JSON.stringify({ items: [] });
  const request = (signature: string | undefined, content = body): WebhookRequest => ({
    method: 'POST',
    target: new URL(url).pathname,
    headers: {
      'content-type': 'application/json',
      ...(signature === undefined ? {} : { 'echo-signature': signature }),
    },
    body: Buffer.from(content),
  });
  const now = Date.now();
  return [
    { what: 'no signature', request: request(undefined), answer: 'bad-signature' },
    { what: 'another secret', request: request(signed(body, now, 'somebody-elses')), answer: 'bad-signature' },
    { what: 'a changed body', request: request(signed(body, now), `${body} `), answer: 'bad-signature' },
    { what: 'an old call', request: request(signed(body, now - 600_000)), answer: 'replay' },
  ];
}

export async function exampleNetwork({ door }: Surroundings): Promise<Network> {
  const module = await loadPackaged('./packages/example-connector/index.js', process.cwd());
  if (!module.ok) throw new Error(module.error.message);
  const echo = module.value;
  const provider = new EchoProvider(door.url);
  const settings = { api: await provider.listen(), token: TOKEN, secret: SECRET };
  return {
    facts: echo.facts,
    link: 'calls',
    open: (ctx) => echo.open(ctx, settings),
    settings,
    customerWrites: (text) => provider.writes(text),
    repeats: () => provider.repeats(),
    poison: () => provider.posts(Buffer.from('{"items": [')),
    sendsStrange: () => provider.calls([{ type: 'hologram', id: '1' }]),
    batchAround: (before, after) => {
      const base = { type: 'message', from: '+12025550199', to: '+12025550100', at: Date.now() };
      return provider.calls([{ ...base, id: 'a', text: before }, 7, { ...base, id: 'b', text: after }]);
    },
    forgeries: () => Promise.resolve(forgeries(door.url)),
    givesUp: () => {
      provider.givesUp();
    },
    received: () => provider.sent.map(({ text }) => text),
    loseAnswers: () => {
      provider.losesAnswers = true;
    },
    cut: () => {
      provider.cut();
    },
    secrets: [TOKEN, SECRET],
    close: () => provider.close(),
    customerCan: { receives: () => provider.delivers() },
  };
}
