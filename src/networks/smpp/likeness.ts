/**
 * SMPP gives a text no id. Its likeness stands in: a keyed hash of all that a repeated delivery repeats. Two equal
 * texts from one person are alike too, so nothing is ever dropped by it. Keyed, because a plain hash of a number and
 * "ok" would tell both to whoever reads the database.
 */
import { createHmac } from 'node:crypto';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { octetsOf } from './message-parts.ts';

export type Likeness = (pdu: ShortMessage | DataSm) => string;

export function likenessWith(key: Uint8Array): Likeness {
  return (pdu) => {
    const when = pdu.command === 'data_sm' ? '' : pdu.scheduleTime;
    const tlvs = pdu.tlvs.map(({ tag, value }) => [tag, value.toString('base64')]);
    const flags = [pdu.esmClass, pdu.dataCoding];
    const content = [pdu.source.value, pdu.destination.value, flags, octetsOf(pdu).toString('base64'), when, tlvs];
    return createHmac('sha256', key).update(JSON.stringify(content)).digest('hex').slice(0, 40);
  };
}

/** The same for what could not be decoded. */
export function likenessOfFrame(key: Uint8Array, frame: Buffer): string {
  return createHmac('sha256', key).update(frame.subarray(0, 12)).update(frame.subarray(16)).digest('hex').slice(0, 40);
}
