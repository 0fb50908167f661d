import net from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import { decodePdu } from '../../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { FrameReader } from '../../../src/networks/smpp/codec/frames.ts';
import { shortMessage, type Pdu } from '../../../src/networks/smpp/codec/pdu.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, until } from '../../support/carrier.ts';

const customer = { ton: 1, npi: 1, value: '12025550199' };
const line = { ton: 1, npi: 1, value: '12025550100' };

function deliver(what: string, sequence: number): Buffer {
  const pdu = shortMessage({
    command: 'deliver_sm',
    source: customer,
    destination: line,
    shortMessage: Buffer.from(what),
  });
  return encodePdu({ ...pdu, status: 0, sequence });
}

describe('a carrier that behaves oddly', () => {
  test('is survived: text before the bind’s answer, stray and double answers, unknown commands', async () => {
    const seen: Pdu[] = [];
    const server = net.createServer((socket) => {
      const reader = new FrameReader();
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const frame of reader.push(chunk)) {
          const decoded = decodePdu(frame);
          if (!decoded.ok) continue;
          const { command, sequence } = decoded.value;
          seen.push(decoded.value);
          if (command === 'bind_transceiver') {
            socket.write(deliver('early', 5));
            socket.write(encodePdu({ command: 'bind_transceiver_resp', systemId: '', tlvs: [], status: 0, sequence }));
          }
          if (command === 'submit_sm') {
            const answer = { command: 'submit_sm_resp', tlvs: [], status: 0 } as const;
            socket.write(encodePdu({ ...answer, messageId: 'stray', sequence: sequence + 1_000 }));
            socket.write(encodePdu({ ...answer, messageId: 'first', sequence }));
            socket.write(encodePdu({ ...answer, messageId: 'second', sequence }));
            socket.write(Buffer.from('000000100000010200000000000000ff', 'hex'));
            socket.write(deliver('late', 6));
          }
          if (command === 'unbind') socket.end(encodePdu({ command: 'unbind_resp', status: 0, sequence }));
        }
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const core = new TestCore();
    const connector = smpp.open(core.context(), { host: '127.0.0.1', port, ...carrierAccount });
    await connector.start();
    await until('bound', () => core.state === 'connected');
    const [from, to] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];
    const sent = await connector.send({ position: must(parsePosition(1)), attempt: 1, from, to, text: 'Hi' });
    expect(sent).toEqual({ state: 'sent', ids: ['first'] });
    await until('both texts', () => core.texts.length === 2);
    await until('the refusal', () => seen.some((pdu) => pdu.command === 'generic_nack'));
    expect(core.texts).toEqual(['early', 'late']);
    expect(seen.find((pdu) => pdu.command === 'generic_nack')).toMatchObject({ status: 3, sequence: 255 });
    await connector.stop(2_000);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
});
