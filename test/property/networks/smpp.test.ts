import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodePdu } from '../../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { FrameReader } from '../../../src/networks/smpp/codec/frames.ts';
import { shortMessage, type Pdu } from '../../../src/networks/smpp/codec/pdu.ts';
import { contentOf } from '../../../src/networks/smpp/message-parts.ts';
import { readReceipt } from '../../../src/networks/smpp/receipts.ts';
import { decodeParts } from '../../../src/networks/smpp/text/decode-text.ts';
import { packSeptets, unpackSeptets } from '../../../src/networks/smpp/text/gsm7.ts';
import { segment } from '../../../src/networks/smpp/text/segment.ts';
import { concatHeader, concatOf, splitUserData } from '../../../src/networks/smpp/text/udh.ts';

const octet = fc.integer({ min: 0, max: 255 });
const octets = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const cString = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));
const address = fc.record({ ton: octet, npi: octet, value: cString(20) });
const tlvs = fc.array(fc.record({ tag: fc.integer({ min: 0, max: 0xffff }), value: octets(300) }), { maxLength: 5 });

const message: fc.Arbitrary<Pdu> = fc
  .record({
    command: fc.constantFrom('submit_sm' as const, 'deliver_sm' as const),
    source: address,
    destination: address,
    serviceType: cString(5),
    esmClass: octet,
    dataCoding: octet,
    scheduleTime: cString(16),
    shortMessage: octets(254),
    tlvs,
    sequence: fc.integer({ min: 1, max: 0x7fffffff }),
  })
  .map(({ sequence, ...rest }) => ({ ...shortMessage(rest), status: 0, sequence }));

/** All that is done with a frame before anything is decided. */
function readAll(frame: Buffer): void {
  const decoded = decodePdu(frame);
  if (!decoded.ok || !('destination' in decoded.value)) return;
  const content = contentOf(decoded.value);
  decodeParts([content], 'gsm');
  readReceipt(decoded.value, content.payload.toString('latin1'));
}

describe('whatever comes over the wire', () => {
  test('a message that was written is read as it was', () => {
    fc.assert(
      fc.property(message, (pdu) => {
        expect(decodePdu(encodePdu(pdu))).toEqual({ ok: true, value: pdu });
      }),
    );
  });

  test('no octets make the decoder throw, and what it reads has a text', () => {
    const commandId = fc.constantFrom(1, 2, 3, 4, 5, 6, 9, 0x15, 0x103, 0x80000004, 0x80000009, 0x80000003, 0x999);
    fc.assert(
      fc.property(commandId, octets(200), (id, body) => {
        const head = Buffer.alloc(16);
        head.writeUInt32BE(16 + body.length, 0);
        head.writeUInt32BE(id, 4);
        expect(() => {
          readAll(Buffer.concat([head, body]));
        }).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  test('one flipped octet in a good message never makes it throw', () => {
    fc.assert(
      fc.property(message, fc.nat(), octet, (pdu, at, value) => {
        const frame = encodePdu(pdu);
        frame[16 + (at % (frame.length - 16))] = value;
        expect(() => {
          readAll(frame);
        }).not.toThrow();
      }),
    );
  });

  test('however a stream is split, the same PDUs come out', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(400)), (pdus, cuts) => {
        const frames = pdus.map((pdu) => encodePdu(pdu));
        let rest: Buffer = Buffer.concat(frames);
        const reader = new FrameReader();
        const seen: Buffer[] = [];
        for (const cut of cuts) {
          seen.push(...reader.push(rest.subarray(0, cut)));
          rest = rest.subarray(cut);
        }
        seen.push(...reader.push(rest));
        expect(seen).toEqual(frames);
      }),
    );
  });
});

describe('whatever a person writes', () => {
  test('its parts join to the same text, and each fits', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'grapheme', maxLength: 400 })), (written) => {
        const result = segment(written, 'gsm');
        if (!result.ok) return;
        const { parts, dataCoding } = result.value;
        const room = dataCoding === 0 ? [160, 153] : [140, 134];
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(room[parts.length === 1 ? 0 : 1] ?? 0);
        const decoded = parts.map((payload) => decodeParts([{ dataCoding, elements: [], payload }], 'gsm')[0]);
        const joined = decoded.map((one) => (one !== undefined && 'text' in one ? one.text : '')).join('');
        expect(joined).toBe(written.toWellFormed());
      }),
    );
  });

  test('septets are packed and unpacked without loss, but for a last @ that looks like padding', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 127 }), { maxLength: 200 }), (septets) => {
        expect(Array.from(unpackSeptets(packSeptets(Buffer.from(septets))))).toEqual(septets);
      }),
    );
  });

  test('a part’s place is read as it was written', () => {
    const total = fc.integer({ min: 2, max: 255 });
    fc.assert(
      fc.property(octet, total, fc.nat(), (reference, of, nth) => {
        const sequence = (nth % of) + 1;
        const { elements } = splitUserData(concatHeader(reference, of, sequence));
        expect(concatOf(elements)).toEqual({ width: 8, reference, total: of, sequence });
      }),
    );
  });
});
