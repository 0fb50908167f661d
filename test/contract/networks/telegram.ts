/** The simulated Bot API as the kit's network: the bot's own chats or a connected account's, asked or called. */
import { must, parseAddress, parseRemoteId } from '../../../src/core/ids.ts';
import { placeOf, remoteIdOf } from '../../../src/networks/telegram/addresses.ts';
import { telegram } from '../../../src/networks/telegram/telegram.ts';
import { webhookSecret } from '../../../src/networks/telegram/webhook-door.ts';
import { TelegramSimulator, telegramToken, type At } from '../../support/simulators/telegram/telegram.ts';
import type { CustomerActs, Forgery, KitFile, MakeNetwork, Network, Shown, Told } from '../connector-kit.ts';
import { hashOf } from './sample-files.ts';

const customer = { id: 7_700_111, first_name: 'Kim', last_name: 'Customer', username: 'kimc' };
const owner = { id: 8_800_222, first_name: 'Olga', username: 'olga_acme' };
const group = { id: -555_001, title: 'Lunch', type: 'group' as const };
const connection = 'bconn-1';
const allRights = { can_reply: true, can_read_messages: true, can_delete_outgoing_messages: true } as const;
const emoji = ['👍', '❤', '🔥'] as const;

interface Form {
  readonly mode: 'polling' | 'webhook';
  readonly line: 'bot' | 'account';
}

export function telegramNetwork(form: Form): MakeNetwork {
  return async ({ door }) => {
    const sim = await TelegramSimulator.start();
    sim.addPerson(customer);
    const at: At = form.line === 'account' ? { connection } : {};
    await begin(sim, form.line);
    const settings = {
      ...{ token: telegramToken, apiUrl: sim.url, mode: form.mode },
      ...{ perSecond: 1_000, perChatPerSecond: 1_000, perGroupPerMinute: 60_000 },
      ...{ responseTimeout: '5s', pollTimeout: '5s', checkWebhook: '20ms' },
      reconnect: { first: '5ms', most: '20ms', refused: '20ms' },
    };
    return {
      facts: telegram.facts,
      line: must(parseAddress(form.line === 'bot' ? '@acmebot' : '@Olga_Acme')),
      customer: must(parseAddress(`tg:${String(customer.id)}`)),
      link: form.mode === 'polling' ? 'polling' : 'calls',
      open: (ctx) => telegram.open(ctx, settings),
      settings,
      customerWrites: (text) => sim.writes(customer.id, text, at),
      repeats: () => sim.updates.repeat(),
      poison: () => {
        // Without a number it is confirmed by the next that has one.
        sim.updates.raw(Buffer.from('{"update_id":"seven","message":[]}'), customer.id, 0).catch(() => undefined);
        return Promise.resolve();
      },
      givesUp: () => {
        sim.updates.forget();
      },
      received: () => sim.sent.map(({ text }) => text),
      loseAnswers: () => {
        sim.loseAnswers();
      },
      cut: () => {
        sim.cut();
      },
      secrets: [telegramToken, telegramToken.split(':')[1] ?? '', webhookSecret(telegramToken), 'olga', 'Olga', 'kimc'],
      close: () => sim.close(),
      sendsStrange: () => sim.sends(customer.id, { dice: { emoji: '🎲', value: 4 } }, at),
      ...(form.mode === 'polling' ? { batchAround: batchAround(sim, at) } : {}),
      forgeries: () => forgeries(door.url),
      customerCan: acts(sim, form.line, at),
      shown: (id) => shown(sim, id),
      newest: (by) => {
        const held =
          by === 'customer' ? sim.newestOf(customer.id) : sim.sent.findLast(({ chat }) => chat === customer.id);
        const whose = form.line === 'account' ? { account: owner.id } : {};
        return held && remoteIdOf({ chat: held.chat, message: held.id, ...whose });
      },
      files: () =>
        sim.world.messages.flatMap(({ byBot, media }) =>
          byBot && media !== undefined ? [hashOf(media.file.bytes)] : [],
        ),
      told: () =>
        sim.told.map((one): Told =>
          one.what === 'read' ? { what: 'read', id: String(one.message) } : { what: 'typing', on: true },
        ),
    } satisfies Network;
  };
}

/** The customer has written before; nobody heard it. */
async function begin(sim: TelegramSimulator, line: Form['line']): Promise<void> {
  const first = line === 'bot' ? sim.writes(customer.id, '/start') : Promise.resolve(true);
  sim.updates.forget();
  await first;
  if (line === 'bot') {
    sim.addGroup(group);
    return;
  }
  sim.addPerson(owner);
  const user = sim.world.person(owner.id);
  sim.connects(user, { id: connection, rights: allRights }).catch(() => undefined);
  sim.world.lastWritten.set(`${connection} ${String(customer.id)}`, sim.world.now());
}

function batchAround(sim: TelegramSimulator, at: At): NonNullable<Network['batchAround']> {
  return async (before, after) => {
    const taken = await Promise.all([
      sim.writes(customer.id, before, at),
      sim.updates.odd({ message: { message_id: 'x' } }, customer.id),
      sim.writes(customer.id, after, at),
    ]);
    return taken.every((one) => one);
  };
}

function forgeries(url: string): Promise<readonly Forgery[]> {
  const body = Buffer.from(
    JSON.stringify({
      update_id: 1,
      message: { message_id: 1, date: 1, chat: { id: 5, type: 'private' }, text: 'forged' },
    }),
  );
  const request = (headers: Readonly<Record<string, string>>) => ({
    method: 'POST' as const,
    target: new URL(url).pathname,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const named = (secret: string) => request({ 'x-telegram-bot-api-secret-token': secret });
  const right = webhookSecret(telegramToken);
  return Promise.resolve([
    { what: 'no secret', request: request({}), answer: 'bad-signature' },
    { what: 'an empty secret', request: named(''), answer: 'bad-signature' },
    { what: 'another secret', request: named(webhookSecret('123456:another')), answer: 'bad-signature' },
    { what: 'a part of the secret', request: named(right.slice(0, -1)), answer: 'bad-signature' },
    { what: 'the secret in capitals', request: named(right.toUpperCase()), answer: 'bad-signature' },
  ]);
}

const fields: Readonly<Record<KitFile['kind'], string>> = {
  image: 'photo',
  video: 'video',
  animation: 'animation',
  audio: 'audio',
  voice: 'voice',
  sticker: 'sticker',
  file: 'document',
};

function acts(sim: TelegramSimulator, line: Form['line'], at: At): CustomerActs {
  const replyTo = () => sim.sent.findLast(({ chat }) => chat === customer.id)?.id;
  const shared: CustomerActs = {
    replies: (text) => {
      const id = replyTo();
      return sim.writes(customer.id, text, { ...at, ...(id === undefined ? {} : { replyTo: id }) });
    },
    edits: (text) => sim.edits(customer.id, text),
    sendsFile: ({ kind, caption, ...file }) =>
      sim.sendsFile(customer.id, { ...file, field: fields[kind], ...(caption === undefined ? {} : { caption }) }, at),
    sendsLocation: ({ latitude, longitude }) => sim.sendsPlace(customer.id, { latitude, longitude }, at),
    sendsContact: ({ name, phone }) => {
      const [first_name = '', last_name = ''] = name.split(' ');
      return sim.sends(customer.id, { contact: { phone_number: phone, first_name, last_name } }, at);
    },
  };
  if (line === 'account') {
    return {
      ...shared,
      deletes: () => sim.deletes(connection, customer.id, [sim.newestOf(customer.id).id]),
    };
  }
  return {
    ...shared,
    reacts: (keys) =>
      sim.reacts(
        customer.id,
        emoji.filter((one) => keys.includes(one)),
      ),
    writesInGroup: (text) => sim.writes(customer.id, text, { group: group.id }),
  };
}

function shown({ world }: TelegramSimulator, id: string): Shown | undefined {
  const place = placeOf(must(parseRemoteId(id)));
  const held = world.messages.find(
    (one) =>
      one.chat === place?.chat &&
      one.id === place.message &&
      (one.connection !== undefined) === (place.account !== undefined),
  );
  if (held === undefined || place === undefined) return undefined;
  const { text, deleted, reactions, replyTo, media, place: location } = held;
  return {
    ...{ text, deleted, reactions },
    ...(replyTo === undefined ? {} : { replyTo: remoteIdOf({ ...place, message: replyTo }) }),
    ...(media === undefined ? {} : { file: hashOf(media.file.bytes) }),
    ...(location === undefined ? {} : { location }),
  };
}
