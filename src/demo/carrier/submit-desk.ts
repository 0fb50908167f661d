/** Takes in what clients submit: refuses, throttles, answers, and sends the receipt later. */
import { wait, type Clock } from '../../core/clock.ts';
import type { DataSm, QuerySm, QuerySmResp, ShortMessage } from '../../networks/smpp/codec/pdu.ts';
import { status } from '../../networks/smpp/codec/status.ts';
import type { CarrierLog } from './carrier-log.ts';
import type { Client } from './client.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { Faults } from './faults.ts';
import { answeredId, receiptPdu, stateNumbers } from './receipt-forms.ts';
import { refusal } from './strictness.ts';
import { SubmittedTexts } from './submitted-texts.ts';

type Submit = (ShortMessage | DataSm) & { readonly sequence: number };

/** Messages that can be asked after; older ones are forgotten. */
const maxKnown = 1_000;

export class SubmitDesk {
  readonly #given: {
    readonly clock: Clock;
    readonly faults: Faults;
    readonly log: CarrierLog;
    readonly queue: DeliveryQueue;
  };
  readonly #texts = new SubmittedTexts();
  /** Who sent what, by the id that the answer gave. */
  readonly #known = new Map<string, string>();
  readonly #closing = new AbortController();
  #number: number;
  #second = 0;
  #inSecond = 0;

  constructor(given: {
    readonly clock: Clock;
    readonly faults: Faults;
    readonly log: CarrierLog;
    readonly queue: DeliveryQueue;
  }) {
    this.#given = given;
    // Ids go on after a restart.
    this.#number = given.clock.now() * 1_000;
  }

  close(): void {
    this.#closing.abort();
  }

  take(pdu: Submit, client: Client): void {
    const code = this.#verdict(pdu, client);
    this.#number += code === status.ok ? 1 : 0;
    const number = this.#number;
    const { faults, log } = this.#given;
    const id = code === status.ok ? answeredId(number, faults.plan.receipts.form) : '';
    const from = pdu.source.value;
    const to = pdu.destination.value;
    const taken = code === status.ok ? this.#texts.add(pdu) : undefined;
    const line = { dir: 'in', seq: pdu.sequence, status: code, from, to } as const;
    if (id !== '') this.#remember(id, from);
    log.write({ ...line, pdu: pdu.command, ...(taken === undefined ? {} : { text: taken.text, id }) });
    if (taken?.whole !== undefined) log.write({ ...line, pdu: 'message', text: taken.whole, id });
    client.unanswered += 1;
    this.#follow(pdu, client, { code, id, number }).then(
      () => undefined,
      () => undefined,
    );
  }

  /** What became of a message; undefined for one that nobody with that number sent. */
  asked({ messageId, source }: QuerySm): QuerySmResp | undefined {
    const { queries, receipts } = this.#given.faults.plan;
    if (!queries || this.#known.get(messageId) !== source.value) return undefined;
    const messageState = stateNumbers[receipts.state];
    return { command: 'query_sm_resp', messageId, finalDate: '', messageState, errorCode: 0 };
  }

  #remember(id: string, from: string): void {
    this.#known.set(id, from);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  #verdict(pdu: Submit, client: Client): number {
    const { faults } = this.#given;
    const { plan } = faults;
    if (client.unanswered >= plan.window || this.#tooFast() || faults.strikes('throttle')) return status.throttled;
    const rejected = plan.reject.find((rule) => rule.to.replace(/^\+/u, '') === pdu.destination.value);
    return rejected?.status ?? refusal(pdu) ?? status.ok;
  }

  #tooFast(): boolean {
    const most = this.#given.faults.plan.throttlePerSecond;
    const second = Math.floor(this.#given.clock.monotonic() / 1_000);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    this.#inSecond += 1;
    return most !== undefined && this.#inSecond > most;
  }

  async #follow(
    pdu: Submit,
    client: Client,
    decided: { readonly code: number; readonly id: string; readonly number: number },
  ): Promise<void> {
    const { clock, faults } = this.#given;
    const { delayMs, receipts } = faults.plan;
    const receiptFirst = decided.code === status.ok && receipts.beforeAnswer;
    if (receiptFirst) await this.#sendReceipt(pdu, decided.number);
    if (delayMs > 0) await wait(clock, delayMs, this.#closing.signal);
    client.unanswered -= 1;
    this.#answer(pdu, client, decided);
    if (decided.code === status.ok && !receiptFirst) await this.#sendReceipt(pdu, decided.number);
  }

  #answer(pdu: Submit, client: Client, { code, id }: { readonly code: number; readonly id: string }): void {
    const { faults } = this.#given;
    const answer = {
      command: pdu.command === 'data_sm' ? 'data_sm_resp' : 'submit_sm_resp',
      messageId: id,
      tlvs: [],
      status: code,
      sequence: pdu.sequence,
    } as const;
    if (code === status.ok && faults.strikes('dropAnswers')) return;
    if (code === status.ok && faults.strikes('closeMidAnswer')) client.breakOff(answer);
    else client.answer(answer);
  }

  async #sendReceipt(pdu: Submit, number: number): Promise<void> {
    if ((pdu.registeredDelivery & 0x03) === 0) return;
    const { clock, faults, queue } = this.#given;
    const { receipts } = faults.plan;
    if (receipts.delayMs > 0) await wait(clock, receipts.delayMs, this.#closing.signal);
    const { source, destination } = pdu;
    const receipt = receiptPdu({ number, source, destination, at: clock.now() }, receipts);
    if (receipt === undefined || this.#closing.signal.aborted) return;
    queue.add({ id: `r${number}`, text: receipt.shortMessage.toString('latin1'), pdus: [receipt] });
  }
}
