/** The config as the rest of the house uses it: checked, secrets read, people, lines and connectors joined. */
import type { z } from 'zod';
import type { ClassId, ConnectorId, LineId, NetworkId, RoomAlias, RoomId, UserId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { Desk, Line } from '../core/line.ts';
import type { Capabilities, FirstCall, LineRefusal } from '../core/ports/capabilities.ts';
import type { Result } from '../core/result.ts';
import type { ConnectorSettings } from './connector-settings.ts';
import type { ParsedConfig } from './schema.ts';
import type { Secret } from './secret.ts';
import type { OpenSpan } from './values/opening-hours.ts';

/** What the config must know of a connector's type; the registry of networks gives it. */
export interface ConnectorType {
  /** The networks that it reaches; empty where each connector's settings say its own. */
  readonly networks: readonly NetworkId[];
  /** Of a connector with these settings; undefined where the schema refuses them. */
  networkOf(settings: unknown): NetworkId | undefined;
  /** Its provider calls it, with these settings. */
  needsPublicUrl?(settings: unknown): boolean;
  /** What its network can do at most, with these settings. */
  mostOf?(settings: unknown): Capabilities;
  /** Why no line can have this address with these settings. */
  refusesLine?(settings: unknown, address: string): LineRefusal | undefined;
  /** What its provider first asks at the public address. */
  firstCall?(settings: unknown): FirstCall | undefined;
  /** Checks the settings that are the connector's own. */
  readonly schema?: z.ZodType;
}

/** Why a package that should bring a connector type does not, and what to do. */
export interface PackageFault {
  readonly why: 'not-installed' | 'broken';
  readonly message: string;
  readonly fix: string;
}

/** Those of this version, by the name that a config calls them by. */
export interface ConnectorTypes extends ReadonlyMap<string, ConnectorType> {
  /** What an npm package brings; there where packages can be loaded. @param cwd below which it is looked for first */
  load?(name: string, cwd: string): Promise<Result<ConnectorType & { readonly type: string }, PackageFault>>;
}

export type Group =
  | { readonly kind: 'list'; readonly users: readonly UserId[] }
  | { readonly kind: 'room'; readonly room: RoomId | RoomAlias }
  | { readonly kind: 'directory'; readonly directory: string };

/** A line with what only some features need. */
export interface ConfiguredLine extends Line {
  /** Named in the config one by one. */
  readonly staffUsers: readonly UserId[];
  /** Groups whose members are staff, in the config's order. */
  readonly staffGroups: readonly string[];
  readonly hours?: { readonly timezone: string; readonly open: readonly OpenSpan[] };
  readonly autoReply?: { readonly closed?: string; readonly busy?: string; readonly dnd?: string };
  readonly answerWithinMs?: number;
  readonly firstContactNotice?: string;
  /** Written at the line itself; absent, it has the default. */
  readonly ownClass?: ClassId;
  readonly consent: { readonly scope: 'company' | 'line'; readonly proactive: 'allow' | 'require' };
  readonly onUnknown: 'tell' | 'resend';
}

export interface ConfiguredDesk extends Desk {
  readonly scope: 'all' | { readonly lines: readonly LineId[]; readonly groups: readonly string[] };
  readonly supervises: readonly string[];
  readonly fourEyes: readonly string[];
}

/** The master key's bytes come from one of these. */
export type MasterKeySource =
  | { readonly from: 'file'; /** Absolute. */ readonly path: string; readonly shown: string }
  | { readonly from: 'environment'; readonly base64: Secret };

export interface Tokens {
  /** With which we call Synapse. */
  readonly as: Secret;
  /** With which Synapse calls us. */
  readonly hs: Secret;
}

type Kept = Pick<
  ParsedConfig,
  'listen' | 'archive' | 'policy' | 'retention' | 'anchors' | 'feeds' | 'media' | 'backup'
>;

export interface Config extends Kept {
  /** Absolute path of the file that it was read from. */
  readonly file: string;
  /** Where relative paths in it begin: absolute. */
  readonly cwd: string;
  readonly homeserver: {
    readonly domain: string;
    readonly url: string;
    readonly adminToken?: Secret;
    readonly reachUsAt: { readonly bridge: string; readonly archive: string };
    readonly tokens: { readonly bridge: Tokens; readonly archive: Tokens };
  };
  /** `dir` is absolute. */
  readonly data: { readonly dir: string };
  readonly database?: { readonly url: Secret; readonly keysUrl: Secret };
  readonly masterKey: MasterKeySource;
  readonly publicUrl?: string;
  readonly groups: ReadonlyMap<string, Group>;
  readonly connectors: readonly ConnectorSettings[];
  readonly connectorTypes: ReadonlyMap<ConnectorId, ConnectorType>;
  readonly lines: readonly ConfiguredLine[];
  readonly desks: readonly ConfiguredDesk[];
  readonly defaultClass: ClassId;
  /** The file as written, every secret in it replaced. */
  readonly redacted: JsonObject;
  /** SHA-256 in hex over the canonical text of `redacted`: another digest is another config. */
  readonly digest: string;
  /** Settings that are given but act only in a later version: paths. */
  readonly inactive: readonly string[];
}

/** The config as it may be shown: every secret is `[redacted]`. */
export function redactedConfig(config: Config): JsonObject {
  return config.redacted;
}

/** Paths of settings that are accepted but not active in this version. */
export function inactiveSettings(config: Config): readonly string[] {
  return config.inactive;
}
