/**
 * The connector type `echo`. A package's default export is this and nothing else: what the connector is called, what its
 * part of the config looks like, what its network can do, and how one is made.
 *
 * @import { ConnectorDefinition } from 'gatehouse/contract'
 * @import { EchoConfig } from './connector.js'
 */
import { z } from 'zod';
import { capabilities, EchoConnector } from './connector.js';

/** Strict: a misspelled key is an error, and `gatehouse config check` says which one was meant. */
const config = z.strictObject({
  api: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1),
  secret: z.string().min(16),
});

/** @type {{ apiVersion: 1 } & Omit<ConnectorDefinition<EchoConfig>, 'network'> & { network: string }} */
const echo = {
  apiVersion: 1,
  type: 'echo',
  network: 'echo',
  config,
  facts: {
    title: 'Echo (the example connector)',
    most: capabilities,
    receives: ['text', 'receipts'],
    cannot: ['Echo carries text and nothing else: it is a toy.'],
  },
  create: (ctx, settings) => new EchoConnector(ctx, settings),
  needsPublicUrl: () => true,
};

export default echo;
