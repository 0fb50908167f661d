/**
 * What a redaction leaves of a Matrix event's content, by room version (Matrix spec, "Redactions" of room versions 1,
 * 6, 8, 9 and 11): a homeserver that delivers an event after its redaction delivers this.
 */
import type { MatrixEvent } from '../core/entry.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Comparable } from './identity.ts';

type Kept = Readonly<Record<string, readonly string[]>>;

const POWER_LEVELS = [
  'ban',
  'events',
  'events_default',
  'kick',
  'redact',
  'state_default',
  'users',
  'users_default',
] as const;

const v6: Kept = {
  'm.room.member': ['membership'],
  'm.room.create': ['creator'],
  'm.room.join_rules': ['join_rule'],
  'm.room.power_levels': POWER_LEVELS,
  'm.room.history_visibility': ['history_visibility'],
};
const v1: Kept = { ...v6, 'm.room.aliases': ['aliases'] };
const v8: Kept = { ...v6, 'm.room.join_rules': ['join_rule', 'allow'] };
const v9: Kept = { ...v8, 'm.room.member': ['membership', 'join_authorised_via_users_server'] };
const v11: Kept = {
  ...v9,
  'm.room.power_levels': [...POWER_LEVELS, 'invite'],
  'm.room.redaction': ['redacts'],
};

/** From version 11 on the whole content of `m.room.create` stays, and `signed` of a third-party invitation. */
function prunedBy11(event: MatrixEvent): JsonObject {
  if (event.type === 'm.room.create') return event.content;
  const content = prunedBy(v11, event);
  const invite = event.content['third_party_invite'];
  const keeps = event.type === 'm.room.member' && isJsonObject(invite) && invite['signed'] !== undefined;
  return keeps ? { ...content, third_party_invite: { signed: invite['signed'] } } : content;
}

function prunedBy(kept: Kept, event: MatrixEvent): JsonObject {
  const names = kept[event.type] ?? [];
  return Object.fromEntries(Object.entries(event.content).filter(([name]) => names.includes(name)));
}

/** The contents that `event` may have after a redaction, one for each rule of pruning. */
function prunedContents(event: MatrixEvent): readonly JsonObject[] {
  return [prunedBy11(event), ...[v9, v8, v6, v1].map((kept) => prunedBy(kept, event))];
}

/** The forms in which a redacted copy of `event` may come; an old room version also drops `redacts`. */
export function prunedForms(event: MatrixEvent): readonly Comparable[] {
  const { type, room_id, sender, origin_server_ts } = event;
  const state = event.state_key === undefined ? {} : { state_key: event.state_key };
  const bare = { type, room_id, sender, origin_server_ts, ...state };
  const redacts = event.redacts === undefined ? [] : [{ redacts: event.redacts }];
  return prunedContents(event).flatMap((content) => [{}, ...redacts].map((more) => ({ ...bare, ...more, content })));
}
