/** The connector type `http`: a provider that the config describes. */
import { randomUUID } from 'node:crypto';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import { defineConnector } from '../contract.ts';
import { httpConfig } from './config.ts';
import { capabilitiesOf, createHttpConnector } from './connector.ts';
import { kind, largestFile, typesOf } from './send-config.ts';

const anyFile = Object.fromEntries(
  kind.options.map((one) => [one, { mime_types: typesOf[one], max_size: largestFile, caption: 2 }] as const),
);

const most: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  sendIdentifiedBy: 'our-id',
  max_text_length: 65_536,
  formatting: 0,
  file: anyFile,
  location_message: 2,
  reply: 2,
  edit: -2,
  delete: -2,
  reaction: 2,
  reaction_count: 1,
  delivery_receipts: 1,
  read_receipts: 2,
  typing_notifications: 2,
  presence: -1,
  groups: 1,
  templates: -2,
};

export const http = defineConnector({
  type: 'http',
  network: (config: { readonly network: ReturnType<typeof httpConfig.parse>['network'] }) => config.network,
  config: httpConfig,
  facts: {
    title: 'Any provider with an HTTP API and webhooks, as the config describes it (LINE and Messenger are examples)',
    most,
    receives: ['text', 'files', 'places', 'replies', 'edits and deletions', 'reactions', 'receipts', 'typing'],
    cannot: [
      'Files go out by a link that the provider fetches from us: one that wants an upload needs a connector of its own.',
      'A link is good for a day, unless the config says otherwise.',
      'Bodies that are not JSON are on record as they are, and in no chat.',
      'What a provider does not repeat and came while we were down is lost.',
    ],
  },
  needsPublicUrl: () => true,
  mostOf: capabilitiesOf,
  firstCall: ({ receive: { challenge }, secrets }) => {
    const token = challenge === undefined ? undefined : secrets[challenge.token];
    if (challenge === undefined || token === undefined) return undefined;
    const answer = randomUUID();
    return { query: new URLSearchParams({ [challenge.ask]: token, [challenge.echo]: answer }).toString(), answer };
  },
  create: (ctx, config) => createHttpConnector(ctx, config),
});
