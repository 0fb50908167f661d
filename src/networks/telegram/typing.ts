/** "Is typing", for as long as it is said: Telegram shows it for five seconds (Bot API, "sendChatAction"). */
import type { Clock } from '../../core/clock.ts';

const AGAIN_MS = 4_500;
const LONGEST_MS = 30_000;
/** Chats in which somebody of ours types; in further ones it is shown once. */
const chatsMax = 200;

export class Typing {
  readonly #clock: Clock;
  readonly #behind: (work: Promise<unknown>) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, behind: (work: Promise<unknown>) => void) {
    this.#clock = clock;
    this.#behind = behind;
  }

  /** `tell` is called again and again until `off`, or half a minute is over; resolves when it was told once. */
  async on(chat: string, tell: () => Promise<unknown>): Promise<void> {
    this.off(chat);
    this.#later({ chat, tell, left: LONGEST_MS });
    await tell();
  }

  off(chat: string): void {
    this.#cancels.get(chat)?.();
    this.#cancels.delete(chat);
  }

  stop(): void {
    for (const chat of Array.from(this.#cancels.keys())) this.off(chat);
  }

  #later({ chat, tell, left }: Round): void {
    if (left <= AGAIN_MS || this.#cancels.size >= chatsMax) return;
    const cancel = this.#clock.after(AGAIN_MS, () => {
      this.#cancels.delete(chat);
      this.#later({ chat, tell, left: left - AGAIN_MS });
      this.#behind(tell());
    });
    this.#cancels.set(chat, cancel);
  }
}

interface Round {
  readonly chat: string;
  readonly tell: () => Promise<unknown>;
  readonly left: number;
}
