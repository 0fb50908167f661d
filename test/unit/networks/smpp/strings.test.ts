import { describe, expect, test } from '@jest/globals';
import { decodePdu } from '../../../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import { shortMessage, type PduBody } from '../../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../../src/networks/smpp/codec/status.ts';

const source = { ton: 1, npi: 1, value: 'FROM' };
const destination = { ton: 1, npi: 1, value: 'TO12' };
const message = { source, destination, serviceType: 'SERV', scheduleTime: 'WHEN', validity: 'LONG' };
const bind = { systemId: 'NAME', password: 'WORD', systemType: 'TYPE', interfaceVersion: 0x34 };
const range = { address: { ton: 0, npi: 0, value: 'AREA' } };

const bodies: readonly PduBody[] = [
  { command: 'bind_receiver', ...bind, ...range },
  { command: 'bind_transmitter', ...bind, ...range },
  { command: 'bind_transceiver', ...bind, ...range },
  { command: 'bind_receiver_resp', systemId: 'NAME', tlvs: [] },
  { command: 'bind_transmitter_resp', systemId: 'NAME', tlvs: [] },
  { command: 'bind_transceiver_resp', systemId: 'NAME', tlvs: [] },
  { command: 'outbind', systemId: 'NAME', password: 'WORD' },
  shortMessage({ command: 'submit_sm', ...message }),
  shortMessage({ command: 'deliver_sm', ...message }),
  {
    command: 'data_sm',
    ...{ source, destination, serviceType: 'SERV' },
    esmClass: 0,
    registeredDelivery: 0,
    dataCoding: 0,
    tlvs: [],
  },
  { command: 'submit_sm_resp', messageId: 'IDNO', tlvs: [] },
  { command: 'deliver_sm_resp', messageId: 'IDNO', tlvs: [] },
  { command: 'data_sm_resp', messageId: 'IDNO', tlvs: [] },
  { command: 'query_sm', messageId: 'IDNO', source },
  { command: 'query_sm_resp', messageId: 'IDNO', finalDate: 'DATE', messageState: 2, errorCode: 0 },
];

/** Every string in every PDU: four letters each, which stand nowhere else. */
const strings = bodies.flatMap((body) => {
  const written = encodePdu({ ...body, status: 0, sequence: 1 }).toString('latin1');
  const found = written.slice(16).match(/[A-Z][A-Z0-9]{3}(?=\0)/gu) ?? [];
  return found.map((word) => ({ command: body.command, word, body }));
});

function fault(octets: Buffer): number | undefined {
  octets.writeUInt32BE(octets.length, 0);
  const decoded = decodePdu(octets);
  return decoded.ok ? undefined : decoded.error.status;
}

describe('a string of a PDU without its NUL', () => {
  test('there are as many as SMPP 3.4 has in these PDUs', () => {
    expect(strings).toHaveLength(3 * 4 + 3 + 2 + 2 * 5 + 3 + 3 + 2 + 2);
  });

  test.each(strings)('$command: $word, where the PDU ends behind it and where it goes on', ({ word, body }) => {
    const frame = encodePdu({ ...body, status: 0, sequence: 1 });
    const end = frame.indexOf(word) + word.length;
    expect(fault(Buffer.from(frame.subarray(0, end)))).toBe(status.invalidParameterLength);
    const endless = [frame.subarray(0, end), Buffer.alloc(200, 0x41), Buffer.alloc(40)];
    expect(fault(Buffer.concat(endless))).toBe(status.invalidParameterLength);
  });
});
