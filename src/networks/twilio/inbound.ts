/** What comes in, decoded: messages that Twilio brings or lists, and opt-outs that it keeps itself. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseAddress, parseRemoteId, type Address, type Millis, type RemoteId } from '../../core/ids.ts';
import type { Attachment, NetworkBodies, NetworkMessage } from '../../core/network-entries.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { attachmentOf, type ToldMedia } from './media.ts';

export type TwilioMessage = Omit<NetworkMessage, 'connector' | 'network'> & { readonly remoteId: RemoteId };

const number = (most: number) => z.coerce.number().min(-most).max(most);

const inboundForm = z.object({
  MessageSid: z.string(),
  From: z.string(),
  To: z.string(),
  Body: z.string().default(''),
  NumMedia: z.coerce.number().int().min(0).max(100).catch(0),
  OptOutType: z.string().optional(),
  // Of RCS and WhatsApp.
  ProfileName: z.string().optional(),
  OriginalRepliedMessageSid: z.string().optional(),
  Latitude: number(90).optional().catch(undefined),
  Longitude: number(180).optional().catch(undefined),
  Label: z.string().optional(),
  Address: z.string().optional(),
});
type InboundForm = z.output<typeof inboundForm>;
type Fields = Readonly<Record<string, string>>;

export interface Came {
  readonly at: Millis;
  readonly raw: Uint8Array;
}

export interface Heard {
  readonly events: readonly NetworkEvent[];
  /** The message, where the form says more of it than Twilio's list would. */
  readonly richer?: RemoteId;
}

/** Undefined for a form that is no message with two ends and an id. */
export function heardFrom(fields: Fields, came: Came): Heard | undefined {
  const form = inboundForm.safeParse(fields).data;
  const ends = form === undefined ? undefined : endsOf(form);
  if (form === undefined || ends === undefined) return undefined;
  const told = mediaOf(fields, form.NumMedia);
  const message: TwilioMessage = { ...listed(ends, { text: form.Body, told, of: form.NumMedia }), ...extrasOf(form) };
  const consent = consentOf(form, ends, came);
  const events = [eventOf(message, came), ...(consent === undefined ? [] : [consent])];
  return isListed(message, told) ? { events } : { events, richer: ends.remoteId };
}

export function eventOf(message: TwilioMessage, came: Came): NetworkEvent {
  return { kind: 'message', id: message.remoteId, sure: true, ...came, message };
}

/** A call of Twilio's that is signed and has no form here. The same one again has the same id. */
export function unsupportedOf(fields: Fields, came: Came): NetworkEvent {
  const id = `unsupported/${createHash('sha256').update(came.raw).digest('hex')}`;
  const [from, to] = [parseAddress(fields['From']), parseAddress(fields['To'])];
  return {
    ...{ kind: 'unsupported', id, sure: true, ...came, what: 'a notice from Twilio that is neither text nor receipt' },
    ...(from.ok ? { from: from.value } : {}),
    ...(to.ok ? { to: to.value } : {}),
  };
}

interface MessageEnds {
  readonly remoteId: RemoteId;
  readonly from: Address;
  readonly to: Address;
}

function endsOf({ MessageSid, From, To }: Pick<InboundForm, 'MessageSid' | 'From' | 'To'>): MessageEnds | undefined {
  const [id, from, to] = [parseRemoteId(MessageSid), parseAddress(From), parseAddress(To)];
  return id.ok && from.ok && to.ok ? { remoteId: id.value, from: from.value, to: to.value } : undefined;
}

function mediaOf(fields: Fields, count: number): readonly ToldMedia[] {
  return Array.from({ length: count }, (_, i) => ({
    url: fields[`MediaUrl${String(i)}`] ?? '',
    type: fields[`MediaContentType${String(i)}`],
  }));
}

interface Said {
  readonly text: string;
  readonly told: readonly ToldMedia[];
  /** How many files Twilio says that there are. */
  readonly of: number;
}

/** A message as far as form and list agree. */
export function listed(ends: MessageEnds, { text, told, of }: Said): TwilioMessage {
  const attachments = told.flatMap((one) => attachmentOf(one) ?? []);
  return {
    ...ends,
    text,
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(attachments.length === of ? {} : { missing: `${String(of - attachments.length)} of ${String(of)} files` }),
  };
}

/** What the list doesn't tell. */
function extrasOf(form: InboundForm): Partial<TwilioMessage> {
  const replied = parseRemoteId(form.OriginalRepliedMessageSid);
  const place = placeOf(form);
  return {
    ...(form.ProfileName === undefined || form.ProfileName === '' ? {} : { fromName: form.ProfileName }),
    ...(replied.ok ? { replyTo: { id: replied.value } } : {}),
    ...(place === undefined ? {} : { location: place }),
  };
}

function placeOf({ Latitude, Longitude, Label, Address: written }: InboundForm): NetworkMessage['location'] {
  if (Latitude === undefined || Longitude === undefined) return undefined;
  return {
    ...{ latitude: Latitude, longitude: Longitude },
    ...(Label === undefined ? {} : { name: Label }),
    ...(written === undefined ? {} : { address: written }),
  };
}

/** Files are listed by their ids: in any other order the form says more. */
function isListed(message: TwilioMessage, told: readonly ToldMedia[]): boolean {
  const { fromName, replyTo, location, attachments = [] } = message;
  if (fromName !== undefined || replyTo !== undefined || location !== undefined) return false;
  const refs = attachments.map(({ ref }) => ref);
  return (
    refs.join() ===
      inListOrder(attachments)
        .map(({ ref }) => ref)
        .join() && told.length === refs.length
  );
}

export function inListOrder(attachments: readonly Attachment[]): readonly Attachment[] {
  return attachments.toSorted((one, other) => (one.ref < other.ref ? -1 : 1));
}

const actions: Readonly<Record<string, NetworkBodies['network.consent']['action']>> = {
  STOP: 'stop',
  START: 'start',
  HELP: 'help',
};

/** twilio.com/docs/messaging/tutorials/advanced-opt-out: Twilio has answered the word already. */
function consentOf({ OptOutType = '' }: InboundForm, ends: MessageEnds, came: Came): NetworkEvent | undefined {
  const action = actions[OptOutType.toUpperCase()];
  if (action === undefined) return undefined;
  const { remoteId, from, to } = ends;
  const consent = { from, to, action, detail: 'kept by Twilio' };
  return { kind: 'consent', id: `consent/${remoteId}`, sure: true, ...came, consent };
}
