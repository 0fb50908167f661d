/** Updates that wait for the bot: asked for by `getUpdates`, or brought to its webhook; kept for a day. */
import type { Update } from '@grammyjs/types';
import { Refused } from './refused.ts';

/** Brought to a webhook: repeats of what was refused, quicker than Telegram's. */
const AGAIN_MS = 3;

/** Not asked for, these don't come ("getUpdates", `allowed_updates`). */
const byWishOnly: ReadonlySet<string> = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

interface Waiting {
  readonly id: number;
  /** Those of one chat are brought to a webhook one after the other. */
  readonly chat: number;
  readonly body: Buffer;
  readonly taken: PromiseWithResolvers<boolean>;
}

interface Poll {
  readonly answer: (updates: readonly Buffer[]) => void;
  readonly end: (error: Refused) => void;
  readonly limit: number;
}

export interface Hook {
  readonly url: string;
  readonly secret: string | undefined;
  lastError?: { readonly date: number; readonly words: string };
}

export class Updates {
  #waiting: Waiting[] = [];
  #nextId = 10_000;
  #allowed: readonly string[] = [];
  #poll: Poll | undefined;
  #hook: Hook | undefined;
  /** Chats to which something is being brought. */
  readonly #busy = new Set<number>();
  #newest: Waiting | undefined;
  readonly #now: () => number;
  readonly #againMs: number;
  closed = false;

  constructor(now: () => number, againMs = AGAIN_MS) {
    this.#now = now;
    this.#againMs = againMs;
  }

  get hook(): Hook | undefined {
    return this.#hook;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  get numbers(): readonly number[] {
    return this.#waiting.map(({ id }) => id);
  }

  /** After a week of silence the numbers begin anew. */
  numberFrom(id: number): void {
    this.#nextId = id;
  }

  /** Resolves with true when the bot has confirmed it, with false when it was forgotten. */
  push(update: Omit<Update, 'update_id'>, chat: number): Promise<boolean> {
    const [kind] = Object.keys(update);
    return this.#asksFor(kind ?? '') ? this.odd(update, chat) : Promise.resolve(false);
  }

  /** Under the next number, whatever it is. */
  odd(held: object, chat: number): Promise<boolean> {
    this.#nextId += 1;
    return this.raw(Buffer.from(JSON.stringify({ update_id: this.#nextId, ...held })), chat, this.#nextId);
  }

  /** As `push`, where nobody waits. */
  news(update: Omit<Update, 'update_id'>, chat: number): void {
    this.push(update, chat).catch(() => undefined);
  }

  /** Any bytes. */
  raw(body: Buffer, chat: number, id: number): Promise<boolean> {
    const waiting = { id, chat, body, taken: Promise.withResolvers<boolean>() };
    this.#newest = waiting;
    this.#add(waiting);
    return waiting.taken.promise;
  }

  /** The newest comes once more under its number, as after an answer that was lost. */
  repeat(): Promise<boolean> {
    if (this.#newest === undefined) return Promise.resolve(false);
    const again = { ...this.#newest, taken: Promise.withResolvers<boolean>() };
    this.#add(again);
    return again.taken.promise;
  }

  /** A day has passed. */
  forget(): void {
    for (const { taken } of this.#waiting.splice(0)) taken.resolve(false);
  }

  setHook(hook: Hook | undefined): void {
    this.#hook = hook;
    if (hook !== undefined) for (const { chat } of this.#waiting) this.#bring(chat);
  }

  allow(kinds: readonly string[] | undefined): void {
    if (kinds !== undefined) this.#allowed = kinds;
  }

  ask(wish: {
    readonly offset: number | undefined;
    readonly limit: number;
    readonly timeoutS: number;
    readonly left: Promise<unknown>;
  }): Promise<readonly Buffer[]> {
    if (this.#hook !== undefined) {
      const words =
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
      throw new Refused(409, words);
    }
    this.#poll?.end(
      new Refused(409, 'terminated by other getUpdates request; make sure that only one bot instance is running'),
    );
    this.#poll = undefined;
    if (wish.offset !== undefined) this.#confirmBefore(wish.offset);
    if (this.#waiting.length > 0 || wish.timeoutS === 0) return Promise.resolve(this.#first(wish.limit));
    return this.#hold(wish);
  }

  close(): void {
    this.closed = true;
    this.#poll?.answer([]);
    this.forget();
  }

  #hold({
    limit,
    timeoutS,
    left,
  }: {
    readonly limit: number;
    readonly timeoutS: number;
    readonly left: Promise<unknown>;
  }): Promise<readonly Buffer[]> {
    const held = Promise.withResolvers<readonly Buffer[]>();
    const timer = setTimeout(() => {
      held.resolve([]);
    }, timeoutS * 1_000);
    const poll = { answer: held.resolve, end: held.reject, limit };
    this.#poll = poll;
    const over = (): void => {
      clearTimeout(timer);
      if (this.#poll === poll) this.#poll = undefined;
    };
    left.then(
      () => {
        held.resolve([]);
      },
      () => undefined,
    );
    return held.promise.finally(over);
  }

  #asksFor(kind: string): boolean {
    return this.#allowed.length === 0 ? !byWishOnly.has(kind) : this.#allowed.includes(kind);
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#poll?.answer(this.#first(this.#poll.limit));
    this.#poll = undefined;
    if (this.#hook !== undefined) this.#bring(waiting.chat);
  }

  #first(limit: number): readonly Buffer[] {
    return this.#waiting.slice(0, limit).map(({ body }) => body);
  }

  #confirmBefore(offset: number): void {
    for (const { taken } of this.#waiting.filter(({ id }) => id < offset)) taken.resolve(true);
    this.#waiting = this.#waiting.filter(({ id }) => id >= offset);
  }

  #bring(chat: number): void {
    if (this.#busy.has(chat) || this.closed) return;
    const next = this.#waiting.find((one) => one.chat === chat);
    const hook = this.#hook;
    if (next === undefined || hook === undefined) return;
    this.#busy.add(chat);
    this.#call(hook, next.body)
      .then((problem) => this.#brought(next, hook, problem))
      .catch(() => undefined)
      .finally(() => {
        this.#busy.delete(chat);
        this.#bring(chat);
      });
  }

  async #brought(update: Waiting, hook: Hook, problem: string | undefined): Promise<void> {
    if (problem === undefined) {
      update.taken.resolve(true);
      this.#waiting = this.#waiting.filter((one) => one !== update);
      return;
    }
    hook.lastError = { date: this.#now(), words: problem };
    await new Promise((resolve) => setTimeout(resolve, this.#againMs));
  }

  async #call({ url, secret }: Hook, body: Buffer): Promise<string | undefined> {
    const headers = {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
    };
    try {
      const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
      await answer.arrayBuffer();
      return answer.ok ? undefined : `Wrong response from the webhook: ${String(answer.status)} ${answer.statusText}`;
    } catch {
      return 'Connection refused';
    }
  }
}
