/** Asks the carrier what became of a message (query_sm, SMPP 3.4, 4.8). */
import type { Address, RemoteId } from '../../core/ids.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import { toWire, type AddressPlan } from './addresses.ts';
import type { Binds } from './binds.ts';
import type { QuerySmResp } from './codec/pdu.ts';
import { status } from './codec/status.ts';
import { stateOfNumber } from './receipts.ts';

export interface Asking {
  readonly binds: Pick<Binds, 'request'>;
  /** The carrier knows a message by its id together with who sent it. */
  readonly lines: readonly Address[];
  readonly plan: AddressPlan;
}

export interface Told {
  readonly state: ReceiptState;
  readonly ids: readonly RemoteId[];
}

/** Undefined when the carrier knows no such message of any line. @throws Error when it can't be asked now */
export async function askCarrier(id: RemoteId, asking: Asking): Promise<Told | undefined> {
  const answer = await askFor(id, asking);
  return answer === undefined ? undefined : { state: stateOfNumber(answer.messageState), ids: [id] };
}

/** The carrier's whole answer. @throws Error when it can't be asked now */
export async function askFor(id: RemoteId, { binds, lines, plan }: Asking): Promise<QuerySmResp | undefined> {
  for (const line of lines) {
    const answer = await binds.request(id, { command: 'query_sm', messageId: id, source: toWire(line, plan) });
    if (answer.kind !== 'answer') throw new Error(`the carrier could not be asked (${answer.kind})`);
    const { pdu } = answer;
    if (pdu.command === 'query_sm_resp' && pdu.status === status.ok) return pdu;
  }
  return undefined;
}
