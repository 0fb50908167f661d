/** The connector type `twilio`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { capabilitiesOf, twilioMost } from './capabilities.ts';
import { twilioConfig } from './config.ts';
import { TwilioConnector } from './connector.ts';

export const twilio = defineConnector({
  type: 'twilio',
  network: must(parseNetworkId('sms')),
  config: twilioConfig,
  facts: {
    title: 'SMS and MMS over Twilio',
    most: twilioMost,
    receives: ['text', 'pictures, videos, sounds and files (MMS)', 'opt-outs that Twilio keeps'],
    cannot: [
      'SMS has no edits, deletions, reactions or read receipts.',
      'Group texts come as texts of each member: Twilio does not tell the group.',
      'Pictures and files go out only from numbers that Twilio lets send MMS (United States, Canada, Australia).',
    ],
  },
  create: (ctx, config) => new TwilioConnector(ctx, config),
  needsPublicUrl: () => true,
  mostOf: capabilitiesOf,
});
