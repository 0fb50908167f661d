import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { smppNetwork } from './smpp.ts';

describe('smpp keeps the obligations of a connector', () => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(smppNetwork(), obligation);
  });
});

describe('smpp bound in pairs at two places, with sar_* both ways, keeps the obligations of a connector', () => {
  const network = smppNetwork({
    config: { bind: 'pair', longTexts: 'sar' },
    places: 2,
    carrier: { deliver: { long: 'sar' } },
  });
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(network, obligation);
  });
});

describe('smpp with data_sm, message_payload and query_sm keeps the obligations of a connector', () => {
  const network = smppNetwork({
    config: { submit: 'data_sm', longTexts: 'payload', query: true },
    carrier: { queries: true, deliver: { as: 'data_sm', long: 'payload' } },
  });
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(network, obligation);
  });
});
