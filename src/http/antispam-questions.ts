/** The questions of synapse-http-antispam 0.5.1, by the name of the callback under which each is asked. */
import { z } from 'zod';
import { parseEventId, parseMillis, parseRoomId, parseUserId, type BadId } from '../core/ids.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AskedEvent, PresendQuestion } from '../core/ports/presend.ts';
import { ok, type Result } from '../core/result.ts';

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}
const user = id(parseUserId);
const room = id(parseRoomId);
const object = z.custom<JsonObject>(isJsonObject);

/** Client format with the event's id (format_event_for_client_v2). */
const event = z.object({
  event_id: id(parseEventId),
  type: z.string(),
  room_id: room,
  sender: user,
  origin_server_ts: id(parseMillis),
  state_key: z.string().optional(),
  content: object,
});
const invite = z.object({ inviter: user, invitee: user, room_id: room });
const join = z.object({ user, room });
const aboutEvent = z.object({ event: object });

type Read = (body: unknown) => PresendQuestion | undefined;

const judged: Readonly<Record<PresendQuestion['callback'], Read>> = {
  check_event_for_spam: (body) => ofEvent('check_event_for_spam', body),
  federated_user_may_invite: (body) => ofEvent('federated_user_may_invite', body),
  user_may_invite: (body) => {
    const { data } = invite.safeParse(body);
    if (data === undefined) return undefined;
    return { callback: 'user_may_invite', inviter: data.inviter, invitee: data.invitee, room: data.room_id };
  },
  user_may_join_room: (body) => {
    const { data } = join.safeParse(body);
    return data === undefined ? undefined : { callback: 'user_may_join_room', ...data };
  },
};

/**
 * What the module asks besides where its list of callbacks was left out. Nothing here has a say in it, and an answer that
 * isn't "allowed" would keep everybody from logging in.
 */
const notOurs: ReadonlySet<string> = new Set([
  ...['accept_make_join', 'user_may_send_3pid_invite', 'user_may_create_room', 'user_may_create_room_alias'],
  ...['user_may_publish_room', 'check_username_for_spam', 'check_login_for_spam'],
]);

/** `unread` is a question whose form we don't know. */
export type Asked =
  { readonly is: 'question'; readonly question: PresendQuestion } | { readonly is: 'unread' | 'not-ours' | 'unknown' };

/** Whether the module has a callback of this name. */
export function isCallback(name: string): boolean {
  return isJudged(name) || notOurs.has(name);
}

export function askedIn(callback: string, body: unknown): Asked {
  if (notOurs.has(callback)) return { is: 'not-ours' };
  if (!isJudged(callback)) return { is: 'unknown' };
  const question = judged[callback](body);
  return question === undefined ? { is: 'unread' } : { is: 'question', question };
}

function isJudged(name: string): name is PresendQuestion['callback'] {
  return Object.hasOwn(judged, name);
}

function ofEvent(
  callback: 'check_event_for_spam' | 'federated_user_may_invite',
  body: unknown,
): PresendQuestion | undefined {
  const whole = aboutEvent.safeParse(body).data?.event;
  const { data } = event.safeParse(whole);
  if (whole === undefined || data === undefined) return undefined;
  const { event_id, type, room_id, sender, origin_server_ts, state_key, content } = data;
  const asked: AskedEvent = { id: event_id, type, room: room_id, sender, at: origin_server_ts, content, whole };
  return { callback, event: state_key === undefined ? asked : { ...asked, stateKey: state_key } };
}

const ping = z.object({ id: z.string().max(255) });

/** The id that the module wants to read back. */
export function pingIn(body: unknown): string | undefined {
  return ping.safeParse(body).data?.id;
}

/** Whether a body is JSON at all; `undefined` is no JSON value. */
export function jsonIn(bytes: unknown): Result<unknown, 'not-json'> {
  if (!(bytes instanceof Uint8Array)) return { ok: false, error: 'not-json' };
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return ok(value);
  } catch {
    return { ok: false, error: 'not-json' };
  }
}
