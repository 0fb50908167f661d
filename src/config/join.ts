/** Makes the config that the house uses out of the one that was parsed and checked. */
import { resolve } from 'node:path';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { NetworkId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type {
  Config,
  ConfiguredDesk,
  ConfiguredLine,
  ConnectorType,
  ConnectorTypes,
  Group,
  MasterKeySource,
} from './config.ts';
import { inactiveIn } from './inactive.ts';
import { usersOf } from './people.ts';
import { configDigest } from './redact.ts';
import type { ParsedConfig } from './schema.ts';

type ParsedLine = ParsedConfig['lines'][number];
type ParsedDesk = ParsedConfig['desks'][number];

export interface Joining {
  readonly file: string;
  readonly cwd: string;
  readonly types: ConnectorTypes;
  readonly redacted: JsonObject;
  readonly masterKey: MasterKeySource;
}

/** All of `parsed` has passed the checks: every connector and its type are known. */
export function joinConfig(parsed: ParsedConfig, joining: Joining): Config {
  const { homeserver, redacted } = { ...parsed, ...joining };
  const { adminToken } = homeserver;
  return {
    file: joining.file,
    cwd: joining.cwd,
    homeserver: {
      domain: homeserver.domain,
      url: homeserver.url,
      ...(adminToken === undefined ? {} : { adminToken }),
      reachUsAt: homeserver.reachUsAt,
      tokens: homeserver.tokens,
    },
    data: { dir: resolve(joining.cwd, parsed.data.dir) },
    ...(parsed.database === undefined ? {} : { database: parsed.database }),
    masterKey: joining.masterKey,
    listen: parsed.listen,
    ...(parsed.publicUrl === undefined ? {} : { publicUrl: parsed.publicUrl }),
    groups: new Map(Object.entries(parsed.groups).map(([name, group]) => [name, groupOf(group)])),
    connectors: parsed.connectors,
    connectorTypes: new Map(parsed.connectors.map((one) => [one.id, typeOf(joining.types, one.type)])),
    lines: parsed.lines.map((line) => lineOf(line, parsed, joining.types)),
    desks: parsed.desks.map((desk) => deskOf(desk, parsed)),
    defaultClass: parsed.retention.default,
    archive: parsed.archive,
    policy: parsed.policy,
    retention: parsed.retention,
    anchors: parsed.anchors,
    feeds: parsed.feeds,
    media: parsed.media,
    backup: parsed.backup,
    redacted,
    digest: configDigest(redacted),
    inactive: inactiveIn(redacted),
  };
}

function groupOf(group: ParsedConfig['groups'][string]): Group {
  if (Array.isArray(group)) return { kind: 'list', users: group };
  return 'room' in group ? { kind: 'room', room: group.room } : { kind: 'directory', directory: group.directory };
}

function typeOf(types: ConnectorTypes, type: string): ConnectorType {
  const known = types.get(type);
  if (known === undefined) throw new Error(`no connector type ${type}`);
  return known;
}

function networkOf(connector: ParsedConfig['connectors'][number] | undefined, types: ConnectorTypes): NetworkId {
  const network = connector === undefined ? undefined : typeOf(types, connector.type).networkOf(connector.reveal());
  if (network === undefined) throw new Error('a line on a connector that the checks let pass has no network');
  return network;
}

function lineOf(line: ParsedLine, config: ParsedConfig, types: ConnectorTypes): ConfiguredLine {
  const connector = config.connectors.find((one) => one.id === line.connector);
  const country = parsePhoneNumberFromString(line.address)?.country;
  return {
    id: line.id,
    name: line.name,
    connector: line.connector,
    network: networkOf(connector, types),
    address: line.address,
    supervisors: usersOf(line.supervisors, config.groups),
    routing: line.routing,
    class: line.class ?? config.retention.default,
    ...(country === undefined ? {} : { country }),
    staffUsers: line.staff.flatMap((person) => (person.kind === 'user' ? [person.user] : [])),
    staffGroups: line.staff.flatMap((person) => (person.kind === 'group' ? [person.group] : [])),
    consent: line.consent,
    onUnknown: line.onUnknown,
    ...lineExtras(line),
  };
}

type Extras = Pick<
  ConfiguredLine,
  'hours' | 'autoReply' | 'answerWithinMs' | 'firstContactNotice' | 'ownClass' | 'undoMs' | 'tells' | 'texts'
>;

function lineExtras(line: ParsedLine): Extras {
  const notice = line.notice?.firstContact;
  return {
    ...(line.hours === undefined ? {} : { hours: line.hours }),
    ...(line.autoReply === undefined ? {} : { autoReply: autoReplyOf(line.autoReply) }),
    ...(line.answerWithin === undefined ? {} : { answerWithinMs: line.answerWithin }),
    ...(notice === undefined ? {} : { firstContactNotice: notice }),
    ...(line.class === undefined ? {} : { ownClass: line.class }),
    ...(line.undo === undefined ? {} : { undoMs: line.undo }),
    ...(line.tells === undefined ? {} : { tells: line.tells }),
    ...(line.templates === undefined ? {} : { texts: line.templates }),
  };
}

function autoReplyOf(given: NonNullable<ParsedLine['autoReply']>): NonNullable<ConfiguredLine['autoReply']> {
  const { closed, busy, dnd } = given;
  return {
    ...(closed === undefined ? {} : { closed }),
    ...(busy === undefined ? {} : { busy }),
    ...(dnd === undefined ? {} : { dnd }),
  };
}

function deskOf(desk: ParsedDesk, config: ParsedConfig): ConfiguredDesk {
  return {
    id: desk.id,
    room: desk.room,
    timezone: desk.timezone,
    officers: usersOf(desk.officers, config.groups),
    reviewers: usersOf(desk.reviewers, config.groups),
    auditors: usersOf(desk.auditors, config.groups),
    scope: desk.scope === 'all' ? 'all' : { lines: desk.scope.lines ?? [], groups: desk.scope.groups ?? [] },
    supervises: desk.supervises,
    fourEyes: desk.fourEyes,
  };
}
