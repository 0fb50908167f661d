/** The connector type `http`: a provider that the config describes. */
import type { Capabilities } from '../../core/ports/capabilities.ts';
import { defineConnector } from '../contract.ts';
import { httpConfig } from './config.ts';
import { createHttpConnector } from './connector.ts';

const most: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  keepsForMs: 7 * 24 * 3_600_000,
  sendIdentifiedBy: 'our-id',
  max_text_length: 65_536,
  formatting: 0,
  file: {},
  location_message: 0,
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
      'Only text goes out: files want an upload that is different at every provider.',
      'Bodies that are not JSON are on record as they are, and in no chat.',
      'What a provider does not repeat and came while we were down is lost.',
    ],
  },
  needsPublicUrl: () => true,
  create: (ctx, config) => createHttpConnector(ctx, config),
});
