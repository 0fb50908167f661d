/** The text-bearing side of a deliver_sm or data_sm: payload, header and place in a long message. */
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { tags, tlv, tlvNumber } from './codec/tlv.ts';
import type { CodedOctets } from './text/decode-text.ts';
import { concatOf, placeOf, soundConcat, splitUserData, type Concat, type UserData } from './text/udh.ts';

export interface Content extends CodedOctets {
  readonly concat?: Concat;
  /** A header or place that made no sense: read as a single message. */
  readonly malformed: boolean;
}

const udhIndicator = 0x40;

/** short_message, or message_payload when that is empty: with both, the first is what the sender meant by sm_length. */
export function octetsOf(pdu: ShortMessage | DataSm): Buffer {
  const payload = tlv(pdu.tlvs, tags.messagePayload) ?? Buffer.alloc(0);
  if (pdu.command === 'data_sm') return payload;
  return pdu.shortMessage.length > 0 ? pdu.shortMessage : payload;
}

export function contentOf(pdu: ShortMessage | DataSm): Content {
  const octets = octetsOf(pdu);
  const data: UserData =
    (pdu.esmClass & udhIndicator) === 0 || octets.length === 0
      ? { elements: [], payload: octets, malformed: false }
      : splitUserData(octets);
  const { elements, payload } = data;
  const inParameters = sarOf(pdu);
  const concat = concatOf(elements) ?? soundConcat(inParameters);
  const malformed = data.malformed || (concat === undefined && [placeOf(elements), inParameters].some(isNonsense));
  return { dataCoding: pdu.dataCoding, elements, payload, malformed, ...(concat === undefined ? {} : { concat }) };
}

/** The only part of one is odd, and says nothing wrong. */
function isNonsense(place: Concat | undefined): boolean {
  return place !== undefined && !(place.total === 1 && place.sequence === 1);
}

function sarOf(pdu: ShortMessage | DataSm): Concat | undefined {
  const reference = tlvNumber(pdu.tlvs, tags.sarReference, 2);
  const total = tlvNumber(pdu.tlvs, tags.sarTotal, 1);
  const sequence = tlvNumber(pdu.tlvs, tags.sarSequence, 1);
  if (reference === undefined || total === undefined || sequence === undefined) return undefined;
  return { width: 16, reference, total, sequence };
}
