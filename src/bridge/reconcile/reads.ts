/** Reads of the homeserver, asked again when it is briefly away. How often it is asked is the history's own affair. */
import { wait, type Clock } from '../../core/clock.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';

/** `refused`: this one thing can't be read. `no-answer`: nothing can. `stopped`: we were told to end. */
export type Unread = 'refused' | 'no-answer' | 'stopped';

const TRIES = 4;
const AGAIN_MS = 2_000;

export interface Reading {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export async function read<T>({ clock, signal }: Reading, ask: () => Done<T>): Promise<Result<T, Unread>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await unlessAborted(ask(), signal);
    if (answer === undefined || signal.aborted) return err('stopped');
    if (answer.ok) return ok(answer.value);
    const away = ['down', 'unclear', 'rate-limited'].includes(answer.error.kind);
    if (!away) return err('refused');
    if (tries === TRIES) return err('no-answer');
    await wait(clock, AGAIN_MS, signal);
  }
}
