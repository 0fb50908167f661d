/** Our connector against the SMSC of Net::SMPP. */
import assert from 'node:assert/strict';
import { must, parseAddress, parsePosition } from '../../src/core/ids.ts';
import { freePort } from '../../src/demo/synapse/free-port.ts';
import { smpp } from '../../src/networks/smpp/smpp.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { carrierAccount, until } from '../support/carrier.ts';
import type { CheckList } from './check-list.ts';
import { PerlPeer } from './perl-peer.ts';

const from = must(parseAddress('+12025550100'));
const to = must(parseAddress('+12025550199'));

export async function againstPerlSmsc(list: CheckList): Promise<void> {
  const port = await freePort();
  const peer = new PerlPeer('smsc.pl', [String(port), carrierAccount.systemId, carrierAccount.password]);
  await until('the Perl SMSC to listen', () => peer.seen('listening').length > 0);
  const core = new TestCore();
  const connector = smpp.open(core.context(), { host: '127.0.0.1', port, ...carrierAccount });
  let position = 0;
  const send = (text: string) => {
    position += 1;
    return connector.send({ position: must(parsePosition(position)), attempt: 1, from, to, text });
  };

  await list.check('Net::SMPP takes our bind as transceiver', async () => {
    await connector.start();
    await until('bound', () => core.state === 'connected');
    await until('its word of the bind', () => peer.seen('bind_transceiver').length > 0);
    assert.equal(peer.seen('bind_transceiver')[0]?.status, 0);
  });
  await list.check('Net::SMPP reads our submit_sm as we meant it', async () => {
    const result = await send('write to me');
    assert.deepEqual(result, { state: 'sent', ids: ['ABCDEF'] });
    await until('its word of the message', () => peer.seen('submit_sm').length > 0);
    const seen = peer.seen('submit_sm')[0];
    assert.equal(seen?.['hex'], Buffer.from('write to me').toString('hex'));
    assert.equal(seen['to'], '12025550199');
    assert.equal(seen['ton'], 1);
  });
  await list.check('its receipt in decimal finds the message whose id it gave in hexadecimal', async () => {
    await until('the receipt', () => core.updates.length === 1);
    assert.equal(core.updates[0]?.state, 'delivered');
    assert.deepEqual(core.updates[0].matches, ['ABCDEF']);
  });
  await list.check('its texts are heard: GSM, UCS-2, and one in two parts in the wrong order', async () => {
    await until('three texts', () => core.texts.length === 3);
    assert.deepEqual(core.texts, ['Hello from Perl: @ $', '€😀', 'The first half and the second.']);
  });
  await list.check('each of them was answered with 0', async () => {
    await until('five answers', () => peer.seen('deliver_sm_resp').length === 5);
    assert.ok(peer.seen('deliver_sm_resp').every((answer) => answer.status === 0));
  });
  await list.check('a long text of ours arrives in parts that join', async () => {
    const text = `${'€'.repeat(100)} end`;
    const result = await send(text);
    assert.equal(result.state, 'sent');
    await until('its word of two parts', () => peer.seen('submit_sm').length > 2);
    const parts = peer.seen('submit_sm').slice(1);
    assert.equal(parts.length, 2);
    assert.ok(parts.every((part) => part['esm'] === 0x40));
  });
  await list.check('it confirms our unbind', async () => {
    await connector.stop(5_000);
    assert.equal(await peer.ended, 0);
    assert.equal(peer.seen('unbind').length, 1);
  });
  peer.kill();
}
