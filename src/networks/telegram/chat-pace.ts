/**
 * The distance between two messages to one chat (core.telegram.org/bots/faq, "My bot is hitting limits"): a second, in a
 * group three. What goes to all chats together is `networks/pace.ts`.
 */
import { wait, type Clock } from '../../core/clock.ts';

/** Chats whose distance is known; the oldest is forgotten, and Telegram's own word counts. */
const chatsMax = 5_000;

export class ChatPace {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** When the next message may go, in the order in which the last ones went. */
  readonly #nextAt = new Map<string, number>();

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Undefined where a message may go now, else when to ask again. */
  place(chat: string): Promise<void> | undefined {
    const left = (this.#nextAt.get(chat) ?? 0) - this.#clock.monotonic();
    return left <= 0 ? undefined : wait(this.#clock, Math.ceil(left), this.#signal);
  }

  went(chat: string, distanceMs: number): void {
    const now = this.#clock.monotonic();
    this.#nextAt.delete(chat);
    this.#nextAt.set(chat, now + distanceMs);
    for (const [oldest, at] of this.#nextAt) {
      if (at > now && this.#nextAt.size <= chatsMax) break;
      this.#nextAt.delete(oldest);
    }
  }
}
