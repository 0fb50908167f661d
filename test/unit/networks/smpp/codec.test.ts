import { describe, expect, test } from '@jest/globals';
import { decodePdu } from '../../../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import { FrameReader, maxFrameOctets } from '../../../../src/networks/smpp/codec/frames.ts';
import { sequenceAfter } from '../../../../src/networks/smpp/link.ts';
import { shortMessage, type Pdu } from '../../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../../src/networks/smpp/codec/status.ts';
import { tlv, tlvNumber, tlvText } from '../../../../src/networks/smpp/codec/tlv.ts';

const source = { ton: 1, npi: 1, value: '12025550199' };
const destination = { ton: 1, npi: 1, value: '12025550100' };

function deliver(more: Partial<Parameters<typeof shortMessage>[0]> = {}): Pdu {
  return { ...shortMessage({ command: 'deliver_sm', source, destination, ...more }), status: 0, sequence: 7 };
}

function frameOf(commandId: number, body: Buffer, sequence = 9): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(commandId, 4);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

/** The octets of a deliver_sm's body, to break at will. */
function body(): Buffer {
  return encodePdu(deliver({ shortMessage: Buffer.from('hello') })).subarray(16);
}

function fault(frame: Buffer): number | undefined {
  const decoded = decodePdu(frame);
  return decoded.ok ? undefined : decoded.error.status;
}

describe('the stream is cut into PDUs', () => {
  const enquire = encodePdu({ command: 'enquire_link', status: 0, sequence: 3 });

  test('one octet at a time', () => {
    const reader = new FrameReader();
    const frames = Array.from(enquire).flatMap((octet) => reader.push(Buffer.from([octet])));
    expect(frames).toEqual([enquire]);
  });

  test('a thousand in one segment, with the beginning of one more', () => {
    const reader = new FrameReader();
    const all = Buffer.concat([...Array.from({ length: 1_000 }, () => enquire), enquire.subarray(0, 5)]);
    expect(reader.push(all)).toHaveLength(1_000);
    expect(reader.push(enquire.subarray(5))).toEqual([enquire]);
  });

  test.each([0, 2, 4, 15, maxFrameOctets + 1, 0xffffffff])('a length of %i loses the boundary', (length) => {
    const reader = new FrameReader();
    const octets = Buffer.alloc(32);
    octets.writeUInt32BE(length, 0);
    expect(reader.push(octets)).toEqual([]);
    expect(reader.lost).toBe(true);
    expect(reader.push(enquire)).toEqual([]);
  });

  test('another protocol loses it too', () => {
    const reader = new FrameReader();
    reader.push(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(reader.lost).toBe(true);
  });
});

describe('a PDU is read', () => {
  test('with its parameters, the unknown ones as they came', () => {
    const tlvs = [
      { tag: 0x1401, value: Buffer.from('vendor') },
      { tag: 0x0424, value: Buffer.from('payload') },
    ];
    const decoded = decodePdu(encodePdu(deliver({ tlvs, esmClass: 0x44, dataCoding: 8 })));
    expect(decoded).toMatchObject({ ok: true, value: { command: 'deliver_sm', esmClass: 0x44, dataCoding: 8, tlvs } });
  });

  test.each(['bind_transceiver_resp', 'submit_sm_resp', 'query_sm_resp'] as const)(
    'when it is a %s without a body, as refusals are',
    (command) => {
      const ids = { bind_transceiver_resp: 0x80000009, submit_sm_resp: 0x80000004, query_sm_resp: 0x80000003 };
      expect(decodePdu(frameOf(ids[command], Buffer.alloc(0)))).toMatchObject({ ok: true, value: { command } });
    },
  );

  test('the one that Jasmin was sent, whose id ends where the PDU ends (its issue 128)', () => {
    const octets = Buffer.from('00000019800000040000000a00000002303030303030303000', 'hex');
    expect(decodePdu(octets)).toMatchObject({ ok: true, value: { messageId: '00000000', status: 10, sequence: 2 } });
  });
});

describe('a broken PDU says what is wrong with it', () => {
  test('an unknown command', () => {
    expect(fault(frameOf(0x7777, Buffer.alloc(0)))).toBe(status.invalidCommandId);
  });

  test('a string without its end, wherever it stands', () => {
    const noNul = Buffer.alloc(80, 0x41);
    const before = [Buffer.alloc(0), Buffer.from('\0\x01\x01'), Buffer.from('\0\x01\x01123\0\x01\x01')];
    const more = [
      Buffer.from('\0\x01\x01123\0\x01\x01456\0\0\0\0'),
      Buffer.from('\0\x01\x01123\0\x01\x01456\0\0\0\0\0'),
    ];
    for (const start of [...before, ...more]) {
      expect(fault(frameOf(5, Buffer.concat([start, noNul])))).toBe(status.invalidParameterLength);
    }
    for (const id of [1, 2, 9]) expect(fault(frameOf(id, noNul))).toBe(status.invalidParameterLength);
    for (const id of [3, 0x103]) expect(fault(frameOf(id, noNul))).toBe(status.invalidParameterLength);
  });

  test('an sm_length past the end', () => {
    const octets = body();
    octets[octets.length - 6] = 200;
    expect(fault(frameOf(5, octets))).toBe(status.invalidMessageLength);
  });

  test('an end in the middle of the fixed part', () => {
    expect(fault(frameOf(5, body().subarray(0, 30)))).toBe(status.invalidCommandLength);
  });

  test('a parameter longer than the PDU, and garbage where parameters should be', () => {
    const long = Buffer.from([0x04, 0x24, 0xff, 0xff, 1, 2]);
    expect(fault(frameOf(5, Buffer.concat([body(), long])))).toBe(status.invalidOptionalStream);
    expect(fault(frameOf(5, Buffer.concat([body(), Buffer.from([1, 2, 3])])))).toBe(status.invalidOptionalStream);
  });

  test('a length that is not its own', () => {
    const frame = encodePdu(deliver());
    frame.writeUInt32BE(frame.length + 1, 0);
    expect(fault(frame)).toBe(status.invalidCommandLength);
  });

  test('the source that Cloudhopper was sent with one octet too few (its issue 64) is refused, not thrown at', () => {
    const octets = body().subarray(0, body().length - 1);
    expect(fault(frameOf(5, octets))).toBe(status.invalidMessageLength);
  });
});

describe('parameters are believed with care', () => {
  test('a number may be narrower than it should be, not wider', () => {
    const one = [{ tag: 0x020c, value: Buffer.from([7]) }];
    const three = [{ tag: 0x020c, value: Buffer.from([1, 2, 3]) }];
    expect(tlvNumber(one, 0x020c, 2)).toBe(7);
    expect(tlvNumber(three, 0x020c, 2)).toBeUndefined();
    expect(tlvNumber([{ tag: 0x020c, value: Buffer.alloc(0) }], 0x020c, 2)).toBeUndefined();
  });

  test('of two with one tag the first counts', () => {
    const twice = [
      { tag: 0x1e, value: Buffer.from('first\0') },
      { tag: 0x1e, value: Buffer.from('second\0') },
    ];
    expect(tlvText(twice, 0x1e)).toBe('first');
    expect(tlv(twice, 0x99)).toBeUndefined();
  });
});

test.each([
  [0, 1],
  [1, 2],
  [0x7ffffffe, 0x7fffffff],
  [0x7fffffff, 1],
])('after the number %i comes %i', (before, number) => {
  expect(sequenceAfter(before)).toBe(number);
});
