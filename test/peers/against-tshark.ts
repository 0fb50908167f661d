/** What we send, as Wireshark reads it. */
import assert from 'node:assert/strict';
import { must, parseAddress, parsePosition } from '../../src/core/ids.ts';
import { smpp } from '../../src/networks/smpp/smpp.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until } from '../support/carrier.ts';
import type { CheckList } from './check-list.ts';
import { dissect, tap, type Dissected } from './tshark.ts';

/** Every character of the alphabet and its extension that a keyboard writes, `@` and `_` first: both are often wrong. */
const gsm = '@_£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà {}[]~^\\|€';
const ucs2 = 'Привет, 你好, ’ and ç';
const longGsm = 'Grüße, {Ann}! '.repeat(30);
const longUcs2 = 'Добрый день. '.repeat(20);
const names = {
  bind_transceiver: '0x00000009',
  submit_sm: '0x00000004',
  deliver_sm_resp: '0x80000005',
  unbind: '0x00000006',
} as const;

export async function againstTshark(list: CheckList): Promise<void> {
  const rows = dissect(await conversation());
  const submits = rows.filter((row) => row.command === names.submit_sm);

  await list.check('tshark reads every PDU of ours, and finds none malformed', () => {
    const [commands, malformed] = [new Set(rows.map((row) => row.command)), rows.filter((row) => row.malformed !== '')];
    assert.deepEqual(commands, new Set(Object.values(names)));
    assert.deepEqual(malformed, []);
    return Promise.resolve();
  });
  await list.check('tshark reads our addresses, and that we ask for a receipt', () => {
    for (const { sourceTon, source, destinationTon, destinationNpi, destination, receipt } of submits) {
      assert.deepEqual([sourceTon, source], ['0x01', '12025550100']);
      assert.deepEqual([destinationTon, destinationNpi, destination], ['0x01', '0x01', '12025550199']);
      assert.equal(receipt, '0x01');
    }
    return Promise.resolve();
  });
  await list.check('tshark reads a GSM text and its extension as we meant it', () => single(submits[0], gsm, '0x00'));
  await list.check('tshark reads a UCS-2 text as we meant it', () => single(submits[1], ucs2, '0x08'));
  await list.check('tshark joins the parts of a long GSM text by their headers', () => long(submits, longGsm, '0x00'));
  await list.check('tshark joins the parts of a long UCS-2 text by theirs', () => long(submits, longUcs2, '0x08'));
}

/** All that our connector sends in a session of four texts and one of a customer. */
async function conversation(): Promise<Buffer> {
  await using carrier = await startCarrier({ receipts: { form: 'none' } });
  await using wire = await tap(carrier.port);
  const core = new TestCore();
  const connector = smpp.open(core.context(), { host: '127.0.0.1', port: wire.port, ...carrierAccount });
  await connector.start();
  await until('bound', () => core.state === 'connected');
  const [from, to] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];
  for (const [index, text] of [gsm, ucs2, longGsm, longUcs2].entries()) {
    const result = await connector.send({ position: must(parsePosition(index + 1)), attempt: 1, from, to, text });
    assert.equal(result.state, 'sent');
  }
  await carrier.carrier.delivered(carrier.carrier.deliver({ from: to, to: from, text: 'Hi' }));
  await connector.stop(5_000);
  return wire.sent();
}

function single(row: Dissected | undefined, text: string, dataCoding: string): Promise<void> {
  assert.deepEqual([row?.text, row?.dataCoding], [text, dataCoding]);
  assert.deepEqual([row?.features, row?.parts], ['0x00', '']);
  return Promise.resolve();
}

function long(submits: readonly Dissected[], text: string, dataCoding: string): Promise<void> {
  const parts = submits.filter((row) => row.parts !== '' && row.dataCoding === dataCoding);
  assert.ok(parts.length > 2);
  assert.equal(parts.map((row) => row.text).join(''), text);
  assert.equal(new Set(parts.map((row) => row.reference)).size, 1);
  assert.ok(parts.every((row) => row.features === '0x01' && row.parts === String(parts.length)));
  assert.deepEqual(
    parts.map((row) => row.part),
    parts.map((_row, index) => String(index + 1)),
  );
  return Promise.resolve();
}
