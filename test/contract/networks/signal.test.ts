import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { signalNetwork } from './signal.ts';

describe.each(['tcp', 'http'] as const)('signal-cli over %s keeps the obligations of a connector', (by) => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(signalNetwork(by), obligation);
  });
});
