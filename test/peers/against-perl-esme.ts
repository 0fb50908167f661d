/** Our simulated carrier against the client of Net::SMPP. */
import assert from 'node:assert/strict';
import { carrierAccount, startCarrier, until } from '../support/carrier.ts';
import type { CheckList } from './check-list.ts';
import { PerlPeer } from './perl-peer.ts';

export async function againstPerlEsme(list: CheckList): Promise<void> {
  await using carrier = await startCarrier({ receipts: { delayMs: 0 } });
  const port = String(carrier.port);

  await list.check('our carrier refuses the wrong password of Net::SMPP with 0x0E', async () => {
    const peer = new PerlPeer('esme.pl', [port, carrierAccount.systemId, 'wrong']);
    await peer.ended;
    assert.equal(peer.seen('bind_transceiver_resp')[0]?.status, 0x0e);
  });

  const peer = new PerlPeer('esme.pl', [port, carrierAccount.systemId, carrierAccount.password]);
  await list.check('Net::SMPP binds to our carrier, submits and gets its receipts', async () => {
    await until('the client to be ready', () => peer.seen('ready').length === 1);
    assert.deepEqual(
      peer.seen('submit_sm_resp').map((answer) => answer.status),
      [0, 0, 0, 0, 0x50, 0x01],
    );
  });
  await list.check('our carrier read its texts', () => {
    assert.deepEqual(
      carrier.texts().map((one) => one.text),
      ['plain text', '€😀', 'one, two'],
    );
    return Promise.resolve();
  });
  await list.check('it takes the texts of customers, a long one in parts', async () => {
    const ids = ['short', 'x'.repeat(200)].map((text) =>
      carrier.carrier.deliver({ from: '+12025550199', to: '+12025550100', text }),
    );
    assert.deepEqual(await Promise.all(ids.map((id) => carrier.carrier.delivered(id))), [true, true]);
    assert.equal(await peer.ended, 0);
  });
  peer.kill();
}
