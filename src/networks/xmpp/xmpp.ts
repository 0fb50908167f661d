/** The connector type `xmpp`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { xmppCapabilities } from './capabilities.ts';
import { xmppConfig } from './config.ts';
import { XmppConnector } from './connector.ts';
import { refusesLine } from './lines.ts';
import { mostBytes } from './upload.ts';

export const xmpp = defineConnector({
  type: 'xmpp',
  network: must(parseNetworkId('xmpp')),
  config: xmppConfig,
  facts: {
    title: 'XMPP component',
    most: xmppCapabilities(mostBytes),
    receives: [
      'text with styling',
      'files by link',
      'places',
      'replies',
      'corrections',
      'deletions',
      'reactions',
      'delivery and read receipts',
      'typing',
      'presence',
      'groups',
      'invitations',
    ],
    cannot: [
      'Messages that are encrypted end to end (OMEMO, OpenPGP) cannot be read: they are recorded as such.',
      'A message that comes while we are down is given back to its sender by the server; nobody keeps it. Rooms that have an archive tell all that was written there.',
      'A correction, a deletion or a reaction is a wish: clients that do not know it show a new message, or nothing.',
      'Calls are not answered.',
    ],
  },
  refusesLine,
  create: (ctx, config) => new XmppConnector(ctx, config),
});
