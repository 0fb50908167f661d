/** The connector type `whatsapp-cloud`. */
import { randomUUID } from 'node:crypto';
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { whatsappCapabilities } from './capabilities.ts';
import { refusesLine, whatsappConfig } from './config.ts';
import { WhatsAppConnector } from './connector.ts';
import { firstCallWith } from './signature.ts';

export const whatsappCloud = defineConnector({
  type: 'whatsapp-cloud',
  network: must(parseNetworkId('whatsapp')),
  config: whatsappConfig,
  facts: {
    title: 'WhatsApp Business Cloud API',
    most: whatsappCapabilities,
    receives: [
      'text with its marks',
      'pictures, videos, documents, sound, voice messages and stickers',
      'places and contact cards',
      'replies, reactions, edits and deletions',
      'answers to buttons, lists and forms, and orders',
      'group messages',
      'what the company writes in the WhatsApp Business app on the same number',
      'calls, as a note that somebody called',
      'wishes for no more marketing messages',
    ],
    cannot: [
      'Free text goes out only for 24 hours after the last message of a customer: after that, approved templates do.',
      'The Cloud API can neither edit nor delete what was sent.',
      'Typing is shown only together with a read receipt, and what the customer types is not told.',
      'Polls, view-once pictures and live places are not passed on by WhatsApp; it is shown that something came.',
      'It has no list of messages: what came while it could not reach us for longer than it tries is lost.',
    ],
  },
  needsPublicUrl: () => true,
  refusesLine,
  firstCall: ({ verifyToken }) => firstCallWith(verifyToken, randomUUID()),
  create: (ctx, config) => new WhatsAppConnector(ctx, config),
});
