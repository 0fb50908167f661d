import { expect, test } from '@jest/globals';
import { signatureOf } from '../../../support/simulators/webhook-calls.ts';
import { openHouse, secret } from './house.ts';

/** Of the sample in Meta's webhook reference (webhooks/reference/messages). */
const SAMPLE_ID = 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=';

test("Meta's own sample is on record as it says", async () => {
  const { core } = await openHouse();
  const text = { from: '16505551234', id: SAMPLE_ID, timestamp: '1749416383', type: 'text' };
  const body = Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '102290129340398',
          changes: [
            {
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
                contacts: [{ profile: { name: 'Sheena Nelson' }, wa_id: '16505551234' }],
                messages: [{ ...text, text: { body: 'Does it come in another color?' } }],
              },
              field: 'messages',
            },
          ],
        },
      ],
    }),
  );
  const headers = { 'x-hub-signature-256': signatureOf(body, secret) };
  await core.call({ method: 'POST', target: '/webhooks/wa', headers, body });
  expect(core.events).toMatchObject([
    {
      kind: 'message',
      sure: true,
      at: 1_749_416_383_000,
      message: { fromName: 'Sheena Nelson', remoteId: SAMPLE_ID },
    },
  ]);
  expect(core.texts).toEqual(['Does it come in another color?']);
  expect(core.events[0]?.raw).toEqual(body);
});
