/** The simulated Cloud API as the kit's network. */
import { must, parseAddress, parseRemoteId } from '../../../src/core/ids.ts';
import { whatsappCloud } from '../../../src/networks/whatsapp/whatsapp-cloud.ts';
import { defaultAccount, startWhatsApp, type WhatsAppSimulator } from '../../support/simulators/whatsapp/whatsapp.ts';
import type { Accepted } from '../../support/simulators/whatsapp/graph-api.ts';
import type { Outbound } from '../../support/simulators/whatsapp/message-shape.ts';
import { escapedJson, signatureOf } from '../../support/simulators/webhook-calls.ts';
import type { Forgery, KitFile, Network, Shown, Surroundings } from '../connector-kit.ts';
import { hashOf } from './sample-files.ts';

export const appSecret = 'app-secret-8f31';
const verifyToken = 'verify-me-77';
const customer = { phone: '12025550199', name: 'Kit Customer' };

export async function whatsappNetwork({ door }: Surroundings): Promise<Network> {
  return whatsappOver(await startWhatsApp({ webhookUrl: () => door.url, appSecret }), { door });
}

export function whatsappOver(sim: WhatsAppSimulator, { door }: Surroundings): Network {
  // Somebody who has written today already.
  sim.graph.wrote(sim.line, customer.phone);
  sim.graph.templates.push(...templates);
  const settings = {
    ...{ token: defaultAccount.token, appSecret, verifyToken, businessAccountId: defaultAccount.businessAccountId },
    ...{ numbers: { '+12025550100': sim.line }, api: sim.url, mediaOrigins: [sim.graph.filesAt] },
    ...{ perSecond: 1_000, checkEvery: '1s' },
  };
  return {
    facts: whatsappCloud.facts,
    link: 'calls',
    line: must(parseAddress('+12025550100')),
    open: (ctx) => whatsappCloud.open(ctx, settings),
    settings,
    customerWrites: (text) => sim.writes(customer, text),
    repeats: () => sim.calls.repeat(),
    poison: () => sim.sends(customer, { type: 'text', id: 7 }),
    givesUp: () => {
      sim.calls.giveUp();
      sim.cut();
    },
    received: () => sim.received(),
    loseAnswers: () => {
      sim.graph.answers = false;
    },
    cut: () => {
      sim.cut();
    },
    secrets: [defaultAccount.token, appSecret, verifyToken],
    close: () => sim[Symbol.asyncDispose](),
    sendsStrange: () =>
      sim.sends(customer, { type: 'unsupported', unsupported: { type: 'poll_creation' }, errors: [] }),
    batchAround: (before, after) => batch(sim, before, after),
    forgeries: () => forgeries(sim, door.url),
    customerCan: acts(sim),
    shown: (id) => shown(sim, id),
    newest: (by) => must(parseRemoteId(by === 'customer' ? sim.newest : newestOfOurs(sim))),
    files: () => sim.graph.accepted.flatMap(({ file }) => (file === undefined ? [] : [hashOf(file.bytes)])),
    told: () =>
      sim.graph.told.map(({ what, id }) => (what === 'read' ? { what, id } : { what: 'typing' as const, on: true })),
    templates: ['order_ready', 'named'],
  };
}

const templates = [
  {
    ...{ name: 'order_ready', language: 'en_US', status: 'APPROVED', category: 'UTILITY' },
    components: [{ type: 'BODY', text: 'Hello {{1}}, order {{2}} is ready.' }],
  },
  {
    ...{ name: 'named', language: 'en_US', status: 'APPROVED', category: 'UTILITY' },
    components: [
      { type: 'BODY', text: 'Hello {{first_name}}' },
      { type: 'FOOTER', text: 'Acme' },
    ],
  },
  {
    ...{ name: 'waiting', language: 'en_US', status: 'PENDING', category: 'UTILITY' },
    components: [{ type: 'BODY', text: 'x' }],
  },
  {
    ...{ name: 'with_picture', language: 'en_US', status: 'APPROVED', category: 'MARKETING' },
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'x' },
    ],
  },
];

function batch(sim: WhatsAppSimulator, before: string, after: string): Promise<boolean> {
  const items = [
    sim.item(customer, { type: 'text', text: { body: before } }),
    { type: 'text', text: { body: 'no id and nobody' } },
    sim.item(customer, { type: 'text', text: { body: after } }),
  ];
  return sim.calls.call('batch', sim.payload(items, [customer]));
}

function forgeries(sim: WhatsAppSimulator, url: string): Promise<readonly Forgery[]> {
  const body = escapedJson(sim.payload([sim.item(customer, { type: 'text', text: { body: 'forged' } })], [customer]));
  const { pathname } = new URL(url);
  const post = (headers: Readonly<Record<string, string>>, sent = body) => ({
    method: 'POST' as const,
    target: pathname,
    headers,
    body: Buffer.from(sent),
  });
  const get = (query: string) => ({
    method: 'GET' as const,
    target: `${pathname}?${query}`,
    headers: {},
    body: Buffer.alloc(0),
  });
  const signature = signatureOf(body, appSecret);
  const bad = 'bad-signature' as const;
  return Promise.resolve([
    { what: 'no signature', request: post({}), answer: bad },
    { what: 'another secret', request: post({ 'x-hub-signature-256': signatureOf(body, 'other') }), answer: bad },
    { what: 'a changed body', request: post({ 'x-hub-signature-256': signature }, `${body} `), answer: bad },
    {
      what: 'the same with é in place of its escape',
      request: post({ 'x-hub-signature-256': signatureOf('{"a":"é"}', appSecret) }, escapedJson({ a: 'é' })),
      answer: bad,
    },
    { what: 'a short signature', request: post({ 'x-hub-signature-256': 'sha256=00' }), answer: bad },
    {
      what: 'a wrong verify token',
      request: get('hub.mode=subscribe&hub.verify_token=x&hub.challenge=1'),
      answer: 'refused',
    },
    { what: 'no verify token', request: get('hub.mode=subscribe&hub.challenge=1'), answer: 'refused' },
  ]);
}

function newestOfOurs({ graph }: WhatsAppSimulator): string {
  return graph.accepted.findLast(({ body }) => body.type !== 'reaction')?.id ?? '';
}

function acts(sim: WhatsAppSimulator): NonNullable<Network['customerCan']> {
  const ours = (): string => newestOfOurs(sim);
  const context = (): object => ({ context: { from: '15550783881', id: ours() } });
  const files: Readonly<Record<string, string>> = { file: 'document', voice: 'audio', animation: 'video' };
  return {
    replies: (text) => sim.sends(customer, { type: 'text', text: { body: text }, ...context() }),
    edits: (text) => {
      const target = edited.get(sim) ?? sim.newest;
      edited.set(sim, target);
      const edit = {
        original_message_id: target,
        message: { type: 'text', text: { body: text }, context: { id: 'M0' } },
      };
      return sim.sends(customer, { type: 'edit', edit });
    },
    deletes: () => {
      const original_message_id = edited.get(sim) ?? sim.newest;
      return sim.sends(customer, { type: 'revoke', revoke: { original_message_id } });
    },
    reacts: ([emoji]) =>
      sim.sends(customer, {
        type: 'reaction',
        reaction: { message_id: ours(), ...(emoji === undefined ? {} : { emoji }) },
      }),
    sendsFile: ({ kind, type, bytes, name, caption }: KitFile) =>
      sim.sendsFile(customer, files[kind] ?? kind, {
        ...{ bytes: Buffer.from(bytes), type },
        more: { ...(kind === 'file' ? { filename: name } : {}), ...(caption === undefined ? {} : { caption }) },
      }),
    sendsLocation: ({ latitude, longitude }) =>
      sim.sends(customer, { type: 'location', location: { latitude, longitude } }),
    sendsContact: ({ name, phone }) => {
      const contacts = [{ name: { formatted_name: name, first_name: name }, phones: [{ phone, type: 'CELL' }] }];
      return sim.sends(customer, { type: 'contacts', contacts });
    },
    writesInGroup: (text) =>
      sim.sends(customer, {
        group_id: 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD',
        type: 'text',
        text: { body: text },
      }),
    receives: () => sim.tells(ours(), 'delivered'),
    reads: () => sim.tells(ours(), 'read'),
  };
}

/** The message that a simulator's customer edits: its first id stays its name. */
const edited = new WeakMap<WhatsAppSimulator, string>();

function shown(sim: WhatsAppSimulator, id: string): Shown | undefined {
  const reactions = sim.graph.accepted.flatMap(({ body }) =>
    body.type === 'reaction' && body.reaction.message_id === id ? [body.reaction.emoji] : [],
  );
  const last = reactions.at(-1) ?? '';
  const sent = sim.graph.accepted.find((one) => one.id === id);
  return { ...(sent === undefined ? { text: '' } : seen(sent)), reactions: last === '' ? [] : [last] };
}

function seen({ body, file }: Accepted): Shown {
  const replyTo = parseRemoteId(body.context?.message_id);
  return {
    text: textOf(body),
    ...(file === undefined ? {} : { file: hashOf(file.bytes) }),
    ...(body.type === 'location' ? { location: body.location } : {}),
    ...(replyTo.ok ? { replyTo: replyTo.value } : {}),
  };
}

function textOf(body: Outbound): string {
  switch (body.type) {
    case 'text':
      return body.text.body;
    case 'image':
      return body.image.caption ?? '';
    case 'video':
      return body.video.caption ?? '';
    case 'document':
      return body.document.caption ?? '';
    default:
      return '';
  }
}
