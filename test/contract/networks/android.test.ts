import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { cloudPhone, localPhone } from './android.ts';

describe('a phone asked by itself keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(localPhone, obligation);
  });
});

describe('a phone asked through the cloud keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(cloudPhone, obligation);
  });
});
