/** Ids in the config, checked and branded. */
import { z } from 'zod';
import {
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseDeskId,
  parseLineId,
  parseNetworkId,
  parseRoomAlias,
  parseRoomId,
  parseRuleId,
  parseUserId,
  type BadId,
  type RoomAlias,
  type RoomId,
  type UserId,
} from '../../core/ids.ts';
import { err, type Result } from '../../core/result.ts';
import { say } from '../problem.ts';

/** A text that `parse` takes; a problem shows it beside `fix`. */
export function idSchema<T>(parse: (text: string) => Result<T, BadId>, fix: string) {
  return z.string().transform((text, ctx) => {
    const id = parse(text);
    if (id.ok) return id.value;
    ctx.addIssue({ code: 'custom', message: say(`"${id.error.got}" is not a ${id.error.what}`, fix) });
    return z.NEVER;
  });
}

const short = 'use lower-case letters, digits, - and _, for example sales';

export const lineId = idSchema(parseLineId, short);
export const connectorId = idSchema(parseConnectorId, short);
export const deskId = idSchema(parseDeskId, short);
export const classId = idSchema(parseClassId, 'use lower-case letters, digits and -, for example us-finra-6y');
export const networkId = idSchema(parseNetworkId, 'write for example sms');
export const ruleId = idSchema(parseRuleId, 'write flagged, quarantined, unscanned, or the id of a rule');
export const lineAddress = idSchema(parseAddress, 'write the number with its country code, for example "+12025550100"');
export const userId = idSchema(parseUserId, 'write it like @alice:acme.example, in quotes');
export const roomAlias = idSchema(parseRoomAlias, 'write it like #compliance:acme.example, in quotes');

/** An alias can be given to another room. */
export const roomId = idSchema(parseRoomId, 'write it like "!abc:acme.example", in quotes');

/** A room by id or alias. */
export const room = idSchema<RoomId | RoomAlias>(
  (text) => (text.startsWith('#') ? parseRoomAlias(text) : parseRoomId(text)),
  'write it like #support:acme.example, in quotes',
);

/** Wherever a person is, a group may be (DESIGN 3). */
export type Person =
  { readonly kind: 'user'; readonly user: UserId } | { readonly kind: 'group'; readonly group: string };

const GROUP = /^[a-z0-9][a-z0-9_-]{0,63}$/u;

export const person = idSchema<Person>((text) => {
  if (GROUP.test(text)) return { ok: true, value: { kind: 'group', group: text } };
  const user = parseUserId(text);
  return user.ok
    ? { ok: true, value: { kind: 'user', user: user.value } }
    : err({ what: 'person or group', got: text });
}, 'write a user like "@alice:acme.example" or the name of a group');

/** The name of a group. */
export const groupName = z.string().regex(GROUP, { error: say('is not a name for a group', short) });
