/** Every kind of thing that customers do comes in as what it is; what a network hasn't got is not asked. */
import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { endsOf, type Ends } from '../../../src/core/network-entries.ts';
import { until } from '../../support/carrier.ts';
import type { Obligations } from '../connector-kit.ts';
import type { CustomerActs } from '../network.ts';
import { sampleFile } from '../networks/sample-files.ts';
import type { Rig } from '../rig.ts';

type Act<A extends keyof CustomerActs> = NonNullable<CustomerActs[A]>;

/** An obligation of those networks whose customers can do it. */
function where<A extends keyof CustomerActs>(
  act: A,
  ask: (does: Act<A>, rig: Rig) => Promise<void>,
): (rig: Rig) => Promise<void> {
  return async (rig) => {
    const does = rig.network.customerCan?.[act];
    if (does !== undefined) await ask(does, rig);
  };
}

function expectFromCustomer({ line, customer }: Rig, ends: Ends): void {
  expect(endsOf(ends)).toEqual({ line, chat: customer, writer: customer });
}

/** The id that later things name his newest message by. */
function newestRemoteId(rig: Rig): string {
  const { remoteId } = rig.newest('message').message;
  expect(remoteId).toBeDefined();
  return remoteId ?? '';
}

async function namesBothEnds(rig: Rig): Promise<void> {
  await rig.network.customerWrites('Who am I?');
  const event = rig.newest('message');
  expectFromCustomer(rig, event.message);
  expect(event.raw.length).toBeGreaterThan(0);
  expect(Math.abs(event.at - rig.clock.now())).toBeLessThan(60_000);
}

async function heardReply(replies: Act<'replies'>, rig: Rig): Promise<void> {
  const ids = await rig.sent('Blue or red?');
  await expect(replies('Blue')).resolves.toBe(true);
  const { message } = rig.newest('message');
  expect(message).toMatchObject({ text: 'Blue' });
  expect(ids).toContain(message.replyTo?.id);
}

async function heardEdit(edits: Act<'edits'>, rig: Rig): Promise<void> {
  await rig.network.customerWrites('two please');
  const target = newestRemoteId(rig);
  await expect(edits('three please')).resolves.toBe(true);
  const { edit } = rig.newest('edit');
  expect(edit).toMatchObject({ target, text: 'three please' });
  expectFromCustomer(rig, edit);
  await edits('four please');
  expect(rig.core.distinct.filter(({ kind }) => kind === 'edit')).toHaveLength(2);
}

async function heardDeletion(deletes: Act<'deletes'>, rig: Rig): Promise<void> {
  await rig.network.customerWrites('never mind');
  const target = newestRemoteId(rig);
  await expect(deletes()).resolves.toBe(true);
  const { redaction } = rig.newest('redaction');
  expect(redaction.targets).toEqual([target]);
  expectFromCustomer(rig, redaction);
}

async function heardReaction(reacts: Act<'reacts'>, rig: Rig): Promise<void> {
  const ids = await rig.sent('It is on its way.');
  await expect(reacts(['👍'])).resolves.toBe(true);
  const first = rig.newest('reaction').reaction;
  expect(first.keys).toEqual(['👍']);
  expect(ids).toContain(first.target);
  expectFromCustomer(rig, first);
  await expect(reacts([])).resolves.toBe(true);
  expect(rig.newest('reaction').reaction).toMatchObject({ target: first.target, keys: [] });
  expect(rig.core.distinct.filter(({ kind }) => kind === 'reaction')).toHaveLength(2);
}

async function heardFile(sendsFile: Act<'sendsFile'>, rig: Rig): Promise<void> {
  const file = sampleFile('image', ['image/png']);
  await expect(sendsFile(file)).resolves.toBe(true);
  const { message } = rig.newest('message');
  const [attachment] = message.attachments ?? [];
  expect(message.attachments).toHaveLength(1);
  expect(attachment).toBeDefined();
  if (attachment === undefined) return;
  expect(attachment.ref.length).toBeLessThanOrEqual(2_048);
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  if (attachment.sha256 !== undefined) expect(attachment.sha256).toBe(sha256);
  const whole = await fetched(rig, attachment, 1_000_000);
  expect(whole.state).toEqual({ state: 'fetched' });
  expect(createHash('sha256').update(whole.bytes).digest('hex')).toBe(sha256);
  const capped = await fetched(rig, attachment, 100);
  expect(capped.state).toEqual({ state: 'too-large' });
  expect(capped.bytes.length).toBeLessThanOrEqual(100);
}

type Attachment = NonNullable<ReturnType<Rig['newest']> & { kind: 'message' }>['message']['attachments'];

async function fetched(
  { connector }: Rig,
  attachment: NonNullable<Attachment>[number],
  maxBytes: number,
): Promise<{ readonly state: unknown; readonly bytes: Buffer }> {
  const pieces: Uint8Array[] = [];
  const into = (piece: Uint8Array): Promise<void> => {
    pieces.push(Uint8Array.from(piece));
    return Promise.resolve();
  };
  const state = await connector.fetchFile?.({ attachment, maxBytes, signal: new AbortController().signal, into });
  return { state, bytes: Buffer.concat(pieces) };
}

async function heardLocation(sendsLocation: Act<'sendsLocation'>, rig: Rig): Promise<void> {
  await expect(sendsLocation({ latitude: 52.5163, longitude: 13.3777 })).resolves.toBe(true);
  const { location } = rig.newest('message').message;
  expect(location?.latitude).toBeCloseTo(52.5163, 4);
  expect(location?.longitude).toBeCloseTo(13.3777, 4);
}

async function heardContact(sendsContact: Act<'sendsContact'>, rig: Rig): Promise<void> {
  await expect(sendsContact({ name: 'Ada Lovelace', phone: '+442071234567' })).resolves.toBe(true);
  const { contacts } = rig.newest('message').message;
  expect(contacts).toMatchObject([{ name: 'Ada Lovelace' }]);
  expect(contacts?.[0]?.phones.map((phone) => phone.replace(/[^\d+]/gu, ''))).toEqual(['+442071234567']);
}

async function heardGroup(writesInGroup: Act<'writesInGroup'>, rig: Rig): Promise<void> {
  await expect(writesInGroup('Hello all')).resolves.toBe(true);
  const { message } = rig.newest('message');
  expect(message).toMatchObject({ text: 'Hello all', from: rig.customer });
  expect(message.group?.id).toBeDefined();
  expect([rig.customer, rig.line]).not.toContain(message.group?.id);
  expect(endsOf(message)).toMatchObject({ line: rig.line, chat: message.group?.id });
}

function heardReceipt(state: 'delivered' | 'read') {
  return async (does: Act<'receives'>, rig: Rig): Promise<void> => {
    const ids = await rig.sent('Your order is ready.');
    await expect(does()).resolves.toBe(true);
    await until(`"${state}"`, () => rig.core.updates.some((update) => update.state === state));
    const update = rig.core.updates.find((one) => one.state === state);
    const named = [update?.remoteId, ...(update?.matches ?? [])];
    expect(ids.filter((id) => named.includes(id)).length).toBeGreaterThan(0);
  };
}

function receiptsComeWhereItSays({ network, connector }: Rig): Promise<void> {
  const { customerCan = {} } = network;
  const comes = 'receives' in customerCan || 'reads' in customerCan;
  expect(connector.capabilities().delivery_receipts > 0).toBe(comes);
  return Promise.resolve();
}

async function seenTyping(types: Act<'types'>, { core, customer }: Rig): Promise<void> {
  const recorded = core.events.length;
  await types(true);
  await until('typing', () => core.typed.some(({ on, from }) => on && from === customer));
  expect(core.events).toHaveLength(recorded);
}

async function seenPresence(appears: Act<'appears'>, { core, customer }: Rig): Promise<void> {
  await appears('away');
  await until('away', () => core.appeared.some(({ from, state }) => from === customer && state === 'away'));
  await appears('available');
  await until('available', () => core.appeared.at(-1)?.state === 'available');
}

export const kindsInObligations: Obligations = {
  'says of a message who wrote it, on which line, and when': namesBothEnds,
  'a reply says what it answers': where('replies', heardReply),
  'an edit names the message and says what it says now': where('edits', heardEdit),
  'a deletion names the message': where('deletes', heardDeletion),
  'a reaction names the message, and so does its end': where('reacts', heardReaction),
  'a file comes whole, as it was sent, and never more of it than asked': where('sendsFile', heardFile),
  'a location comes with its degrees': where('sendsLocation', heardLocation),
  'a contact card comes with name and number': where('sendsContact', heardContact),
  'what is written in a group says the group and the writer': where('writesInGroup', heardGroup),
  'a receipt of delivery names what was sent': where('receives', heardReceipt('delivered')),
  'a receipt of reading names what was sent': where('reads', heardReceipt('read')),
  'says that receipts come exactly where they do': receiptsComeWhereItSays,
  'typing is shown and not recorded': where('types', seenTyping),
  'presence is shown': where('appears', seenPresence),
};
