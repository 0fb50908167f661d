/** JSON-RPC 2.0 requests over one connection: each waits for the answer with its id, or for its time to be over. */
import type { Clock } from '../../core/clock.ts';
import { z } from 'zod';
import type { Called } from './daemon.ts';

const answer = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string().nullish(), data: z.unknown().optional() }).optional(),
});

/** Requests that wait for their answer; more than that many are answered here. */
export const maxWaiting = 500;
export const answerWithinMs = 30_000;

interface Waiting {
  readonly answered: (called: Called) => void;
  readonly cancel: () => void;
}

export class Requests {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  #last = 0;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes the request by `write`, which tells whether it could. */
  ask(given: {
    readonly method: string;
    readonly params: object;
    readonly timeoutMs: number;
    readonly write: (line: string) => boolean;
  }): Promise<Called> {
    if (this.#closed) return Promise.resolve({ kind: 'unsent', detail: 'signal-cli is not connected' });
    if (this.#waiting.size >= maxWaiting) return Promise.resolve({ kind: 'unsent', detail: 'too many requests wait' });
    this.#last += 1;
    const id = String(this.#last);
    const { promise, resolve } = Promise.withResolvers<Called>();
    const cancel = this.#clock.after(given.timeoutMs, () => {
      this.#settle(id, { kind: 'unclear', detail: 'signal-cli did not answer in time' });
    });
    this.#waiting.set(id, { answered: resolve, cancel });
    if (!given.write(requestText(given.method, given.params, id))) {
      this.#settle(id, { kind: 'unsent', detail: 'signal-cli is not connected' });
    }
    return promise;
  }

  /** Whether `message` is an answer; one that nobody waits for any more is let go. */
  take(message: object): boolean {
    if ('method' in message || !('result' in message || 'error' in message)) return false;
    const parsed = answer.safeParse(message);
    if (parsed.success && parsed.data.id !== undefined) this.#settle(String(parsed.data.id), calledOf(parsed.data));
    return true;
  }

  /** Nothing more comes: what waits for an answer will never know. */
  close(): void {
    this.#closed = true;
    for (const id of Array.from(this.#waiting.keys())) {
      this.#settle(id, { kind: 'unclear', detail: 'the connection to signal-cli broke before it answered' });
    }
  }

  #settle(id: string, called: Called): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.cancel();
    waiting?.answered(called);
  }
}

export function requestText(method: string, params: object, id: string): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params, id });
}

/** What the answer to a request says; undefined for what is no answer. */
export function readAnswer(body: unknown): Called | undefined {
  const parsed = answer.safeParse(body);
  if (!parsed.success || (parsed.data.error === undefined && parsed.data.result === undefined)) return undefined;
  return calledOf(parsed.data);
}

function calledOf({ error, result }: z.infer<typeof answer>): Called {
  if (error === undefined) return { kind: 'result', value: result };
  return { kind: 'error', code: error.code, message: error.message ?? '', data: error.data };
}
