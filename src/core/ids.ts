/**
 * Branded ids. Each is parsed once, at the edge, and trusted inside; nothing slices one.
 * This is the one file where a cast is allowed: it is where a checked string becomes an id.
 */
import { err, ok, type Result } from './result.ts';

declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

export type UserId = Brand<string, 'UserId'>;
export type RoomId = Brand<string, 'RoomId'>;
export type EventId = Brand<string, 'EventId'>;
export type RoomAlias = Brand<string, 'RoomAlias'>;
/** `p` and the position of the entry that made the portal. */
export type PortalId = Brand<string, 'PortalId'>;
/** `c` and the position of the entry that made the contact. */
export type ContactId = Brand<string, 'ContactId'>;
/** An id from the config: a line, a connector, a desk. */
export type LineId = Brand<string, 'LineId'>;
export type ConnectorId = Brand<string, 'ConnectorId'>;
export type DeskId = Brand<string, 'DeskId'>;
/** sms, whatsapp, telegram, ... */
export type NetworkId = Brand<string, 'NetworkId'>;
/** An address on a network as the core compares it: E.164 with `+` for phones, else the network's own id. */
export type Address = Brand<string, 'Address'>;
/** A message's id at the provider, as the provider wrote it. */
export type RemoteId = Brand<string, 'RemoteId'>;
/** A file in a homeserver's media repository: `mxc://<server>/<id>`. */
export type MediaUri = Brand<string, 'MediaUri'>;
/** 1, 2, 3, ... without gaps. */
export type Position = Brand<number, 'Position'>;
/** `<position>/<kind>`: the same entry plans the same tasks, whenever it is planned. */
export type TaskId = Brand<string, 'TaskId'>;
export type Lane = Brand<string, 'Lane'>;
/** `connector:<id>`, `line:<id>` or `homeserver`. */
export type GateId = Brand<string, 'GateId'>;
/** `<kind>:<subject>`: line-silent:sales, tasks-waiting:all. */
export type AlarmId = Brand<string, 'AlarmId'>;
/** A retention class: us-finra-6y, short-30d, ... */
export type ClassId = Brand<string, 'ClassId'>;
/** A legal hold, as officers call it. */
export type HoldId = Brand<string, 'HoldId'>;
/** A rule, a detector or a lexicon of the policy, as rules name them. */
export type RuleId = Brand<string, 'RuleId'>;
export type DetectorId = Brand<string, 'DetectorId'>;
export type LexiconId = Brand<string, 'LexiconId'>;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = Brand<number, 'Millis'>;

export interface BadId {
  readonly what: string;
  readonly got: string;
}

/** Half of a surrogate pair is in no id: nothing on record could have it. */
function parser<T extends string>(what: string, shape: RegExp, maxLength = 255) {
  return (text: unknown): Result<T, BadId> =>
    typeof text === 'string' && text.length <= maxLength && shape.test(text) && text.isWellFormed()
      ? ok(text as T)
      : err({ what, got: typeof text === 'string' ? text.slice(0, 80) : typeof text });
}

/** Matrix ids are at most 255 bytes (Matrix spec, appendices 4); the checks are of shape, not of existence. */
export const parseUserId = parser<UserId>('user id', /^@[^:\s\0]*:[^\s\0]+$/u);
export const parseRoomId = parser<RoomId>('room id', /^![^\s\0]+$/u);
export const parseEventId = parser<EventId>('event id', /^\$[^\s\0]+$/u);
export const parseRoomAlias = parser<RoomAlias>('room alias', /^#[^:\s\0]+:[^\s\0]+$/u);
export const parsePortalId = parser<PortalId>('portal id', /^p[1-9]\d{0,15}$/u);
export const parseContactId = parser<ContactId>('contact id', /^c[1-9]\d{0,15}$/u);
export const parseLineId = parser<LineId>('line id', /^[a-z0-9][a-z0-9_-]{0,63}$/u);
export const parseConnectorId = parser<ConnectorId>('connector id', /^[a-z0-9][a-z0-9_-]{0,63}$/u);
export const parseDeskId = parser<DeskId>('desk id', /^[a-z0-9][a-z0-9_-]{0,63}$/u);
export const parseNetworkId = parser<NetworkId>('network', /^[a-z][a-z0-9]{0,31}$/u);
export const parseAddress = parser<Address>('address', /^[^\s\0].{0,254}$/u);
export const parseRemoteId = parser<RemoteId>('provider message id', /^.{1,255}$/u);
/** Matrix spec, client-server API, "Content repository": what has no such form is never asked for. */
export const parseMediaUri = parser<MediaUri>(
  'media address',
  /^mxc:\/\/[A-Za-z0-9[][A-Za-z0-9.:[\]-]*\/[A-Za-z0-9_-]+$/u,
);
export const parseClassId = parser<ClassId>('retention class', /^[a-z0-9][a-z0-9-]{0,63}$/u);
export const parseHoldId = parser<HoldId>('name of a hold', /^[a-z0-9][a-z0-9-]{0,63}$/u);
export const parseRuleId = parser<RuleId>('rule id', /^[a-z0-9][a-z0-9-]{0,63}$/u);
export const parseDetectorId = parser<DetectorId>('detector', /^[a-z0-9][a-z0-9-]{0,63}$/u);
export const parseLexiconId = parser<LexiconId>('lexicon', /^[a-z0-9][a-z0-9-]{0,63}$/u);
export const parseTaskId = parser<TaskId>('task id', /^[1-9]\d{0,15}\/[a-z0-9.-]+$/u);
export const parseLane = parser<Lane>('lane', /^[a-z]+:.{1,250}$/u);
export const parseAlarmId = parser<AlarmId>('alarm', /^[a-z-]+:.{1,200}$/u);
export const parseGateId = parser<GateId>('gate', /^(connector:.+|line:.+|homeserver)$/u);

export function parsePosition(n: unknown): Result<Position, BadId> {
  return typeof n === 'number' && Number.isSafeInteger(n) && n >= 1
    ? ok(n as Position)
    : err({ what: 'position', got: String(n).slice(0, 80) });
}

export function parseMillis(n: unknown): Result<Millis, BadId> {
  return typeof n === 'number' && Number.isSafeInteger(n) && n >= 0
    ? ok(n as Millis)
    : err({ what: 'time in milliseconds', got: String(n).slice(0, 80) });
}

/** For values that a check has already passed (a database column, a constant); throws on a bug. */
export function must<T>(result: Result<T, BadId>): T {
  if (result.ok) return result.value;
  throw new Error(`not a ${result.error.what}: ${result.error.got}`);
}

export function portalIdAt(position: Position): PortalId {
  return `p${String(position)}` as PortalId;
}
/** The entry that made the portal. */
export function positionOfPortal(portal: PortalId): Position {
  return Number(portal.slice(1)) as Position;
}
/** Where a file lies and what it is called there. */
export function partsOfMediaUri(uri: MediaUri): { readonly server: string; readonly id: string } {
  const [server = '', id = ''] = uri.slice('mxc://'.length).split('/');
  return { server, id };
}
export function contactIdAt(position: Position): ContactId {
  return `c${String(position)}` as ContactId;
}
/** The entry that made the contact. */
export function positionOfContact(contact: ContactId): Position {
  return Number(contact.slice(1)) as Position;
}
export function taskIdFor(position: Position, kind: string): TaskId {
  return `${String(position)}/${kind}` as TaskId;
}
export function lane(
  family: 'in' | 'out' | 'settle' | 'mark' | 'screen' | 'desk' | 'staff' | 'room' | 'file',
  of: string,
): Lane {
  return `${family}:${of}` as Lane;
}
export function connectorGate(id: ConnectorId): GateId {
  return `connector:${id}` as GateId;
}
export function lineGate(id: LineId): GateId {
  return `line:${id}` as GateId;
}
export const homeserverGate = 'homeserver' as GateId;
export const noMillis = 0 as Millis;

/** `time` plus a number of milliseconds. */
export function after(time: Millis, ms: number): Millis {
  return (time + Math.round(ms)) as Millis;
}
export function nextPosition(position: Position | 0): Position {
  return (position + 1) as Position;
}
