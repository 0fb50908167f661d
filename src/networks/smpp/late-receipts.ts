/**
 * Texts that the carrier took and never said the last word of: it is asked for that word a day later and each day after,
 * for as long as their ids are known. What it says is put on record as its receipt would have been.
 */
import type { Clock } from '../../core/clock.ts';
import type { Millis, RemoteId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Background } from './background.ts';
import type { QuerySmResp } from './codec/pdu.ts';
import type { ReceiptDesk } from './receipt-desk.ts';
import { stateOfNumber, wordOfNumber } from './receipts.ts';
import { isFinal, type SentMessages } from './sent-messages.ts';

/** Few carriers hold a text longer than that, and few receipts take half as long. */
const OVERDUE_MS = 24 * 3_600_000;
const ROUND_MS = 3_600_000;
/** Parts asked for in one round, one after the other; the rest in the next. */
export const ASKED_MAX = 200;

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly background: Background;
  readonly sent: SentMessages;
  readonly receipts: Pick<ReceiptDesk, 'take'>;
  /** @throws Error when the carrier can't be asked now */
  readonly ask: (id: RemoteId) => Promise<QuerySmResp | undefined>;
}

export class LateReceipts {
  readonly #parts: Parts;
  /** When each was asked for last; of those that are known as sent, and no others. */
  #asked = new Map<RemoteId, Millis>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** There is a connection: now, and every hour from now on. */
  connected(): void {
    if (this.#cancel !== undefined || this.#stopped) return;
    this.#cancel = this.#parts.clock.after(ROUND_MS, () => {
      this.#cancel = undefined;
      this.connected();
    });
    this.#parts.background.run('late-receipts', () => this.#round());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #round(): Promise<void> {
    const { sent, clock, log } = this.#parts;
    const before = clock.now() - OVERDUE_MS;
    const overdue = sent.overdue(before);
    const known = new Set(overdue);
    this.#asked = new Map(Array.from(this.#asked).filter(([id]) => known.has(id)));
    const due = overdue.filter((id) => (this.#asked.get(id) ?? 0) <= before).slice(0, ASKED_MAX);
    for (const id of due) {
      if (this.#stopped) return;
      try {
        await this.#settle(id);
      } catch {
        // No connection, or nothing can be recorded: in an hour again.
        log.warn('smpp.not-asked', { left: due.length });
        return;
      }
    }
  }

  async #settle(id: RemoteId): Promise<void> {
    const { ask, receipts, clock } = this.#parts;
    const answer = await ask(id);
    const at = clock.now();
    this.#asked.set(id, at);
    const state = answer === undefined ? undefined : stateOfNumber(answer.messageState);
    if (answer === undefined || !isFinal(state)) return;
    const { messageState, finalDate, errorCode } = answer;
    const receipt = {
      ...{ id, state, word: wordOfNumber(messageState), ids: 'raw' as const },
      ...(errorCode === 0 ? {} : { code: String(errorCode) }),
    };
    const raw = Buffer.from(JSON.stringify({ query_sm_resp: { id, messageState, finalDate, errorCode } }));
    await receipts.take({ receipt, key: `query/${id}/${String(messageState)}`, at, raw });
  }
}
