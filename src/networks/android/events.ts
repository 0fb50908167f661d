/** What the app tells: its webhooks' envelope and payloads (its published OpenAPI, `WebHookEvent`). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseAddress, parseMillis, parseRemoteId, type Address, type Millis, type RemoteId } from '../../core/ids.ts';
import type { Attachment, FileKind, NetworkMessage, ReceiptState } from '../../core/network-entries.ts';
import type { NetworkEvent, OutboundUpdate } from '../../core/ports/connector.ts';
import type { LineFinder } from './lines.ts';

export const envelope = z.object({ id: z.string().min(1), event: z.string(), payload: z.unknown() });

const text = z.string().transform((given) => given.toWellFormed());
const moment = z
  .string()
  .nullish()
  .transform((given) => {
    const at = parseMillis(Date.parse(given ?? ''));
    return at.ok ? at.value : undefined;
  });
const ends = {
  messageId: z.string().min(1),
  sender: z.string().nullish(),
  recipient: z.string().nullish(),
  /** Of the other end, in versions before `sender` and `recipient`. */
  phoneNumber: z.string().nullish(),
  simNumber: z.number().int().nullish(),
};
const received = { ...ends, receivedAt: moment };
const attachment = z.object({
  partId: z.number().int().min(0),
  contentType: z.string(),
  name: z.string().nullish(),
  size: z.number().int().min(0).nullish(),
  data: z.string().nullish(),
});
const payloads = {
  'sms:received': z.object({ ...received, message: text }),
  'sms:data-received': z.object({ ...received, data: z.string() }),
  'mms:received': z.object({ ...received, subject: text.nullish() }),
  'mms:downloaded': z.object({
    ...received,
    body: text.nullish(),
    subject: text.nullish(),
    attachments: z.array(attachment).default([]),
  }),
} as const;
const update = z.object({ ...ends, reason: z.string().nullish() });
export type ToldAttachment = z.output<typeof attachment>;
type Received = z.output<z.ZodObject<typeof received>>;

/** What is heard of our own texts. */
const states: Readonly<Record<string, ReceiptState>> = {
  'sms:sent': 'accepted',
  'sms:delivered': 'delivered',
  'sms:failed': 'failed',
  'sms:cancelled': 'failed',
};

/** The events that the app is asked to tell. */
export const wantedEvents = [...Object.keys(payloads), ...Object.keys(states)];

export interface Came {
  readonly at: Millis;
  readonly raw: Uint8Array;
}

export type Message = Omit<NetworkMessage, 'connector' | 'network'>;

export interface Heard {
  readonly event: NetworkEvent;
  /** Files whose bytes came along, by what they are fetched by. */
  readonly inline: readonly { readonly ref: string; readonly base64: string }[];
}

/** Undefined for what is no message. */
export function heardFrom(kind: string, payload: unknown, given: Given): Heard | undefined {
  switch (kind) {
    case 'sms:received': {
      const told = payloads[kind].safeParse(payload).data;
      return told === undefined ? undefined : textFrom(told, told.message, given);
    }
    case 'sms:data-received': {
      const told = payloads[kind].safeParse(payload).data;
      return told === undefined ? undefined : dataFrom(told, told.data, given);
    }
    case 'mms:received': {
      const told = payloads[kind].safeParse(payload).data;
      return told === undefined ? undefined : noticeFrom(told, given);
    }
    case 'mms:downloaded': {
      const told = payloads[kind].safeParse(payload).data;
      return told === undefined ? undefined : pictureFrom(told, given);
    }
    default:
      return undefined;
  }
}

export interface Given {
  readonly came: Came;
  readonly lines: LineFinder;
}

/** Undefined for what says nothing of a text of ours. */
export function updateFrom(kind: string, payload: unknown, came: Came): OutboundUpdate | undefined {
  const state = Object.hasOwn(states, kind) ? states[kind] : undefined;
  const told = update.safeParse(payload).data;
  const remoteId = parseRemoteId(told?.messageId);
  if (state === undefined || told === undefined || !remoteId.ok) return undefined;
  const why = state === 'failed' ? { detail: told.reason ?? 'the phone gave no reason' } : {};
  const id = `status/${remoteId.value}/${kind}`;
  return { id, sure: true, ...came, remoteId: remoteId.value, matches: [remoteId.value], state, ...why };
}

/** What has no form here; the same one again has the same id. */
export function unsupportedOf(what: string, { raw, at }: Came): NetworkEvent {
  const id = `unsupported/${createHash('sha256').update(raw).digest('hex')}`;
  return { kind: 'unsupported', id, sure: true, at, raw, what };
}

function textFrom(told: Received, words: string, given: Given): Heard | undefined {
  return heard({ id: smsId(told.messageId.toLowerCase(), timeOf(told, given)), told, message: { text: words } }, given);
}

function dataFrom(told: Received, data: string, given: Given): Heard | undefined {
  const bytes = Buffer.from(data, 'base64').length;
  const message = { text: '', unsupported: `a data message of ${String(bytes)} bytes` };
  return heard({ id: `data/${told.messageId}/${String(timeOf(told, given))}`, told, message }, given);
}

/** It is still with the carrier; what it says comes with the download, under another id. */
function noticeFrom(told: Received, { came }: Given): Heard {
  const id = `mms-notice/${told.messageId}/${String(told.receivedAt ?? '')}`;
  const from = parseAddress(told.sender ?? told.phoneNumber);
  const what = 'the notice of a picture message that the phone has yet to fetch';
  const event = { kind: 'unsupported', id, sure: true, ...came, what } as const;
  const known = from.ok && !NOBODY.has(from.value);
  return { event: known ? { ...event, from: from.value } : event, inline: [] };
}

function pictureFrom(told: z.output<(typeof payloads)['mms:downloaded']>, given: Given): Heard | undefined {
  const id = mmsId(told.sender ?? told.phoneNumber ?? '', timeOf(told, given));
  const words = [told.subject, told.body].filter((one) => one !== undefined && one !== null && one !== '');
  const attachments = told.attachments.map((one) => attachmentOf(id, one));
  const inline = told.attachments.flatMap(({ partId, data }) =>
    data === undefined || data === null ? [] : [{ ref: refOf(id, partId), base64: data }],
  );
  const message = { text: words.join('\n'), ...(attachments.length === 0 ? {} : { attachments }) };
  const known = heard({ id, told, message }, given);
  return known === undefined ? undefined : { ...known, inline };
}

/** What the app, or Android itself, says where a picture message doesn't tell who sent it (capcom6, issue 401). */
const NOBODY: ReadonlySet<string> = new Set(['unknown', 'insert-address-token']);

/** On record under the id that the message would have: what several people sent must never stand in one chat. */
function fromNobody(id: RemoteId, to: Address, came: Came): NetworkEvent {
  return { kind: 'unsupported', id, sure: true, ...came, to, what: 'a message whose sender the phone does not know' };
}

function heard(
  { id, told, message }: { readonly id: string; readonly told: Received; readonly message: Pick<Message, 'text'> },
  { came, lines }: Given,
): Heard | undefined {
  const from = parseAddress(told.sender ?? told.phoneNumber);
  const remoteId = parseRemoteId(id);
  if (!from.ok || !remoteId.ok) return undefined;
  const to = lines.lineOf({ recipient: told.recipient ?? undefined, sim: told.simNumber ?? undefined });
  if (NOBODY.has(from.value)) return { event: fromNobody(remoteId.value, to, came), inline: [] };
  return { event: eventOf({ ...message, from: from.value, to, remoteId: remoteId.value }, told, came), inline: [] };
}

function eventOf(message: Message & { readonly remoteId: RemoteId }, told: Pick<Received, 'receivedAt'>, came: Came) {
  const { remoteId: id } = message;
  return { kind: 'message', id, sure: true, ...came, at: told.receivedAt ?? came.at, message } as const;
}

/** A text from the app's list, under the id that its webhook has. */
export function listedEvent(
  item: {
    readonly id: string;
    readonly from: Address;
    readonly to: Address;
    readonly at: Millis;
    readonly text: string;
  },
  more: Pick<Message, 'attachments'>,
  raw: Uint8Array,
): NetworkEvent | undefined {
  const remoteId = parseRemoteId(item.id);
  if (!remoteId.ok) return undefined;
  const { from, to, text: words, at } = item;
  if (NOBODY.has(from)) return fromNobody(remoteId.value, to, { at, raw });
  return eventOf({ text: words, ...more, from, to, remoteId: remoteId.value }, { receivedAt: at }, { at, raw });
}

/**
 * The app has no ids of its own for texts that come in: its `messageId` is a hash of 32 bits over sender, time, SIM and
 * words, "not guaranteed to be unique". The time makes it so.
 */
function smsId(hash: string, at: Millis): string {
  return `sms/${String(at)}/${hash}`;
}

/** Webhooks have the hash in hex, without a sign; the list has `text:` and decimals with one. */
export function listedSmsId(id: string, at: Millis): string {
  return smsId((Number(id.replace(/^text:/u, '')) >>> 0).toString(16), at);
}

/** List and webhooks have different ids for the same one: known by sender and time. */
export function mmsId(sender: string, at: Millis): string {
  return `mms/${String(at)}/${createHash('sha256').update(sender).digest('hex').slice(0, 16)}`;
}

function timeOf({ receivedAt }: Pick<Received, 'receivedAt'>, { came }: Given): Millis {
  return receivedAt ?? came.at;
}

export function refOf(id: string, partId: number): string {
  return `${String(partId)}@${id}`;
}

export function attachmentOf(id: string, { partId, contentType, name, size }: ToldAttachment): Attachment {
  return {
    kind: kindOf(contentType),
    ref: refOf(id, partId),
    type: contentType,
    ...(name === undefined || name === null || name === '' ? {} : { name: name.toWellFormed() }),
    ...(size === undefined || size === null || size === 0 ? {} : { size }),
  };
}

function kindOf(type: string): FileKind {
  const family = type.slice(0, type.indexOf('/')).toLowerCase();
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}
