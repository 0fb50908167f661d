/** LINE and Messenger, simulated, as the kit's networks: the shipped example configs are what is tested. */
import { must, parseAddress, parseRemoteId, type RemoteId } from '../../../src/core/ids.ts';
import { http } from '../../../src/networks/http/http.ts';
import { httpExample } from '../../support/http-example.ts';
import { lineSignature, startLine, type LineSimulator } from '../../support/simulators/line/line.ts';
import { startMessenger, type MessengerSimulator } from '../../support/simulators/messenger/messenger.ts';
import { signatureOf } from '../../support/simulators/webhook-calls.ts';
import type { Forgery, Network, Surroundings } from '../connector-kit.ts';
import type { Told } from '../network.ts';

const lineUser = 'U4af4980629abcdefabcdefabcdefabcd';
const lineGroup = 'Ca56f94637cabcdefabcdefabcdefabcd';
const psid = '254459876543210';

export async function lineNetwork({ door }: Surroundings): Promise<Network> {
  const secrets = { token: 'line-token-5', channelSecret: 'channel-secret-6' };
  const sim = await startLine({ webhookUrl: () => door.url, ...secrets });
  const origins = { 'https://api.line.me': sim.url, 'https://api-data.line.me': sim.dataUrl };
  const { settings, address } = httpExample('line', { secrets, origins });
  const writes = (text: string, more?: object): Promise<boolean> => sim.writes(lineUser, text, more);
  return {
    facts: http.facts,
    link: 'calls',
    line: must(parseAddress(address)),
    customer: must(parseAddress(lineUser)),
    open: (ctx) => http.open(ctx, { ...settings, perSecond: 1_000, checkEvery: '1s' }),
    settings: { ...settings, perSecond: 1_000, checkEvery: '1s' },
    customerWrites: writes,
    repeats: () => sim.calls.repeat(),
    poison: () => sim.event(lineUser, { type: 7, message: 'what?' }),
    givesUp: () => {
      sim.calls.giveUp();
      sim.cut();
    },
    received: () => sim.pushed.map(({ text }) => text),
    loseAnswers: () => {
      sim.answers = false;
    },
    cut: () => {
      sim.cut();
    },
    secrets: Object.values(secrets),
    close: () => sim[Symbol.asyncDispose](),
    sendsStrange: () =>
      sim.event(
        lineUser,
        sim.message({ type: 'sticker', packageId: '446', stickerId: '1988', stickerResourceType: 'STATIC' }),
      ),
    batchAround: (before, after) => {
      const texts = [before, after].map((text) => sim.item(lineUser, sim.message({ type: 'text', text })));
      return sim.events([texts[0] ?? {}, { type: 'message', message: { type: 'text' } }, texts[1] ?? {}]);
    },
    forgeries: () =>
      Promise.resolve(
        forgeries(door.url, 'x-line-signature', (body, key) => lineSignature(body, key), secrets.channelSecret),
      ),
    customerCan: lineActs(sim),
    files: () => sim.pushed.flatMap(({ file = [] }) => file),
    shown: (id) => {
      const found = sim.pushed.find((one) => one.id === id);
      return found && { ...found, ...remote(found.quotes) };
    },
    newest: (by) => must(parseRemoteId(by === 'customer' ? sim.newest : sim.pushed.at(-1)?.id)),
    told: () => [
      ...sim.loading.map(() => ({ what: 'typing' as const, on: true })),
      ...sim.read.map((id) => ({ what: 'read' as const, id })),
    ],
  };
}

function remote(id: string | undefined): { readonly replyTo?: RemoteId } {
  return id === undefined ? {} : { replyTo: must(parseRemoteId(id)) };
}

function lineActs(sim: LineSimulator): NonNullable<Network['customerCan']> {
  return {
    replies: (text) => sim.writes(lineUser, text, { quotedMessageId: sim.pushed.at(-1)?.id }),
    deletes: () => sim.event(lineUser, { type: 'unsend', unsend: { messageId: sim.newest } }),
    sendsFile: ({ kind, bytes }) => {
      const event = sim.message({ type: kind, contentProvider: { type: 'line' } });
      sim.contents.set(sim.newest, Buffer.from(bytes));
      return sim.event(lineUser, event);
    },
    sendsLocation: ({ latitude, longitude }) =>
      sim.event(lineUser, sim.message({ type: 'location', title: 'here', address: 'Berlin', latitude, longitude })),
    writesInGroup: (text) => sim.event(lineUser, sim.message({ type: 'text', text }), lineGroup),
  };
}

export async function messengerNetwork({ door }: Surroundings): Promise<Network> {
  const secrets = { token: 'page-token-5', appSecret: 'app-secret-6', verifyToken: 'verify-token-7' };
  const sim = await startMessenger({ webhookUrl: () => door.url, ...secrets });
  sim.wrote(psid);
  const { settings, address } = httpExample('messenger', {
    secrets,
    origins: { 'https://graph.facebook.com': sim.url },
  });
  return {
    facts: http.facts,
    link: 'calls',
    line: must(parseAddress(address)),
    customer: must(parseAddress(psid)),
    fetchFrom: [new URL(sim.cdnUrl).host],
    open: (ctx) => http.open(ctx, { ...settings, perSecond: 1_000, checkEvery: '1s' }),
    settings: { ...settings, perSecond: 1_000, checkEvery: '1s' },
    customerWrites: (text) => sim.writes(psid, text),
    repeats: () => sim.calls.repeat(),
    poison: () => sim.event(psid, { message: 'what?' }),
    givesUp: () => {
      sim.calls.giveUp();
      sim.cut();
    },
    received: () => sim.sent.map(({ text }) => text),
    loseAnswers: () => {
      sim.answers = false;
    },
    cut: () => {
      sim.cut();
    },
    secrets: Object.values(secrets),
    close: () => sim[Symbol.asyncDispose](),
    sendsStrange: () => sim.event(psid, { game_play: { game_id: '1' } }),
    batchAround: (before, after) => {
      const texts = [before, after].map((text) => sim.item(psid, sim.message(psid, { text })));
      return sim.calls.call('batch', sim.payload([texts[0], { message: { text: 'nobody' } }, texts[1]]));
    },
    forgeries: () =>
      Promise.resolve([
        ...forgeries(door.url, 'x-hub-signature-256', signatureOf, secrets.appSecret),
        ...questions(door.url),
      ]),
    customerCan: messengerActs(sim),
    files: () => sim.sent.flatMap(({ file = [] }) => file),
    shown: (id) => {
      const [found, reaction] = [sim.sent.find((one) => one.id === id), sim.reactions.get(id)];
      const reactions = reaction === undefined ? {} : { reactions: [reaction] };
      const { text = '', file, replyTo } = found ?? {};
      return { text, ...(file === undefined ? {} : { file }), ...remote(replyTo), ...reactions };
    },
    newest: (by) => must(parseRemoteId(by === 'customer' ? sim.newest : sim.sent.at(-1)?.id)),
    told: () =>
      sim.actions.flatMap(({ what, to }): readonly Told[] => {
        if (what === 'mark_seen') return [{ what: 'read', id: to }];
        return what.startsWith('typing') ? [{ what: 'typing', on: what === 'typing_on' }] : [];
      }),
  };
}

function messengerActs(sim: MessengerSimulator): NonNullable<Network['customerCan']> {
  const ours = (): string => sim.sent.at(-1)?.id ?? '';
  let edits = 0;
  return {
    replies: (text) => sim.writes(psid, text, { reply_to: { mid: ours() } }),
    edits: (text) => {
      edits += 1;
      return sim.event(psid, { message_edit: { mid: sim.newest, text, num_edit: edits } });
    },
    reacts: ([emoji]) => {
      const reaction = emoji === undefined ? { action: 'unreact' } : { action: 'react', emoji, reaction: 'other' };
      return sim.event(psid, { reaction: { mid: ours(), ...reaction } });
    },
    sendsFile: ({ kind, name, bytes }) => {
      sim.files.set(name, Buffer.from(bytes));
      const attachments = [{ type: kind, payload: { url: `${sim.cdnUrl}/${name}` } }];
      return sim.event(psid, sim.message(psid, { attachments }));
    },
    receives: () => sim.event(psid, { delivery: { mids: [ours()], watermark: sim.sent.at(-1)?.at } }),
    reads: () => sim.event(psid, { read: { watermark: (sim.sent.at(-1)?.at ?? 0) + 1 } }),
  };
}

function forgeries(
  url: string,
  header: string,
  sign: (body: string, secret: string) => string,
  secret: string,
): readonly Forgery[] {
  const body = '{"destination":"U0","events":[],"object":"page","entry":[]}';
  const { pathname: target } = new URL(url);
  const post = (headers: Readonly<Record<string, string>>, sent = body) =>
    ({ method: 'POST', target, headers, body: Buffer.from(sent) }) as const;
  const answer = 'bad-signature';
  return [
    { what: 'no signature', request: post({}), answer },
    { what: 'another secret', request: post({ [header]: sign(body, 'other') }), answer },
    { what: 'a changed body', request: post({ [header]: sign(body, secret) }, `${body} `), answer },
    { what: 'an empty signature', request: post({ [header]: '' }), answer },
  ];
}

function questions(url: string): readonly Forgery[] {
  const { pathname } = new URL(url);
  const target = `${pathname}?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1`;
  return [
    {
      what: 'a wrong verify token',
      request: { method: 'GET', target, headers: {}, body: Buffer.alloc(0) },
      answer: 'refused',
    },
  ];
}
