/** What SMS over SMPP can do, and what this config lets it. */
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { SmppConfig } from './config.ts';
import { longestText } from './text/segment.ts';

/** With a carrier that answers query_sm. */
export const smppCapabilities: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  sendIdentifiedBy: 'provider-id',
  max_text_length: longestText('udh'),
  formatting: 0,
  file: {},
  location_message: 0,
  reply: 0,
  edit: -2,
  delete: -2,
  reaction: -2,
  delivery_receipts: 2,
  read_receipts: -1,
  typing_notifications: -1,
  presence: -1,
  groups: -2,
  templates: -2,
};

export function capabilitiesOf({ query, longTexts }: SmppConfig): Capabilities {
  return {
    ...smppCapabilities,
    sendIdentifiedBy: query ? 'provider-id' : 'nothing',
    max_text_length: longestText(longTexts),
  };
}
