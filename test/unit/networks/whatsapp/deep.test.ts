import { expect, test } from '@jest/globals';
import { openHouse, secret } from './house.ts';
import { signatureOf } from '../../../support/simulators/webhook-calls.ts';

test('a body that nests too deep to be written back is on record as it is, and stops nothing', async () => {
  const { core } = await openHouse();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const body = Buffer.from(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[${deep}]}]}`);
  const headers = { 'x-hub-signature-256': signatureOf(body, secret) };
  await expect(core.call({ method: 'POST', target: '/', headers, body })).resolves.toEqual({ to: 'accepted' });
  expect(core.events).toMatchObject([{ kind: 'unsupported' }]);
});
