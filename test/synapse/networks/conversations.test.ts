/** A customer and a salesperson on every network, each act as the other side's own program shows it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SetPresence, type MatrixEvent } from 'matrix-js-sdk';
import type { RemoteId } from '../../../src/core/ids.ts';
import type { CustomerActs, Network, Shown, Told } from '../../contract/network.ts';
import { localPhone } from '../../contract/networks/android.ts';
import { lineNetwork, messengerNetwork } from '../../contract/networks/http.ts';
import { hashOf, sampleFile } from '../../contract/networks/sample-files.ts';
import { signalNetwork } from '../../contract/networks/signal.ts';
import { telegramNetwork } from '../../contract/networks/telegram.ts';
import { twilioNetwork } from '../../contract/networks/twilio.ts';
import { whatsappNetwork } from '../../contract/networks/whatsapp.ts';
import { xmppNetwork } from '../../contract/networks/xmpp.ts';
import { until } from '../../support/carrier.ts';
import { HOUSE_START_MS } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { startProsody, type Prosody } from '../../support/xmpp/prosody.ts';
import { houseOfNetworks, type HouseOfNetworks, type Joined } from './house-of-networks.ts';

let prosody: Prosody | undefined;
let house: HouseOfNetworks;
let alice: StaffClient;

const joined: readonly Joined[] = [
  { id: 'telegram', type: 'telegram', make: telegramNetwork({ mode: 'polling', line: 'bot' }) },
  { id: 'account', type: 'telegram', make: telegramNetwork({ mode: 'webhook', line: 'account' }) },
  { id: 'whatsapp', type: 'whatsapp-cloud', make: whatsappNetwork },
  { id: 'twilio', type: 'twilio', make: twilioNetwork },
  { id: 'phone', type: 'android-sms-gateway', make: localPhone },
  { id: 'signal', type: 'signal-cli', make: signalNetwork('tcp') },
  { id: 'linechat', type: 'http', make: lineNetwork },
  { id: 'messenger', type: 'http', make: messengerNetwork },
  { id: 'xmpp', type: 'xmpp', make: xmppNetwork(() => running(prosody)) },
];

/** Another device of hers counts as being there for 30 s after its last sync (Synapse, SYNC_ONLINE_TIMEOUT). */
const SYNAPSE_FORGETS_A_DEVICE_MS = 40_000;

/** What their networks can do in other chats: of Telegram's two a connected account can't, and LINE has none. */
const withoutReactions = ['account', 'linechat'];

function running(server: Prosody | undefined): Prosody {
  if (server === undefined) throw new Error('Prosody did not start');
  return server;
}

/** Whether the provider was answered is the kit's business: here only the room counts. */
function act(done: Promise<unknown> | undefined): void {
  done?.catch(() => undefined);
}

/** Says something that nobody has said before, and waits for it in a room of alice's. */
async function says(network: Network, what = 'Hello'): Promise<{ room: string; event: MatrixEvent; text: string }> {
  const text = `${what} ${randomUUID()}`;
  act(network.customerWrites(text));
  return seen(text);
}

function seen(text: string): Promise<{ room: string; event: MatrixEvent; text: string }> {
  return alice.until(`"${text}" in a room`, () => {
    for (const { roomId } of alice.sdk.getRooms()) {
      const event = alice.timeline(roomId).find((one) => one.getContent()['body'] === text);
      if (event !== undefined) return { room: roomId, event, text };
    }
    return undefined;
  });
}

/** Alice answers, and the customer has it. */
async function answers(network: Network, room: string, what = 'Of course'): Promise<{ id: string; text: string }> {
  const text = `${what} ${randomUUID()}`;
  const id = await alice.sendText(room, text);
  await until(`the customer to have "${text}"`, () => network.received().includes(text), 20_000);
  return { id, text };
}

function relatesTo(event: MatrixEvent): string | undefined {
  return event.getRelation()?.event_id ?? event.replyEventId;
}

function eventId(event: MatrixEvent): string {
  const id = event.getId();
  if (id === undefined) throw new Error('an event without an id');
  return id;
}

function acts(network: Network): CustomerActs {
  return network.customerCan ?? {};
}

beforeAll(async () => {
  prosody = await startProsody();
  house = await houseOfNetworks(joined, (config) => {
    const line = joined.findIndex(({ id }) => id === 'xmpp') + 1;
    config.setIn(['lines', line, 'tells'], config.createNode({ presence: true }));
  });
  alice = await house.staffed.person('alice');
}, HOUSE_START_MS);

afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await prosody?.[Symbol.asyncDispose]();
}, 60_000);

describe.each(joined.map(({ id }) => [id]))('on %s', (id) => {
  const network = (): Network => house.network(id);

  test('words go both ways, by a ghost that says which network it is of', async () => {
    const { room, event } = await says(network());
    expect(event.getSender()).toMatch(/^@_gh_[a-z]+_/u);
    await answers(network(), room);
  });

  test('a picture comes with its very bytes', async () => {
    const { room } = await says(network());
    await expectPicture(network(), room);
  }, 60_000);

  test("a picture of staff goes out with its very bytes, or the room says that the line can't carry it", async () => {
    const { room } = await says(network());
    await expectPictureOut(network(), room);
  }, 60_000);

  test('an answer is a reply to what it answers, in both directions', async () => {
    const { room, event } = await says(network());
    const asked = network().newest?.('customer');
    const said = await answers(network(), room);
    await expectReply(network(), { room, to: said.id });
    const text = `That one ${randomUUID()}`;
    await alice.reply(room, eventId(event), text);
    await expectReceived(network(), (one) => one.includes(text));
    const answer = network().newest?.('line');
    if (network().facts.most.reply > 0) await expectShown(network(), answer, ({ replyTo }) => replyTo === asked);
  }, 60_000);

  test('what a customer reacts to, changes or takes back is so in the room', async () => {
    const { room } = await says(network());
    const said = await answers(network(), room);
    await expectReaction(network(), { room, on: said.id });
    const first = await says(network(), 'Firts');
    await expectEdit(network(), first);
    await expectDeletion(network(), first);
  }, 60_000);

  test('what staff change, take back or react to is so there, or the room says that it is not', async () => {
    const { room, event } = await says(network());
    const { id: sent, text } = await answers(network(), room);
    const [said, heard] = [network().newest?.('line'), network().newest?.('customer')];
    const { edit, delete: deletion } = network().facts.most;
    await alice.edit(room, sent, `${text}!`);
    await (edit > 0
      ? expectReceived(network(), (one) => one === `${text}!`)
      : expectTold(room, 'still sees the first text'));
    const reacted = await alice.react(room, eventId(event), '👍');
    const shows = network().facts.most.reaction > 0 && !withoutReactions.includes(id);
    await (shows
      ? expectShown(network(), heard, ({ reactions }) => String(reactions) === '👍')
      : expectTold(room, "doesn't see reactions"));
    await alice.redact(room, reacted);
    if (shows) await expectShown(network(), heard, ({ reactions = [] }) => reactions.length === 0);
    await alice.redact(room, sent);
    await (deletion > 0
      ? expectShown(network(), said, ({ deleted = true }) => deleted)
      : expectTold(room, 'Deleted here only'));
  }, 60_000);

  test('that staff have read it is told where the network has it', async () => {
    const { event } = await says(network());
    // Of Telegram's two a connected account can, a bot can't.
    if (network().facts.most.read_receipts <= 0 || id === 'telegram') return;
    await expectRead(network(), event);
  }, 60_000);

  test('a group is one room, in which each speaks for himself and it is said who gets the answer', async () => {
    const can = acts(network());
    if (!('writesInGroup' in can)) return;
    const text = `All of you ${randomUUID()}`;
    act(can.writesInGroup(text));
    const { room, event } = await seen(text);
    expect(event.getSender()).toMatch(/^@_gh_[a-z]+_/u);
    await expectTold(room, 'This is a group on');
    // What a room of XMPP's shows is the kit's to see: here only what the customer got himself can be.
    if (id !== 'xmpp') await answers(network(), room, 'To all');
  }, 60_000);

  test('that it arrived and was read is shown', async () => {
    const { room } = await says(network());
    const { id: sent } = await answers(network(), room);
    await expectReceipts(network(), { room, of: sent });
  }, 60_000);

  test('who is there is shown both ways where the network has it', async () => {
    const { event } = await says(network());
    await expectPresence(network(), event);
  }, 120_000);

  test('typing goes both ways where the network has it', async () => {
    const { room } = await says(network());
    await expectTyping(network(), room);
  }, 60_000);
});

async function expectPicture(network: Network, room: string): Promise<void> {
  const file = sampleFile('image', ['image/jpeg']);
  if (!('sendsFile' in acts(network))) {
    expectNothing(network.facts.receives, 'pictures');
    return;
  }
  act(acts(network).sendsFile?.(file));
  const found = await alice.event(room, 'the picture', (one) => one.getContent().msgtype === 'm.image');
  expect(found.getSender()).toMatch(/^@_gh_/u);
  const picture = await downloaded(String(found.getContent()['url']));
  expect(hashOf(picture)).toBe(hashOf(file.bytes));
}

async function expectPictureOut(network: Network, room: string): Promise<void> {
  const { image } = network.facts.most.file;
  const file = sampleFile('image', ['image/jpeg'], 21_000);
  const blob = new Blob([new Uint8Array(file.bytes)], { type: file.type });
  const { content_uri: url } = await alice.sdk.uploadContent(blob, { name: file.name, type: file.type });
  const info = { mimetype: file.type, size: file.bytes.length };
  const sent = await alice.sendRaw(room, 'm.room.message', { msgtype: 'm.image', body: file.name, url, info });
  if (image === undefined) return expectTold(room, "this line can't carry pictures");
  const wanted = hashOf(file.bytes);
  await until('the very bytes at the customer', () => network.files?.().includes(wanted) === true, 20_000);
  await alice.event(room, '✓ on the picture', (one) => ['✓', '✓✓'].some((key) => isMark(one, sent, key)));
}

async function expectReply(network: Network, at: { room: string; to: string }): Promise<void> {
  if (!('replies' in acts(network))) return;
  const text = `And ${randomUUID()}`;
  act(acts(network).replies?.(text));
  expect(relatesTo(await alice.message(at.room, text))).toBe(at.to);
}

async function expectReaction(network: Network, at: { room: string; on: string }): Promise<void> {
  if (!('reacts' in acts(network))) return;
  act(acts(network).reacts?.(['👍']));
  await alice.event(at.room, 'the reaction', (one) => one.getType() === 'm.reaction' && isGhosts(one, at.on));
}

interface Saying {
  readonly room: string;
  readonly event: MatrixEvent;
}

async function expectEdit(network: Network, { room, event }: Saying): Promise<void> {
  if (!('edits' in acts(network))) return;
  const text = `First ${randomUUID()}`;
  act(acts(network).edits?.(text));
  const edit = await alice.event(room, 'the edit', (one) => newBody(one) === text);
  expect(relatesTo(edit)).toBe(eventId(event));
}

async function expectDeletion(network: Network, { event }: Saying): Promise<void> {
  if (!('deletes' in acts(network))) return;
  act(acts(network).deletes?.());
  await alice.until('the message to be hidden', () => (event.isRedacted() ? true : undefined));
}

async function expectReceipts(network: Network, { room, of }: { room: string; of: string }): Promise<void> {
  const can = acts(network);
  if ('receives' in can) {
    act(can.receives());
    await alice.event(room, '✓✓', (one) => isMark(one, of, '✓✓'));
  }
  if (!('reads' in can)) return;
  act(can.reads());
  await alice.until('the read receipt of the customer', () => readersOf(room, of));
}

async function expectTyping(network: Network, room: string): Promise<void> {
  const can = acts(network);
  if ('types' in can) {
    await can.types(true);
    await alice.until('the ghost to type', () => (ghostTypes(room) ? true : undefined));
  }
  if (network.facts.most.typing_notifications <= 0) return;
  await alice.sdk.sendTyping(room, true, 30_000);
  await until('the customer to see it', () => network.told?.().some(({ what }) => what === 'typing') === true);
}

async function expectPresence(network: Network, event: MatrixEvent): Promise<void> {
  const can = acts(network);
  if (!('appears' in can)) {
    expect(network.facts.most.presence).toBeLessThanOrEqual(0);
    return;
  }
  for (const [state, presence] of [
    ['dnd', 'unavailable'],
    ['available', 'online'],
  ] as const) {
    await can.appears(state);
    const ghost = (): string | undefined => alice.sdk.getUser(event.getSender() ?? '')?.presence;
    await alice.until(`the ghost to be ${presence}`, () => (ghost() === presence ? true : undefined));
  }
  for (const [presence, state] of [
    [SetPresence.Unavailable, 'away'],
    [SetPresence.Online, 'available'],
  ] as const) {
    // As Element does: each of its syncs says it too.
    await alice.sdk.setSyncPresence(presence);
    await alice.sdk.setPresence({ presence });
    const last = (): Told | undefined => network.told?.().findLast(({ what }) => what === 'presence');
    const isTold = (): boolean => JSON.stringify(last()) === JSON.stringify({ what: 'presence', state });
    await until('the customer to see it', isTold, SYNAPSE_FORGETS_A_DEVICE_MS);
  }
}

async function expectRead(network: Network, event: MatrixEvent): Promise<void> {
  const before = network.told?.().length ?? 0;
  const news = (): readonly Told[] => network.told?.().slice(before) ?? [];
  await alice.sdk.sendReadReceipt(event);
  await until('the customer to see that it was read', () => news().some(({ what }) => what === 'read'), 20_000);
}

function ghostTypes(room: string): boolean {
  const members = alice.sdk.getRoom(room)?.getMembers() ?? [];
  return members.some((one) => one.typing && one.userId.startsWith('@_gh_'));
}

/** What the customer's own program shows of a message by now. */
async function expectShown(network: Network, id: RemoteId | undefined, fits: (shown: Shown) => boolean): Promise<void> {
  if (id === undefined) throw new Error('nobody knows how the message is called');
  const seen = (): Shown => network.shown?.(id) ?? { text: '', deleted: true };
  await until('the customer to see it so', () => fits(seen()), 20_000).catch((error: unknown) => {
    throw new Error(`the customer sees ${JSON.stringify(seen())}`, { cause: error });
  });
}

async function expectReceived(network: Network, fits: (text: string) => boolean): Promise<void> {
  await until('the customer to have it', () => network.received().some(fits), 20_000);
}

function expectNothing(receives: readonly string[], what: string): void {
  expect(receives.join(' ')).not.toContain(what);
}

async function expectTold(room: string, words: string): Promise<void> {
  await alice.event(room, `"${words}"`, (one) => String(one.getContent()['body']).includes(words));
}

function newBody(event: MatrixEvent): unknown {
  const content: unknown = event.getContent()['m.new_content'];
  return typeof content === 'object' && content !== null && 'body' in content ? content.body : undefined;
}

function isGhosts(event: MatrixEvent, on: string): boolean {
  return event.getRelation()?.event_id === on && event.getSender()?.startsWith('@_gh_') === true;
}

function isMark(event: MatrixEvent, on: string, key: string): boolean {
  return event.getRelation()?.event_id === on && event.getRelation()?.key === key;
}

function readersOf(room: string, event: string): true | undefined {
  const at = alice.sdk.getRoom(room);
  const found = at?.findEventById(event);
  if (at == null || found === undefined) return undefined;
  return at.getUsersReadUpTo(found).some((user) => user.startsWith('@_gh_')) ? true : undefined;
}

async function downloaded(uri: string): Promise<Uint8Array> {
  const [server, id] = uri.slice('mxc://'.length).split('/');
  const url = `${house.staffed.house.synapse.url}/_matrix/client/v1/media/download/${server ?? ''}/${id ?? ''}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${alice.sdk.getAccessToken() ?? ''}` } });
  return new Uint8Array(await answer.arrayBuffer());
}
