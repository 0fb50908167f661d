/** Redacts one message in a room where we may be nobody: the homeserver does it in the background, and is asked until it is done. */
import { wait, type Clock } from '../core/clock.ts';
import type { Done, Homeserver, HomeserverFailure } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import type { AdminApi } from './admin-api.ts';

/** What that API takes away. */
const MESSAGES = new Set(['m.room.message', 'm.room.encrypted']);
const LOOK_MS = 200;
/** 10 s: it takes half a second. */
const MOST_LOOKS = 50;
/** It does one such thing for a user at a time. */
const BUSY_MS = 500;

type Api = Pick<AdminApi, 'beginRedaction' | 'redactionState'>;

export async function takeBack(
  api: Api,
  of: Parameters<NonNullable<Homeserver['takeBack']>>[0],
  clock: Clock,
): Done<boolean> {
  if (!MESSAGES.has(of.type)) return ok(false);
  const begun = await api.beginRedaction(of);
  if (!begun.ok) return err(isBusy(begun.error) ? { kind: 'rate-limited', afterMs: BUSY_MS } : begun.error);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const state = await api.redactionState(begun.value);
    if (!state.ok) return state;
    if (state.value.over) return ok(!state.value.failed.includes(of.event));
    await wait(clock, LOOK_MS);
  }
  return err({ kind: 'unclear', detail: 'the homeserver has not said in time that it is done' });
}

function isBusy(failure: HomeserverFailure): boolean {
  return failure.kind === 'refused' && failure.detail.startsWith('Redact already in progress');
}
