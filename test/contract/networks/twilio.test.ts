import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { twilioNetwork } from './twilio.ts';

describe('twilio keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(twilioNetwork, obligation);
  });
});
