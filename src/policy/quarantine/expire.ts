/** Task `policy.expire`: what nobody decided until its time is over does not go out. */
import { wait, type Clock } from '../../core/clock.ts';
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { TrustedTime } from '../../core/ports/trusted-time.ts';
import type { Views } from '../../journal/journal.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { verdictAt } from '../verdicts/verdict-store.ts';

/** The longest wait between two looks: by then a clock that was set, or a decision, is noticed. */
const LOOK_MS = 5 * 60_000;
/** While the clock can't be believed. */
const SUSPECT_LOOK_MS = 60_000;
const DONE: Turn = { to: 'done' };

export interface ExpireDeps {
  readonly views: Pick<Views, 'read'>;
  readonly clock: Clock;
  readonly time: TrustedTime;
}

/** It waits aside, so that however long an item may stay open, it costs neither attempts nor writes. */
export function expireTask({ views, clock, time }: ExpireDeps): TaskHandler {
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'policy.verdict') return DONE;
    const { until } = entry.body;
    const verdict = await views.read((reading) => verdictAt(reading, entry.position));
    if (until === undefined || verdict?.state !== 'open') return DONE;
    const leftMs = time.suspect() === undefined ? until - clock.now() : SUSPECT_LOOK_MS;
    if (leftMs <= 0) return { to: 'done', entries: [expired(entry, clock)] };
    return { to: 'aside', until: wait(clock, Math.min(leftMs, LOOK_MS), context.signal) };
  };
}

function expired({ position, body }: EntryOf<'policy.verdict'>, clock: Pick<Clock, 'now'>): Draft {
  return {
    kind: 'policy.expired',
    at: clock.now(),
    source: { system: 'gatehouse', id: `policy.expired/${String(position)}`, sure: true },
    body: { of: body.of, verdict: position },
  };
}
