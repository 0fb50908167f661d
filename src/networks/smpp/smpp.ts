/** The connector type `smpp`. */
import { must, parseNetworkId } from '../../core/ids.ts';
import { defineConnector } from '../contract.ts';
import { smppConfig } from './config.ts';
import { SmppConnector } from './connector.ts';

export const smpp = defineConnector({
  type: 'smpp',
  network: must(parseNetworkId('sms')),
  config: smppConfig,
  create: (ctx, config) => new SmppConnector(ctx, config),
});
