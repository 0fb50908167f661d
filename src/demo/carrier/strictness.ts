/** What a carrier refuses, by the letter of SMPP 3.4: nothing is put right for the client. */
import type { DataSm, ShortMessage, WireAddress } from '../../networks/smpp/codec/pdu.ts';
import { status } from '../../networks/smpp/codec/status.ts';
import { tags, tlv } from '../../networks/smpp/codec/tlv.ts';
import { contentOf, octetsOf } from '../../networks/smpp/message-parts.ts';
import { dataCoding } from '../../networks/smpp/text/data-coding.ts';
import { splitUserData } from '../../networks/smpp/text/udh.ts';

const knownNpis: readonly number[] = [0, 1, 3, 4, 6, 8, 9, 10, 14, 18];
const alphanumeric = 5;
/** The header that this carrier writes over a part that says its place in sar_*, and over what it cuts. */
const sarHeader = 7;
const udhOctets = 6;
const maxParts = 10;
const knownCodings: readonly number[] = [0, 1, 3, 4, 8];

/** The command_status to refuse with; undefined for a message that may pass. */
export function refusal(pdu: ShortMessage | DataSm): number | undefined {
  return sourceFault(pdu.source) ?? destinationFault(pdu.destination) ?? contentFault(pdu);
}

function sourceFault({ ton, npi, value }: WireAddress): number | undefined {
  if (ton > 6) return status.invalidSourceTon;
  if (!knownNpis.includes(npi)) return status.invalidSourceNpi;
  const fits = ton === alphanumeric ? /^[ -~]{1,11}$/u.test(value) : /^\d{1,20}$/u.test(value);
  return fits ? undefined : status.invalidSource;
}

function destinationFault({ ton, npi, value }: WireAddress): number | undefined {
  if (ton > 6 || ton === alphanumeric) return status.invalidDestinationTon;
  if (!knownNpis.includes(npi)) return status.invalidDestinationNpi;
  const international = ton === 1 ? /^[1-9]\d{6,14}$/u : /^\d{1,20}$/u;
  return international.test(value) ? undefined : status.invalidDestination;
}

function contentFault(pdu: ShortMessage | DataSm): number | undefined {
  if (!knownCodings.includes(pdu.dataCoding) && pdu.dataCoding < 0xf0) return status.invalidDataCoding;
  const payload = tlv(pdu.tlvs, tags.messagePayload);
  // Either, never both (5.3.2.32); a data_sm has nothing else to say.
  if (pdu.command !== 'data_sm' && pdu.shortMessage.length > 0 && payload !== undefined) {
    return status.invalidMessageLength;
  }
  if (pdu.command === 'data_sm' && payload === undefined) return status.missingOptional;
  return placeFault(pdu) ?? sizeFault(pdu, payload !== undefined);
}

/** All three of sar_*, or none (5.3.2.22 to 24); and no header beside them. */
function placeFault(pdu: ShortMessage | DataSm): number | undefined {
  const given = [tags.sarReference, tags.sarTotal, tags.sarSequence].map((tag) => tlv(pdu.tlvs, tag)?.length);
  if (given.every((length) => length === undefined)) return undefined;
  if (given.includes(undefined)) return status.missingOptional;
  if (given.join(' ') !== '2 1 1') return status.invalidParameterLength;
  return contentOf(pdu).concat === undefined || (pdu.esmClass & 0x40) !== 0 ? status.invalidOptionalValue : undefined;
}

function sizeFault(pdu: ShortMessage | DataSm, inPayload: boolean): number | undefined {
  const octets = octetsOf(pdu);
  if ((pdu.esmClass & 0x40) !== 0) {
    const data = splitUserData(octets);
    if (data.malformed) return status.invalidEsmClass;
    return lengthFault(pdu.dataCoding, data.payload.length, octets.length - data.payload.length);
  }
  if (tlv(pdu.tlvs, tags.sarTotal) !== undefined) return lengthFault(pdu.dataCoding, octets.length, sarHeader);
  // What comes whole is cut here.
  return inPayload ? partsFault(pdu.dataCoding, octets.length) : lengthFault(pdu.dataCoding, octets.length, 0);
}

function partsFault(coding: number, octets: number): number | undefined {
  if (octets > maxParts * roomFor(coding, udhOctets)) return status.invalidMessageLength;
  return dataCoding(coding).charset === 'ucs2' && octets % 2 === 1 ? status.invalidMessageLength : undefined;
}

/** One SMS holds 140 octets, header included. */
function lengthFault(coding: number, octets: number, header: number): number | undefined {
  if (dataCoding(coding).charset === 'ucs2' && octets % 2 === 1) return status.invalidMessageLength;
  return octets > roomFor(coding, header) ? status.invalidMessageLength : undefined;
}

function roomFor(coding: number, header: number): number {
  const { charset } = dataCoding(coding);
  const septets = charset === 'default' || charset === 'gsm' || charset === 'ascii';
  return septets ? Math.floor(((140 - header) * 8) / 7) : 140 - header;
}
