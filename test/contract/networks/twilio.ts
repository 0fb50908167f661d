/** The simulated Twilio as the kit's network. */
import type { WebhookRequest } from '../../../src/core/ports/webhook.ts';
import { twilio } from '../../../src/networks/twilio/twilio.ts';
import { simAccount, startTwilio, type SimCall } from '../../support/simulators/twilio/twilio.ts';
import type { Forgery, Network, Surroundings } from '../connector-kit.ts';
import { hashOf } from './sample-files.ts';

export async function twilioNetwork({ door }: Surroundings): Promise<Network> {
  const provider = await startTwilio({ webhookUrl: door.url });
  const settings = {
    ...{ accountSid: simAccount.sid, authToken: simAccount.token },
    ...{ api: provider.url, perSecond: 1_000, window: 100 },
  };
  const newest = (): string => provider.sent.at(-1)?.sid ?? '';
  return {
    facts: twilio.facts,
    link: 'calls',
    // Where files lie is this machine too.
    fetchFrom: [new URL(provider.filesUrl).host],
    open: (ctx) => twilio.open(ctx, settings),
    settings,
    customerWrites: (text) => provider.customerWrites(text),
    repeats: () => provider.repeats(),
    poison: () => provider.post(provider.signedJson('{"what":"is this"}')),
    sendsStrange: () => provider.call({ CallSid: 'CA123', From: '+12025550199', To: simAccount.number }),
    // It calls once, and keeps its list.
    givesUp: () => undefined,
    received: () => provider.sent.map(({ body }) => body),
    loseAnswers: () => {
      provider.silent = true;
    },
    cut: () => {
      provider.cut();
    },
    secrets: [
      simAccount.token,
      simAccount.sid,
      Buffer.from(`${simAccount.sid}:${simAccount.token}`).toString('base64'),
    ],
    close: () => provider[Symbol.asyncDispose](),
    forgeries: () => Promise.resolve(forgeriesOf(provider)),
    shown: (id) => {
      const message = provider.sent.find(({ sid }) => sid === id);
      const [file] = message?.media ?? [];
      if (message === undefined) return undefined;
      return { text: message.body, ...(file === undefined ? {} : { file: hashOf(file.bytes) }) };
    },
    files: () => provider.sent.flatMap(({ media }) => media.map(({ bytes }) => hashOf(bytes))),
    customerCan: {
      sendsFile: ({ type, bytes, caption = '' }) => provider.customerWrites(caption, { files: [{ type, bytes }] }),
      receives: () => provider.becomes(newest(), 'delivered'),
    },
  };
}

function forgeriesOf(provider: Awaited<ReturnType<typeof startTwilio>>): readonly Forgery[] {
  const fields = { MessageSid: `SM${'a'.repeat(32)}`, From: '+12025550199', To: simAccount.number, Body: 'pay here' };
  const call = provider.signed(fields);
  const json = provider.signedJson('{}');
  const answer = 'bad-signature';
  const unsigned = { 'content-type': call.headers['content-type'] ?? '' };
  return [
    { what: 'a changed body', request: requestOf({ ...call, body: call.body.replace('pay', 'Pay') }), answer },
    { what: 'no signature', request: requestOf({ ...call, headers: unsigned }), answer },
    { what: "another account's token", request: requestOf(provider.signed(fields, undefined, 'stranger')), answer },
    { what: 'an added parameter', request: requestOf({ ...call, body: `${call.body}&Added=1` }), answer },
    { what: 'an added query', request: requestOf({ ...call, url: `${call.url}?from=me` }), answer },
    { what: 'a JSON body other than its hash', request: requestOf({ ...json, body: '{"a":1}' }), answer },
    { what: 'JSON without a hash', request: requestOf({ ...json, url: call.url }), answer },
  ];
}

function requestOf({ url, method, headers, body }: SimCall): WebhookRequest {
  const { pathname, search } = new URL(url);
  return { method, target: pathname + search, headers, body: Buffer.from(body) };
}
