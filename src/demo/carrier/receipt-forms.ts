/** Receipts as different carriers write them. */
import type { Millis } from '../../core/ids.ts';
import { shortMessage, type ShortMessage, type WireAddress } from '../../networks/smpp/codec/pdu.ts';
import { tags, type Tlv } from '../../networks/smpp/codec/tlv.ts';
import type { FaultPlan, ReceiptForm } from './faults.ts';

export interface ReceiptFor {
  readonly number: number;
  /** Sender and receiver of the text; the receipt goes the other way. */
  readonly source: WireAddress;
  readonly destination: WireAddress;
  readonly at: Millis;
}

/** message_state (SMPP 3.4, 5.2.28). */
export const stateNumbers: Readonly<Record<FaultPlan['receipts']['state'], number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  UNDELIV: 5,
  ACCEPTD: 6,
  REJECTD: 8,
};

/** The id that the answer to the submit gives. */
export function answeredId(number: number, form: ReceiptForm): string {
  return form === 'hex' ? number.toString(16).toUpperCase() : String(number);
}

/** undefined for a carrier that sends none. */
export function receiptPdu(of: ReceiptFor, plan: FaultPlan['receipts']): ShortMessage | undefined {
  if (plan.form === 'none') return undefined;
  const tlvs: Tlv[] =
    plan.form === 'tlv'
      ? [
          { tag: tags.receiptedMessageId, value: Buffer.from(`${of.number}\0`, 'latin1') },
          { tag: tags.messageState, value: Buffer.from([stateNumbers[plan.state]]) },
        ]
      : [];
  return shortMessage({
    command: 'deliver_sm',
    source: of.destination,
    destination: of.source,
    esmClass: 0x04,
    shortMessage: Buffer.from(plan.form === 'tlv' ? '' : receiptText(of, plan), 'latin1'),
    tlvs,
  });
}

function receiptText(of: ReceiptFor, { form, state }: FaultPlan['receipts']): string {
  const id = form === 'padded' ? String(of.number).padStart(20, '0') : String(of.number);
  const error = state === 'DELIVRD' ? '000' : '069';
  const time = new Date(of.at).toISOString().replace(/[-T:]/gu, '');
  const minutes = time.slice(2, 12);
  const seconds = time.slice(2, 14);
  switch (form) {
    case 'openmarket': {
      const word = state === 'REJECTD' ? 'REJECTED' : state;
      return `id:${id} sub:000 dlvrd:000 submitdate:${seconds} donedate:000000000000 stat:${word} err:${error} text:`;
    }
    case 'jasmin':
      return `id:${id} submit date:${minutes} done date:${minutes} stat:${state} err:${error}`;
    case 'lines':
      return `id:${id}\nsub:001\ndlvrd:001\nsubmit date:${minutes}\ndone date:${minutes}\nstat:${state}\nerr:${error}`;
    default:
      return `id:${id} sub:001 dlvrd:001 submit date:${minutes} done date:${minutes} stat:${state} err:${error} text:`;
  }
}
