/**
 * One transaction of the homeserver, without its HTTP: bytes in, an answer out. Record, then acknowledge: the answer is
 * 200 only when every event is on record, and an answer that asks for a repeat when the journal can't be written.
 *
 * Killed before the commit: no answer, Synapse brings the transaction again. Killed after it: again too, and the journal
 * knows each event by its id. A transaction's own id tells nothing apart: Synapse uses them again.
 */
import type { Clock } from '../core/clock.ts';
import type { ClassId } from '../core/ids.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import { JournalDown, type Recorder } from '../core/ports/recorder.ts';
import { record, type Captured } from './recording.ts';
import { parseTransaction, type Transaction } from './transaction.ts';

export interface ReceiverOptions {
  readonly service: 'bridge' | 'archive';
  readonly recorder: Recorder;
  /** The class of an entry until a projection knows better. */
  readonly class: ClassId;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of the events of each transaction once they are on record; never throws. */
  readonly captured?: (events: readonly Captured[]) => void;
}

/** `PUT /_matrix/app/v1/transactions/{id}` as it came. */
export interface BroughtTransaction {
  readonly id: string;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: 200 | 400 | 500 | 503;
  readonly body: Readonly<Record<string, string>>;
  /** With 200: what is on record now, for whoever looks at events afterwards. */
  readonly recorded?: Transaction;
}

/** Answers one transaction; it never throws. */
export type Receive = (brought: BroughtTransaction) => Promise<Answer>;

/** Answers that ask the homeserver to bring the same again. */
export const refusals = {
  500: { errcode: 'M_UNKNOWN', error: 'Not recorded. Please send it again.' },
  503: { errcode: 'M_UNKNOWN', error: 'The journal cannot be written now. Please send it again.' },
} as const;

export function createReceiver(options: ReceiverOptions): Receive {
  return async (brought) => {
    try {
      return await receive(brought, options);
    } catch (error) {
      return refuse(brought, error, options);
    }
  };
}

async function receive({ body }: BroughtTransaction, options: ReceiverOptions): Promise<Answer> {
  const { service, clock, metrics } = options;
  const transaction = parseTransaction(body);
  if (!transaction.ok) return { status: 400, body: { errcode: 'M_NOT_JSON', error: transaction.error } };
  const { events } = transaction.value;
  const began = clock.monotonic();
  const captured = await record(events, { class: options.class, now: clock.now() }, options);
  options.captured?.(captured);
  metrics.count('matrix_events', { service }, events.length);
  metrics.observe('matrix_transaction_seconds', (clock.monotonic() - began) / 1000, { service });
  return { status: 200, body: {}, recorded: transaction.value };
}

/** The homeserver's log names the transaction by the same id. */
function refuse({ id: transaction }: BroughtTransaction, error: unknown, { service, log }: ReceiverOptions): Answer {
  const status = error instanceof JournalDown ? 503 : 500;
  if (status === 503) log.warn('matrix.journal-down', { service, transaction });
  else log.error('matrix.transaction-refused', { service, status, transaction }, error);
  return { status, body: refusals[status] };
}
