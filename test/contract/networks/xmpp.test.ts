import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { startProsody, type Prosody } from '../../support/xmpp/prosody.ts';
import { expectObligation, obligations } from '../connector-kit.ts';
import { xmppNetwork } from './xmpp.ts';

describe('xmpp keeps the obligations of a connector, with a real Prosody', () => {
  let prosody: Prosody | undefined;

  /** Without Prosody this fails and says what to install: nothing is skipped. */
  beforeAll(async () => {
    prosody = await startProsody();
  }, 120_000);

  afterAll(async () => {
    await prosody?.[Symbol.asyncDispose]();
  });

  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(
      xmppNetwork(() => {
        if (prosody === undefined) throw new Error('Prosody did not start');
        return prosody;
      }),
      obligation,
    );
  });
});
