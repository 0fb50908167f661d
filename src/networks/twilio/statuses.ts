/** Status callbacks: how far a message of ours got. They come in any order; which one counts is the core's. */
import { z } from 'zod';
import { parseAddress, parseRemoteId, type Position } from '../../core/ids.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { NetworkEvent, OutboundUpdate } from '../../core/ports/connector.ts';
import { meaningOf, OPTED_OUT } from './error-codes.ts';
import type { Came } from './inbound.ts';

/** twilio.com/docs/messaging/api/message-resource, "Message status values". */
const states: Readonly<Record<string, ReceiptState>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'accepted',
  partially_delivered: 'accepted',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/** Undefined for a word that Twilio has brought since. */
export function stateOf(status: string): ReceiptState | undefined {
  return Object.hasOwn(states, status) ? states[status] : undefined;
}

const statusForm = z.object({
  MessageSid: z.string(),
  MessageStatus: z.string(),
  ErrorCode: z.coerce.number().int().positive().optional().catch(undefined),
  From: z.string().optional(),
  To: z.string().optional(),
});
type Fields = Readonly<Record<string, string>>;

export interface ToldStatus {
  readonly update: OutboundUpdate;
  /** What Twilio would not send because the person wrote STOP. */
  readonly consent?: NetworkEvent;
}

/** Undefined for a form that is no status callback, or one in words that are not known. */
export function statusFrom(fields: Fields, came: Came): ToldStatus | undefined {
  const form = statusForm.safeParse(fields).data;
  const id = parseRemoteId(form?.MessageSid);
  const state = form === undefined ? undefined : stateOf(form.MessageStatus);
  if (form === undefined || state === undefined || !id.ok) return undefined;
  const failure = state === 'failed' && form.ErrorCode !== undefined ? failureOf(form.ErrorCode) : {};
  const told = { remoteId: id.value, matches: [id.value], state, ...failure };
  const update = { id: `status/${id.value}/${form.MessageStatus}`, sure: true, ...came, ...told };
  if (form.ErrorCode !== OPTED_OUT) return { update };
  const consent = optedOut({ ...form, of: id.value }, came);
  return consent === undefined ? { update } : { update, consent };
}

function failureOf(code: number): { readonly code: string; readonly detail: string } {
  return { code: String(code), detail: meaningOf(code).detail };
}

/** Twilio keeps the opt-out, and told us of it by refusing a message. */
export function optedOut(
  told: { readonly From?: string | undefined; readonly To?: string | undefined; readonly of: string | Position },
  came: Came,
): NetworkEvent | undefined {
  const [line, person] = [parseAddress(told.From), parseAddress(told.To)];
  if (!line.ok || !person.ok) return undefined;
  const consent = { from: person.value, to: line.value, action: 'stop', detail: `error ${String(OPTED_OUT)}` } as const;
  return { kind: 'consent', id: `consent/${String(told.of)}`, sure: true, ...came, consent };
}
