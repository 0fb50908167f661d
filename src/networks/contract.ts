/**
 * What a connector is written against (DESIGN 8, docs/connectors.md): the types of `core/ports`, with zod for the config.
 * A third party's connector imports this file alone.
 */
import type { z } from 'zod';
import type { NetworkId } from '../core/ids.ts';
import type { Capabilities, FirstCall, LineRefusal, NetworkFacts } from '../core/ports/capabilities.ts';
import type { Connector, ConnectorContext, ConnectorModule } from '../core/ports/connector.ts';

export type { Clock } from '../core/clock.ts';
export type { FailureKind } from '../core/failures.ts';
export type { Address, ConnectorId, Millis, NetworkId, Position, RemoteId } from '../core/ids.ts';
export type { Json, JsonObject } from '../core/json.ts';
export type * from '../core/network-entries.ts';
export type * from '../core/ports/capabilities.ts';
export type * from '../core/ports/connector.ts';
export type { Log, LogFields, Metrics } from '../core/ports/log.ts';
export type * from '../core/ports/outbound.ts';
export type { KvChange } from '../core/ports/recorder.ts';
export type * from '../core/ports/safe-fetch.ts';
export type * from '../core/ports/webhook.ts';
export type { Result } from '../core/result.ts';
export type * from '../core/rich-text.ts';

/** Of this contract. A connector that was written for another is refused. */
export const CONTRACT_VERSION = 1;

/**
 * What a connector is. A package's default export is one, with `apiVersion: 1` beside it; it need not be made by
 * `defineConnector`, which Gatehouse calls itself.
 */
export interface ConnectorDefinition<C> {
  /** The config's `type`. */
  readonly type: string;
  /** One for all, or what the config says. */
  readonly network: NetworkId | ((config: C) => NetworkId);
  /** Strict: an unknown key is an error. */
  readonly config: z.ZodType<C>;
  readonly facts: NetworkFacts;
  readonly create: (ctx: ConnectorContext, config: C) => Connector;
  /** Its provider calls it: without `publicUrl` the config has a problem. Default never. */
  readonly needsPublicUrl?: (config: C) => boolean;
  /** What it can do at most with these settings. Default `facts.most`. */
  readonly mostOf?: (config: C) => Capabilities;
  /** Why no line can have this address with these settings: said by `config check`. */
  readonly refusesLine?: (config: C, address: string) => LineRefusal | undefined;
  /** For providers that first ask the webhook something: doctor asks the same at the public address. */
  readonly firstCall?: (config: C) => FirstCall | undefined;
}

/** A module with its config's type hidden inside, so that modules of different configs fit one table. */
export interface AnyConnectorModule extends Omit<ConnectorModule<unknown>, 'create' | 'networkOf'> {
  /** The networks that it reaches; empty where each config says its own. */
  readonly networks: readonly NetworkId[];
  /** Undefined for a config that `schema` refuses. */
  networkOf(config: unknown): NetworkId | undefined;
  /** The connector for a config that `config.parse` accepts. @throws ZodError when it doesn't. */
  open(ctx: ConnectorContext, config: unknown): Connector;
  /** False for a config that `schema` refuses. */
  needsPublicUrl(config: unknown): boolean;
  mostOf(config: unknown): Capabilities;
  /** Undefined for an address that may be a line's, and for a config that `schema` refuses. */
  refusesLine(config: unknown, address: string): LineRefusal | undefined;
  /** Undefined where there is none, and for a config that `schema` refuses. */
  firstCall(config: unknown): FirstCall | undefined;
  /** For the config's JSON schema and its "did you mean". */
  readonly schema: z.ZodType;
  readonly facts: NetworkFacts;
}

/** Makes the module of a connector type. */
export function defineConnector<C>(definition: ConnectorDefinition<C>): AnyConnectorModule {
  const { type, network, config, facts, create, needsPublicUrl, mostOf, refusesLine, firstCall } = definition;
  const withParsed = <R>(value: unknown, use: ((parsed: C) => R) | undefined): R | undefined => {
    const parsed = config.safeParse(value);
    return parsed.success ? use?.(parsed.data) : undefined;
  };
  return {
    apiVersion: CONTRACT_VERSION,
    type,
    networks: typeof network === 'function' ? [] : [network],
    networkOf: (value) => (typeof network === 'function' ? withParsed(value, network) : network),
    needsPublicUrl: (value) => withParsed(value, needsPublicUrl) === true,
    mostOf: (value) => withParsed(value, mostOf) ?? facts.most,
    refusesLine: (value, address) => withParsed(value, (parsed) => refusesLine?.(parsed, address)),
    firstCall: (value) => withParsed(value, firstCall),
    config,
    schema: config,
    facts,
    open: (ctx, value) => create(ctx, config.parse(value)),
  };
}
