/** The connector type `smpp`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { capabilitiesOf, smppCapabilities } from './capabilities.ts';
import { smppConfig } from './config.ts';
import { SmppConnector } from './connector.ts';

export const smpp = defineConnector({
  type: 'smpp',
  network: must(parseNetworkId('sms')),
  config: smppConfig,
  facts: {
    title: 'SMS over SMPP 3.4',
    most: smppCapabilities,
    receives: ['text'],
    cannot: [
      'SMS has no edits, deletions, reactions or read receipts.',
      'Pictures need MMS, which SMPP does not carry.',
    ],
  },
  create: (ctx, config) => new SmppConnector(ctx, config),
  mostOf: capabilitiesOf,
});
