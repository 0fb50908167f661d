/**
 * `dsar.remind`: the desks are reminded of a person's request a week and a day before its answer is due, on that day, and
 * every third day after it, until it is answered: in the morning by the zone of the desk that opened it. It waits aside,
 * so a start after a long sleep finds it where it was; of what was slept through, only the newest is said.
 */
import { DateTime } from 'luxon';
import { wait } from '../../core/clock.ts';
import { must, parseMillis, type Millis, type Position } from '../../core/ids.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { PersonRequest } from '../../retention/person/acts.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { noFiles, of, tellOnce, zoneOf, type DsarDeps, type Telling } from './dsar-told.ts';
import { refsOfPerson, reminderWords } from './dsar-words.ts';

const DONE: Turn = { to: 'done' };
/** The longest wait between two looks: by then an answer, or a clock that was set, is noticed. */
const LOOK_MS = 5 * 60_000;
/** By the clock on the wall. */
const HOUR = 9;
const DAYS_BEFORE = [7, 1, 0];
const EVERY_DAYS = 3;

export function dsarRemindTask(deps: DsarDeps): TaskHandler {
  const told = new Map<Position, number>();
  return async (_task, entry, { signal }) => {
    const opened = of(entry, 'dsar.opened');
    const request = opened === undefined ? undefined : await deps.tools.persons?.of(opened.position);
    if (request === undefined || request.state === 'answered') {
      told.delete(entry.position);
      return DONE;
    }
    const { last, next } = reminders(request, await zoneOf(request, deps), deps.clock.now());
    if (last !== undefined && told.get(request.id) !== last) {
      const done = await tellOnce(tellingOf(request, last, deps), deps);
      if (!done.ok) return turnAfter(done.error);
      if (done.value) told.set(request.id, last);
    }
    const leftMs = Math.max(1, next - deps.clock.now());
    return { to: 'aside', until: wait(deps.clock, Math.min(leftMs, LOOK_MS), signal) };
  };
}

interface Reminders {
  /** The newest one that is due: so many days before the day, below zero after it. */
  readonly last: number | undefined;
  readonly next: Millis;
}

/** What is before the request itself is nobody's to hear. */
export function reminders(
  { due, opened }: Pick<PersonRequest, 'due' | 'opened'>,
  timezone: string,
  now: Millis,
): Reminders {
  const morning = DateTime.fromMillis(due, { zone: timezone }).set({
    hour: HOUR,
    minute: 0,
    second: 0,
    millisecond: 0,
  });
  const at = (days: number): Millis => must(parseMillis(morning.minus({ days }).toMillis()));
  let last: Reminders['last'];
  for (const days of daysFrom()) {
    const time = at(days);
    if (time > now) return { last, next: time };
    if (time >= opened) last = days;
  }
  throw new Error('reminders have no end');
}

/** 7, 1, 0, -3, -6, … */
function* daysFrom(): Generator<number> {
  yield* DAYS_BEFORE;
  for (let days = -EVERY_DAYS; ; days -= EVERY_DAYS) yield days;
}

/** Nobody may hear of it twice, and it is said once in days: the room is looked through every time. */
function tellingOf(request: PersonRequest, days: number, { clock }: DsarDeps): Telling {
  const id = itemId(request.id);
  return {
    ...{
      source: request.id,
      part: `remind${String(days)}`,
      refs: refsOfPerson(request),
      at: undefined,
      files: noFiles,
    },
    text: ({ timezone }) => reminderWords(request, { timezone, now: clock.now() }).join('\n'),
    data: { request: id, days },
    ...{ waits: `Request ${id} has to be answered.`, mention: ({ officers }) => officers, look: true },
  };
}
