import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { inboxNetwork } from './inbox.ts';

describe('a network whose provider keeps a list keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(inboxNetwork, obligation);
  });
});
