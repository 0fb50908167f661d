/** Delivery receipts in every form that carriers send: optional parameters win over text, and no form is insisted on. */
import type { ReceiptState } from '../../core/network-entries.ts';
import type { IdForm } from './message-ids.ts';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import { tags, tlv, tlvNumber, tlvText } from './codec/tlv.ts';

export interface Receipt {
  /** As the receipt spells it; undefined when it names no message. */
  readonly id: string | undefined;
  readonly state: ReceiptState;
  /** The carrier's own word or number for the state. */
  readonly word: string;
  readonly code?: string;
  /** How this route's receipts spell ids, where it has a way of its own. */
  readonly ids?: IdForm;
}

const messageType = 0x3c;
const smscReceipt = 0x04;
const intermediate = 0x20;

const words: ReadonlyMap<string, ReceiptState> = new Map([
  ['SCHEDULED', 'accepted'],
  ['ENROUTE', 'accepted'],
  ['ACCEPTD', 'accepted'],
  ['ACCEPTED', 'accepted'],
  ['BUFFERED', 'accepted'],
  ['BUFFRED', 'accepted'],
  ['SENT', 'accepted'],
  ['DELIVRD', 'delivered'],
  ['DELIVERED', 'delivered'],
  ['EXPIRED', 'expired'],
  ['DELETED', 'failed'],
  ['UNDELIV', 'failed'],
  ['UNDELIVERABLE', 'failed'],
  ['UNDELIVERED', 'failed'],
  ['REJECTD', 'failed'],
  ['REJECTED', 'failed'],
  ['FAILED', 'failed'],
  ['UNKNOWN', 'unknown'],
]);
/** message_state (SMPP 3.4, section 5.2.28). */
const numbers: readonly string[] = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVERED',
  'EXPIRED',
  'DELETED',
  'UNDELIVERABLE',
  'ACCEPTED',
  'UNKNOWN',
  'REJECTED',
];

/** By the type bits of esm_class, masked: 0x44 is a receipt too; else by the two parameters that only receipts have. */
export function isReceipt(pdu: ShortMessage | DataSm): boolean {
  const type = pdu.esmClass & messageType;
  if (type === smscReceipt || type === intermediate) return true;
  return tlv(pdu.tlvs, tags.receiptedMessageId) !== undefined && tlv(pdu.tlvs, tags.messageState) !== undefined;
}

/** `text` is the message's text, however it was coded. */
export function readReceipt(pdu: ShortMessage | DataSm, text: string): Receipt {
  const fields = text.split(/\btext:/iu, 1)[0] ?? '';
  const id = tlvText(pdu.tlvs, tags.receiptedMessageId)?.trim() ?? '';
  const word = stateWord(pdu, fields).toUpperCase();
  const code = networkError(tlv(pdu.tlvs, tags.networkErrorCode)) ?? field(fields, 'err');
  return {
    id: id === '' ? field(fields, 'id') : id,
    state: words.get(word) ?? 'unknown',
    word: word.slice(0, 32),
    ...(code === undefined ? {} : { code: code.slice(0, 32) }),
  };
}

/** Of a message_state: what is reserved says nothing of how it ends. */
export function stateOfNumber(number: number): ReceiptState {
  return words.get(wordOfNumber(number)) ?? 'unknown';
}

/** Its word, or the number where it is reserved. */
export function wordOfNumber(number: number): string {
  return numbers[number] ?? String(number);
}

function stateWord(pdu: ShortMessage | DataSm, fields: string): string {
  const number = tlvNumber(pdu.tlvs, tags.messageState, 1);
  return number === undefined ? (field(fields, 'stat') ?? '') : wordOfNumber(number);
}

/** `name:value`, also after a line break, with any case, with a space before the value. */
function field(text: string, name: 'id' | 'stat' | 'err'): string | undefined {
  const found = new RegExp(`(?:^|[\\s,;])${name}:[ \\t]*([^\\s:]{1,65})(?=[\\s,;]|$)`, 'iu').exec(text);
  return found?.[1];
}

/** Network type and error in three octets: `3:34`. */
function networkError(value: Buffer | undefined): string | undefined {
  if (value?.length !== 3) return undefined;
  return `${value.readUInt8(0)}:${value.readUInt16BE(1)}`;
}
