/** Messages of customers, and those that the company writes in the WhatsApp Business app, as events. */
import { z } from 'zod';
import { parseRemoteId, type Address, type Millis } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { endsOf, type Ends, type Group, type NetworkMessage } from '../../core/network-entries.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { contentOf } from './content.ts';
import { message as messageShape, type WaContact, type WaMessage } from './payload.ts';
import { groupAddress, phoneOf, type Identity, type People } from './people.ts';
import { lost, takeKnown, timeOf, type Reading } from './reading.ts';
import { takeSystem } from './system.ts';

const editPart = z.object({ original_message_id: z.string(), message: z.looseObject({ type: z.string() }) });
const revokePart = z.object({ original_message_id: z.string() });
const reactionPart = z.object({ message_id: z.string(), emoji: z.string().optional() });
const referral = z.record(z.string(), z.unknown());

interface Located {
  readonly message: WaMessage;
  readonly ends: Ends;
  readonly name: string | undefined;
  readonly base: { readonly id: string; readonly sure: true; readonly at: Millis; readonly raw: Uint8Array };
}

interface From {
  readonly reading: Reading;
  readonly people: People;
  readonly own: boolean;
}

/** `own`: the company wrote it, in the WhatsApp Business app ("smb_message_echoes"). */
export async function takeMessage(item: unknown, of: From): Promise<void> {
  const { reading, people, own } = of;
  const read = messageShape.safeParse(item);
  if (!read.success) {
    lost(item, 'a message that can not be read', reading);
    return;
  }
  if (read.data.type === 'system' && (await takeSystem(read.data, { reading, people }))) return;
  const located = await locate(read.data, item, of);
  if (located === undefined) {
    lost(item, 'a message that names nobody who wrote it', reading);
    return;
  }
  const { message, ends, base } = located;
  reading.taken.events.push(eventOf(located));
  const { chat } = endsOf(ends);
  if (!own && opensWindow(message)) reading.taken.heard.push({ line: reading.line, chat, at: base.at });
}

async function locate(message: WaMessage, item: unknown, of: From): Promise<Located | undefined> {
  const { reading, people, own } = of;
  const contact = contactOf(message, reading.contacts);
  const who = await people.who(own ? addressee(message) : writer(message, contact), reading.line);
  const group = groupOf(message);
  if (who === undefined || group === null) return undefined;
  takeKnown(who, message.id, reading);
  const at = timeOf(message.timestamp, reading.now);
  const base = { id: message.id, sure: true as const, at, raw: reading.raw(item) };
  const ends = endsFor({ line: reading.line, who: who.address, own, group });
  return { message, ends, name: own ? undefined : nameOf(contact), base };
}

function writer(message: WaMessage, contact: WaContact | undefined): Identity {
  return {
    phone: message.from ?? contact?.wa_id,
    userId: message.from_user_id ?? contact?.user_id,
    parentUserId: message.from_parent_user_id ?? contact?.parent_user_id,
  };
}

function addressee({ to, to_user_id: userId, to_parent_user_id: parentUserId }: WaMessage): Identity {
  return { phone: to, userId, parentUserId };
}

function contactOf(message: WaMessage, contacts: readonly WaContact[]): WaContact | undefined {
  const named = contacts.find(
    ({ wa_id: id, user_id: user }) =>
      (id !== undefined && phoneOf(id) === phoneOf(message.from)) ||
      (user !== undefined && user === message.from_user_id),
  );
  const alone = contacts.length === 1 && message.from_user_id === undefined ? contacts[0] : undefined;
  return named ?? alone;
}

function nameOf(contact: WaContact | undefined): string | undefined {
  const { name, username } = contact?.profile ?? {};
  return name ?? username;
}

/** Null for a group whose id is none. */
function groupOf({ group_id: id }: WaMessage): Group | null | undefined {
  if (id === undefined) return undefined;
  const address = groupAddress(id);
  return address === undefined ? null : { id: address };
}

function endsFor(given: { line: Address; who: Address; own: boolean; group: Group | undefined }): Ends {
  const { line, who, own, group } = given;
  if (own) return { from: line, to: group?.id ?? who, own, ...(group === undefined ? {} : { group }) };
  return { from: who, to: line, ...(group === undefined ? {} : { group }) };
}

function opensWindow({ type }: WaMessage): boolean {
  return !['system', 'edit', 'revoke'].includes(type);
}

function eventOf(located: Located): NetworkEvent {
  const make = changes.get(located.message.type);
  return make?.(located) ?? messageEvent(located);
}

/** What is done to a message that is there already. */
const changes: ReadonlyMap<string, (located: Located) => NetworkEvent | undefined> = new Map([
  ['edit', editEvent],
  ['revoke', revokeEvent],
  ['reaction', reactionEvent],
]);

function editEvent({ message, ends, base }: Located): NetworkEvent | undefined {
  const read = editPart.safeParse(message['edit']);
  const target = parseRemoteId(read.data?.original_message_id);
  if (!read.success || !target.ok) return undefined;
  const edited = messageShape.safeParse({ ...read.data.message, id: message.id });
  if (!edited.success) return undefined;
  // Only the caption of a file can be edited: the file stays what it was.
  const { text, marks, unsupported } = contentOf(edited.data);
  const content = { text, ...(marks && { marks }), ...(unsupported !== undefined && { unsupported }) };
  return { ...base, kind: 'edit', edit: { ...ends, ...content, target: target.value } };
}

function revokeEvent({ message, ends, base }: Located): NetworkEvent | undefined {
  const target = parseRemoteId(revokePart.safeParse(message['revoke']).data?.original_message_id);
  return target.ok ? { ...base, kind: 'redaction', redaction: { ...ends, targets: [target.value] } } : undefined;
}

/** A missing and an empty emoji both take it away. */
function reactionEvent({ message, ends, base }: Located): NetworkEvent | undefined {
  const read = reactionPart.safeParse(message['reaction']);
  const target = parseRemoteId(read.data?.message_id);
  if (!read.success || !target.ok) return undefined;
  const { emoji = '' } = read.data;
  return { ...base, kind: 'reaction', reaction: { ...ends, target: target.value, keys: emoji === '' ? [] : [emoji] } };
}

function messageEvent({ message, ends, name, base }: Located): NetworkEvent {
  const remote = parseRemoteId(message.id);
  const answered = parseRemoteId(message.context?.id);
  const wire = wireOf(message);
  const body: Omit<NetworkMessage, 'connector' | 'network'> = {
    ...ends,
    ...contentOf(message),
    ...(name === undefined || name === '' ? {} : { fromName: name }),
    ...(remote.ok ? { remoteId: remote.value } : {}),
    ...(answered.ok ? { replyTo: { id: answered.value } } : {}),
    ...forwardedOf(message),
    ...(wire === undefined ? {} : { wire }),
  };
  return { ...base, kind: 'message', message: body };
}

function forwardedOf({ context }: WaMessage): Pick<NetworkMessage, 'forwarded'> {
  if (context?.frequently_forwarded === true) return { forwarded: 'often' };
  return context?.forwarded === true ? { forwarded: 'once' } : {};
}

/** The advertisement or the product that somebody writes about. */
function wireOf(message: WaMessage): JsonObject | undefined {
  const from = referral.safeParse(message['referral']);
  const about = message.context?.referred_product;
  const texts = (of: object): JsonObject =>
    Object.fromEntries(Object.entries(of).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  if (!from.success && about === undefined) return undefined;
  return {
    ...(from.success ? { referral: texts(from.data) } : {}),
    ...(about === undefined ? {} : { product: texts(about) }),
  };
}
