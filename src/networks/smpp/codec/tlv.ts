/** Optional parameters (SMPP 3.4, section 5.3.2). Unknown and vendor ones are kept as they came. */
import type { OctetReader, OctetWriter } from './octets.ts';
import { status } from './status.ts';

export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

export const tags = {
  userMessageReference: 0x0204,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarSequence: 0x020f,
  interfaceVersion: 0x0210,
  networkErrorCode: 0x0423,
  messagePayload: 0x0424,
  messageState: 0x0427,
  receiptedMessageId: 0x001e,
} as const;

/** All that is left of a PDU; more than this many are refused. */
const maxTlvs = 256;

export function readTlvs(reader: OctetReader): Tlv[] {
  const found: Tlv[] = [];
  while (reader.left > 0) {
    if (reader.left < 4 || found.length === maxTlvs) {
      reader.octets(reader.left + 1, status.invalidOptionalStream);
      return found;
    }
    const tag = reader.uint(2);
    const length = reader.uint(2);
    found.push({ tag, value: reader.octets(length, status.invalidOptionalStream) });
  }
  return found;
}

export function writeTlvs(writer: OctetWriter, tlvs: readonly Tlv[]): void {
  for (const { tag, value } of tlvs) writer.uint(tag, 2).uint(value.length, 2).octets(value);
}

export function numberTlv(tag: number, number: number, octets: 1 | 2): Tlv {
  const value = Buffer.alloc(octets);
  value.writeUIntBE(number, 0, octets);
  return { tag, value };
}

/** The first of its tag: a second one is never believed over it. */
export function tlv(tlvs: readonly Tlv[], tag: number): Buffer | undefined {
  return tlvs.find((one) => one.tag === tag)?.value;
}

/** A number of at most `octets`; undefined when it is absent, empty or too wide (some peers send other widths). */
export function tlvNumber(tlvs: readonly Tlv[], tag: number, octets: number): number | undefined {
  const value = tlv(tlvs, tag);
  if (value === undefined || value.length === 0 || value.length > octets) return undefined;
  return value.readUIntBE(0, value.length);
}

/** Text that should end with NUL and sometimes doesn't. */
export function tlvText(tlvs: readonly Tlv[], tag: number): string | undefined {
  const value = tlv(tlvs, tag);
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  return value.toString('latin1', 0, end === -1 ? value.length : end);
}
