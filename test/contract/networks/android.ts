/** The simulated phone as the kit's network. */
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseAddress } from '../../../src/core/ids.ts';
import type { ConnectorContext } from '../../../src/core/ports/connector.ts';
import type { WebhookRequest } from '../../../src/core/ports/webhook.ts';
import { android } from '../../../src/networks/android/android.ts';
import { simPhone, startAndroid, type AndroidSimulator } from '../../support/simulators/android/android.ts';
import type { Forgery, Network, Surroundings } from '../connector-kit.ts';
import { hashOf } from './sample-files.ts';

function networkOver(server: 'local' | 'cloud') {
  return async ({ door }: Surroundings): Promise<Network> => {
    const phone = await startAndroid({ pauseMs: 5, retries: 200, server });
    const { username, password, signingKey } = simPhone;
    const newest = (): string => phone.sent.at(-1)?.id ?? '';
    const settings = { url: phone.url, server, username, password, signingKey, mms: true, perSecond: 100 };
    const refreshed = Promise.withResolvers<undefined>();
    if (server === 'local') refreshed.resolve(undefined);
    return {
      facts: android.facts,
      line: must(parseAddress(simPhone.number)),
      link: 'calls',
      open: (ctx) => android.open(tellingOfRefresh(ctx, refreshed.resolve), settings),
      settings,
      customerWrites: (text) => phone.customerWrites(text),
      repeats: () => phone.repeats(),
      poison: () => phone.post({ url: door.url, body: 'no JSON' }),
      sendsStrange: () => phone.emit('sms:data-received', dataMessage()),
      givesUp: () => {
        phone.givesUp();
      },
      received: () => phone.sent.map(({ text }) => text),
      loseAnswers: () => {
        phone.silent = true;
      },
      cut: () => {
        phone.cut();
      },
      secrets: [password, signingKey, Buffer.from(`${username}:${password}`).toString('base64')],
      close: () => phone[Symbol.asyncDispose](),
      forgeries: async () => {
        await refreshed.promise;
        return forgeriesOf(phone, door.url);
      },
      shown: (id) => {
        const text = phone.sent.find((one) => one.id === id);
        const [file] = text?.files ?? [];
        if (text === undefined) return undefined;
        return { text: text.text, ...(file === undefined ? {} : { file: hashOf(file.bytes) }) };
      },
      files: () => phone.sent.flatMap(({ files }) => files.map(({ bytes }) => hashOf(bytes))),
      customerCan: {
        sendsFile: ({ type, bytes, name, caption = '' }) => phone.customerSendsFiles(caption, [{ type, bytes, name }]),
        receives: () => phone.becomes(newest(), 'Delivered'),
      },
    };
  };
}

/** What the connector notes by itself once it has reached a cloud server is nothing that a forgery leaves behind. */
function tellingOfRefresh(ctx: ConnectorContext, tell: (value: undefined) => void): ConnectorContext {
  const apply: ConnectorContext['kv']['apply'] = async (edits) => {
    await ctx.kv.apply(edits);
    if (edits.some(({ key }) => key === 'refreshed')) tell(undefined);
  };
  return { ...ctx, kv: { ...ctx.kv, apply } };
}

export const localPhone = networkOver('local');
export const cloudPhone = networkOver('cloud');

function dataMessage() {
  const ends = { messageId: 'abc', sender: '+12025550199', recipient: simPhone.number, simNumber: 1 };
  return { ...ends, data: 'AAECAw==', receivedAt: '2026-11-23T10:00:00.000+00:00' };
}

function forgeriesOf(phone: AndroidSimulator, url: string): readonly Forgery[] {
  const { receivedAt, ...ends } = dataMessage();
  const payload = { ...ends, receivedAt, message: 'pay here' };
  const body = JSON.stringify({ id: 'x', webhookId: 'y', deviceId: 'z', event: 'sms:received', payload });
  const call = { url, body };
  const headers = phone.signed(call);
  const seconds = Math.floor(systemClock.now() / 1_000);
  const request = (given: Partial<WebhookRequest>): WebhookRequest => ({
    ...{ method: 'POST', target: new URL(url).pathname, headers, body: Buffer.from(body), ...given },
  });
  const answer = 'bad-signature';
  return [
    { what: 'a changed body', request: request({ body: Buffer.from(body.replace('pay', 'Pay')) }), answer },
    { what: 'no signature', request: request({ headers: { 'content-type': 'application/json' } }), answer },
    { what: 'a key that is not ours', request: request({ headers: phone.signed(call, 'guessed') }), answer },
    { what: 'another time', request: request({ headers: { ...headers, 'x-timestamp': String(seconds + 1) } }), answer },
    {
      what: 'of ten minutes ago',
      request: request({ headers: phone.signed(call, undefined, seconds - 600) }),
      answer: 'replay',
    },
    {
      what: 'of tomorrow',
      request: request({ headers: phone.signed(call, undefined, seconds + 86_400) }),
      answer: 'replay',
    },
  ];
}
