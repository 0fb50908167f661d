/** The connector type `android-sms-gateway`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { androidMost, capabilitiesOf } from './capabilities.ts';
import { androidConfig } from './config.ts';
import { AndroidConnector } from './connector.ts';

export const android = defineConnector({
  type: 'android-sms-gateway',
  network: must(parseNetworkId('sms')),
  config: androidConfig,
  facts: {
    title: 'SMS over a phone of your own (SMS Gateway for Android)',
    most: androidMost,
    receives: ['text', 'pictures, videos, sounds and files (MMS)'],
    cannot: [
      'SMS has no edits, deletions, reactions or read receipts.',
      'A group MMS comes as a text of its sender, and the answer goes to the sender alone: the app tells nobody else’s number.',
      'Pictures go out only where the app is the default app for texts on the phone.',
    ],
  },
  create: (ctx, config) => new AndroidConnector(ctx, config),
  needsPublicUrl: () => true,
  mostOf: capabilitiesOf,
});
