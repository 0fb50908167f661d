/** The connector type `signal-cli`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { signalCapabilities } from './capabilities.ts';
import { signalConfig } from './config.ts';
import { SignalConnector } from './connector.ts';

export const signal = defineConnector({
  type: 'signal-cli',
  network: must(parseNetworkId('signal')),
  config: signalConfig,
  facts: {
    title: 'Signal through signal-cli',
    most: signalCapabilities,
    receives: [
      'text with styles and mentions',
      'pictures, videos, sound, files and stickers',
      'contacts',
      'answers, edits, deletions and reactions',
      'receipts and typing',
      'groups',
      'what the company writes on its own phone',
      'that somebody called',
    ],
    cannot: [
      'Signal has no interface for programs: signal-cli is not made or supported by Signal, and may stop working whenever Signal changes.',
      'signal-cli waits for no word that a message is on record: what it has handed over when Gatehouse is killed is lost, unless it is reached over HTTP and numbers its events.',
      'A message whose answer got lost stays unclear: Signal can not be asked whether it was sent.',
      'Messages of others can not be taken back, and nothing after a day.',
      'Calls, polls, payments and stories can not be carried; that somebody called or asked something is on record.',
      'Voice messages go out as sound files, stickers as pictures, places on a map as links.',
    ],
  },
  create: (ctx, config) => new SignalConnector(ctx, config),
});
