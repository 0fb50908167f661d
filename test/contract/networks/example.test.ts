import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { exampleNetwork } from './example.ts';

describe('the example of a connector by others keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(exampleNetwork, obligation);
  });
});
