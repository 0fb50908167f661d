import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { decodePdu } from '../../../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import { tags, tlv, tlvNumber } from '../../../../src/networks/smpp/codec/tlv.ts';
import { smppConfig } from '../../../../src/networks/smpp/config.ts';
import { contentOf } from '../../../../src/networks/smpp/message-parts.ts';
import { Routes } from '../../../../src/networks/smpp/routes.ts';
import { Submits, type Submit } from '../../../../src/networks/smpp/submits.ts';
import { decodeParts } from '../../../../src/networks/smpp/text/decode-text.ts';

const from = must(parseAddress('+12025550100'));
const customer = '+12025550199';

function submits(text: string, more: Readonly<Record<string, unknown>> = {}, to = customer): Submit[] {
  const config = smppConfig.parse({ host: 'carrier.example', systemId: 'acme', password: 'secret08', ...more });
  const making = new Submits(config, new Routes(config));
  const address = must(parseAddress(to));
  const segments = making.segments(text, address);
  if (!segments.ok) throw new Error(`${segments.error.parts} parts`);
  return making.of({ from, to: address }, segments.value).map(overTheWire);
}

/** As the carrier reads it. */
function overTheWire(pdu: Submit): Submit {
  const decoded = decodePdu(encodePdu({ ...pdu, status: 0, sequence: 1 }));
  if (!decoded.ok || !('tlvs' in decoded.value) || !('source' in decoded.value)) throw new Error('not read');
  return decoded.value;
}

function textOf(pdus: readonly Submit[]): string {
  const decoded = decodeParts(pdus.map(contentOf), 'gsm');
  return decoded.map((one) => ('text' in one ? one.text : '?')).join('');
}

const long = 'A longer text needs parts. '.repeat(20);

describe('a text of several parts', () => {
  test('says so in headers, where nothing else is asked', () => {
    const pdus = submits(long);
    expect(pdus).toHaveLength(4);
    expect(pdus.every((pdu) => pdu.esmClass === 0x40 && pdu.tlvs.length === 0)).toBe(true);
    expect(pdus.map((pdu) => contentOf(pdu).concat)).toMatchObject(
      [1, 2, 3, 4].map((sequence) => ({ width: 8, total: 4, sequence })),
    );
    expect(textOf(pdus)).toBe(long);
  });

  test('says so in sar_* parameters, and leaves room for the longer header', () => {
    const pdus = submits('x'.repeat(153 * 2), { longTexts: 'sar' });
    expect(pdus.map((pdu) => contentOf(pdu).payload.length)).toEqual([152, 152, 2]);
    expect(pdus.every((pdu) => pdu.esmClass === 0)).toBe(true);
    expect(pdus.map((pdu) => tlv(pdu.tlvs, tags.sarReference)?.length)).toEqual([2, 2, 2]);
    expect(pdus.map((pdu) => tlvNumber(pdu.tlvs, tags.sarTotal, 1))).toEqual([3, 3, 3]);
    expect(pdus.map((pdu) => tlvNumber(pdu.tlvs, tags.sarSequence, 1))).toEqual([1, 2, 3]);
  });

  test('goes whole in message_payload, with no short_message beside it', () => {
    const [pdu, ...more] = submits(long, { longTexts: 'payload' });
    expect(more).toEqual([]);
    expect(pdu?.command === 'submit_sm' && pdu.shortMessage.length).toBe(0);
    expect(pdu === undefined ? '' : textOf([pdu])).toBe(long);
  });

  test.each(['udh', 'sar', 'payload'])('of more than ten parts is refused, also as %s', (longTexts) => {
    expect(submits('x'.repeat(1_520), { longTexts }).length).toBeGreaterThan(0);
    expect(() => submits('x'.repeat(1_531), { longTexts })).toThrow('11 parts');
  });

  test.each(['udh', 'sar'])('is never cut inside a character, as %s', (longTexts) => {
    const text = '😀'.repeat(100);
    const pdus = submits(text, { longTexts });
    expect(pdus.map((pdu) => contentOf(pdu).payload.length % 4)).toEqual(pdus.map(() => 0));
    expect(textOf(pdus)).toBe(text);
  });
});

describe('data_sm', () => {
  test.each(['udh', 'sar', 'payload'])('carries texts in message_payload alone, long ones as %s', (longTexts) => {
    for (const text of ['short', long]) {
      const pdus = submits(text, { submit: 'data_sm', longTexts });
      expect(pdus.every((pdu) => pdu.command === 'data_sm' && tlv(pdu.tlvs, tags.messagePayload) !== undefined)).toBe(
        true,
      );
      expect(pdus.every((pdu) => pdu.registeredDelivery === 1)).toBe(true);
      expect(textOf(pdus)).toBe(text);
    }
  });
});

describe('a route', () => {
  const routes = [
    { prefix: '+49', dataCoding0: 'latin1', serviceType: 'DE' },
    { prefix: '+4930', international: { ton: 2, npi: 8 }, serviceType: 'BER' },
    { prefix: '7', shortCode: { ton: 6, npi: 0 } },
  ];

  test.each([
    ['+12025550199', { serviceType: '', dataCoding: 0, destination: { ton: 1, npi: 1, value: '12025550199' } }],
    ['+4989123456', { serviceType: 'DE', dataCoding: 3, destination: { ton: 1, npi: 1, value: '4989123456' } }],
    ['+4930123456', { serviceType: 'BER', dataCoding: 0, destination: { ton: 2, npi: 8, value: '4930123456' } }],
    ['70123', { destination: { ton: 6, npi: 0, value: '70123' }, source: { ton: 1, npi: 1, value: '12025550100' } }],
  ])('for %s is the one with the longest beginning', (to, expected) => {
    expect(submits('Grüße', { routes }, to)).toMatchObject([expected]);
  });

  test('must say how its numbers begin', () => {
    const base = { host: 'carrier.example', systemId: 'acme', password: 'secret08' };
    const parsed = smppConfig.safeParse({ ...base, routes: [{ prefix: 'Germany' }] });
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual(['write how its numbers begin, as +49']);
  });
});
