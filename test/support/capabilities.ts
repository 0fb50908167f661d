/** A network that carries text and says whether it arrived: what tests add to or take from. */
import type { Capabilities } from '../../src/core/ports/capabilities.ts';

export const textOnly: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  sendIdentifiedBy: 'provider-id',
  max_text_length: 1_600,
  formatting: 0,
  file: {},
  location_message: 0,
  reply: 0,
  edit: -2,
  delete: -2,
  reaction: -2,
  delivery_receipts: 2,
  read_receipts: -2,
  typing_notifications: -2,
  presence: -2,
  groups: -2,
  templates: -2,
};
