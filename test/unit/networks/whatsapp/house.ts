/** A connector without a network: webhooks are handed in, the Graph API answers as a test says. */
import { TestCore } from '../../../contract/networks/test-core.ts';
import { must, parseAddress, parsePosition } from '../../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../../../src/core/ports/outbound.ts';
import { FetchFailed, type ApiFetch, type FetchAnswer } from '../../../../src/core/ports/safe-fetch.ts';
import type { WebhookAnswer } from '../../../../src/core/ports/webhook.ts';
import { WhatsAppConnector } from '../../../../src/networks/whatsapp/connector.ts';
import { whatsappConfig } from '../../../../src/networks/whatsapp/config.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { escapedJson, signatureOf } from '../../../support/simulators/webhook-calls.ts';

export const line = must(parseAddress('+12025550100'));
export const otherLine = must(parseAddress('+12025550101'));
export const customer = must(parseAddress('+12025550199'));
export const secret = 'app-secret';
export const phoneNumberId = '106540352242922';

export const config = whatsappConfig.parse({
  ...{
    token: 'token',
    appSecret: secret,
    otherAppSecret: 'the-next',
    verifyToken: 'agreed',
    businessAccountId: '102290129340398',
  },
  numbers: { [line]: phoneNumberId, [otherLine]: '106540352242999' },
});

export interface House {
  readonly core: TestCore;
  readonly connector: WhatsAppConnector;
  readonly clock: ManualClock;
  /** What the Graph API was asked, as `POST /path`. */
  readonly asked: { readonly what: string; readonly body: unknown }[];
  readonly hears: (payload: unknown) => Promise<WebhookAnswer>;
  readonly newest: <K extends NetworkEvent['kind']>(kind: K) => Extract<NetworkEvent, { kind: K }> | undefined;
}

export async function openHouse(
  given: {
    readonly kv?: Map<string, Uint8Array>;
    readonly clock?: ManualClock;
    readonly answer?: (what: string) => FetchAnswer;
  } = {},
): Promise<House> {
  const clock = given.clock ?? new ManualClock(1_749_416_400_000);
  const asked: House['asked'] = [];
  const api: ApiFetch = (path, wish) => {
    const what = `${wish?.method ?? 'GET'} ${path}`;
    asked.push({ what, body: typeof wish?.body === 'string' ? JSON.parse(wish.body) : undefined });
    if (given.answer === undefined) return Promise.reject(new FetchFailed('unsent', 'no network'));
    return Promise.resolve(given.answer(what));
  };
  const fetching = { api: () => api, fetch: () => Promise.reject(new FetchFailed('refused', 'none')) };
  const kv = given.kv === undefined ? {} : { kv: given.kv };
  const core = new TestCore({ ...kv, clock, lines: [line, otherLine], fetching });
  const connector = new WhatsAppConnector(core.context(), config);
  await connector.start();
  return {
    ...{ core, connector, clock, asked },
    hears: (payload) => {
      const body = Buffer.from(escapedJson(payload));
      const headers = { 'x-hub-signature-256': signatureOf(body, secret) };
      return core.call({ method: 'POST', target: '/webhooks/wa', headers, body });
    },
    newest: (kind) =>
      core.events.findLast((event): event is Extract<NetworkEvent, { kind: typeof kind }> => event.kind === kind),
  };
}

export function answered(status: number, json: unknown): FetchAnswer {
  const bytes = Buffer.from(JSON.stringify(json));
  return {
    ...{ status, header: () => undefined, json: () => Promise.resolve(json), bytes: () => Promise.resolve(bytes) },
    pieces: async function* () {
      yield await Promise.resolve(bytes);
    },
  };
}

export function outbound(more: Partial<OutboundMessage> = {}): OutboundMessage {
  return { position: must(parsePosition(7)), attempt: 1, from: line, to: customer, text: 'Hello', ...more };
}

/** The envelope of the published samples around a `value`. */
export function webhook(value: object, field = 'messages', time?: number): object {
  const entry = { id: '102290129340398', ...(time === undefined ? {} : { time }), changes: [{ value, field }] };
  return { object: 'whatsapp_business_account', entry: [entry] };
}

export const metadata = {
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
};

export function messages(...items: readonly object[]): object {
  const contacts = [{ profile: { name: 'Sheena Nelson' }, wa_id: '12025550199' }];
  const stamped = items.map((item) => ({ from: '12025550199', id: 'wamid.X', timestamp: '1749416383', ...item }));
  return webhook({ ...metadata, contacts, messages: stamped });
}

export function statuses(...items: readonly object[]): object {
  const stamped = items.map((item) => ({
    id: 'wamid.S',
    timestamp: '1749416390',
    recipient_id: '12025550199',
    ...item,
  }));
  return webhook({ ...metadata, statuses: stamped });
}
