/**
 * What a connector is written against (DESIGN 8): the types of `core/ports/connector.ts`, with zod for the config.
 * A third party's connector imports this file alone.
 */
import type { z } from 'zod';
import type { NetworkId } from '../core/ids.ts';
import type { Connector, ConnectorContext, ConnectorModule } from '../core/ports/connector.ts';

export type {
  Capabilities,
  Connector,
  ConnectorContext,
  ConnectorModule,
  ConnectorState,
  Kv,
  KvEdit,
  NetworkEvent,
  OutboundMessage,
  OutboundUpdate,
  SendResult,
} from '../core/ports/connector.ts';

export interface ConnectorDefinition<C> {
  /** The config's `type`. */
  readonly type: string;
  readonly network: NetworkId;
  /** Strict: an unknown key is an error. */
  readonly config: z.ZodType<C>;
  readonly create: (ctx: ConnectorContext, config: C) => Connector;
}

/** A module with its config's type hidden inside, so that modules of different configs fit one table. */
export interface AnyConnectorModule extends Omit<ConnectorModule<unknown>, 'create'> {
  /** The connector for a config that `config.parse` accepts. @throws ZodError when it doesn't. */
  open(ctx: ConnectorContext, config: unknown): Connector;
  /** For the config's JSON schema and its "did you mean". */
  readonly schema: z.ZodType;
}

/** Makes the module of a connector type. */
export function defineConnector<C>(definition: ConnectorDefinition<C>): ConnectorModule<C> & AnyConnectorModule {
  const { type, network, config, create } = definition;
  return {
    apiVersion: 1,
    type,
    network,
    config,
    schema: config,
    create,
    open: (ctx, value) => create(ctx, config.parse(value)),
  };
}
