/** What a carrier refuses, by the letter of SMPP 3.4: nothing is put right for the client. */
import type { ShortMessage, WireAddress } from '../../networks/smpp/codec/pdu.ts';
import { status } from '../../networks/smpp/codec/status.ts';
import { octetsOf } from '../../networks/smpp/message-parts.ts';
import { dataCoding } from '../../networks/smpp/text/data-coding.ts';
import { splitUserData } from '../../networks/smpp/text/udh.ts';

const knownNpis: readonly number[] = [0, 1, 3, 4, 6, 8, 9, 10, 14, 18];
const alphanumeric = 5;
const knownCodings: readonly number[] = [0, 1, 3, 4, 8];

/** The command_status to refuse with; undefined for a message that may pass. */
export function refusal(pdu: ShortMessage): number | undefined {
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

function contentFault(pdu: ShortMessage): number | undefined {
  if (!knownCodings.includes(pdu.dataCoding) && pdu.dataCoding < 0xf0) return status.invalidDataCoding;
  if (pdu.shortMessage.length > 0 && octetsOf(pdu).length !== pdu.shortMessage.length)
    return status.invalidMessageLength;
  const octets = octetsOf(pdu);
  if ((pdu.esmClass & 0x40) === 0) return lengthFault(pdu.dataCoding, octets.length, 0);
  const data = splitUserData(octets);
  if (data.malformed) return status.invalidEsmClass;
  return lengthFault(pdu.dataCoding, data.payload.length, octets.length - data.payload.length);
}

/** One SMS holds 140 octets, header included. */
function lengthFault(coding: number, octets: number, header: number): number | undefined {
  const { charset } = dataCoding(coding);
  if (charset === 'ucs2' && octets % 2 === 1) return status.invalidMessageLength;
  const septets = charset === 'default' || charset === 'gsm' || charset === 'ascii';
  const room = septets ? Math.floor(((140 - header) * 8) / 7) : 140 - header;
  return octets > room ? status.invalidMessageLength : undefined;
}
