/** The sends of a connector: each begins in its turn, none does once it stops, and the end of all is waited for. */
import type { FailureKind } from '../core/failures.ts';
import type { OutboundMessage, SendResult } from '../core/ports/outbound.ts';
import type { Flight, Pace } from './pace.ts';

const DOWN_MS = 5_000;

type Ends = Pick<OutboundMessage, 'from' | 'to'>;

export class Sending {
  readonly #pace: Pace;
  readonly #stopping = new AbortController();
  /** As many as `pace` lets fly. */
  readonly #running = new Set<Promise<SendResult>>();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Aborted when nothing new is sent any more. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Nothing new is sent from now on; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pace.stop();
    await Promise.all(this.#running);
  }

  /** As `Connector.place`. */
  place(message: Ends): Promise<void> | undefined {
    return this.stopping.aborted ? undefined : this.#pace.place(chatOf(message));
  }

  /** `attempt` is asked once it is the chat's turn; where we stop before, the message waits for the next start. */
  async run(message: Ends, attempt: (flight: Flight) => Promise<SendResult>): Promise<SendResult> {
    const flight = await this.#pace.begin(chatOf(message), this.stopping);
    if (flight === undefined) {
      return { state: 'retry', afterMs: DOWN_MS, scope: 'connector', reason: 'provider-down', detail: 'stopped' };
    }
    const sending = attempt(flight).finally(() => {
      this.#running.delete(sending);
      this.#pace.ended();
    });
    this.#running.add(sending);
    return sending;
  }
}

/** What can be said against a text before it is tried: nothing in it, or more than `most` characters. */
export function unsendable(
  { text, file }: Pick<OutboundMessage, 'text' | 'file'>,
  most: number,
): { reason: FailureKind; detail: string } | undefined {
  if (text.length > most) {
    return { reason: 'too-long', detail: `${String(text.length)} characters, at most ${String(most)}` };
  }
  return text.length === 0 && file === undefined ? { reason: 'empty', detail: 'no text' } : undefined;
}

function chatOf({ from, to }: Ends): string {
  return `${from} ${to}`;
}
