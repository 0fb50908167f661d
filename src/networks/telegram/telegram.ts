/** The connector type `telegram`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { telegramFacts } from './capabilities.ts';
import { telegramConfig } from './config.ts';
import { TelegramConnector } from './connector.ts';

export const telegram = defineConnector({
  type: 'telegram',
  network: must(parseNetworkId('telegram')),
  config: telegramConfig,
  facts: telegramFacts,
  create: (ctx, config) => new TelegramConnector(ctx, config),
  needsPublicUrl: ({ mode }) => mode === 'webhook',
});
