import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { lineNetwork, messengerNetwork } from './http.ts';

describe.each([
  ['line', lineNetwork],
  ['messenger', messengerNetwork],
] as const)('http with the example config for %s keeps the obligations of a connector', (_name, network) => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(network, obligation);
  });
});
