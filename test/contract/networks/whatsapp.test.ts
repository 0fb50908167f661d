import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { whatsappNetwork } from './whatsapp.ts';

describe('whatsapp-cloud keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(whatsappNetwork, obligation);
  });
});
