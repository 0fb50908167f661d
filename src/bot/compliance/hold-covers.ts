/** Task `hold.covers`: what a hold that was just placed keeps, in reply to the `!c hold add` that placed it. */
import type { Clock } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { Desk } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { answered } from '../answer.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import type { Incoming } from '../incoming.ts';
import { answerContent } from '../render.ts';
import { commandRecord } from './command-record.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { coverageWords } from './hold-words.ts';

export interface HoldCoversDeps {
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'compliance'>;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly views: Pick<Views, 'read'>;
  readonly desks: readonly Desk[];
  readonly tools: Pick<DeskTools, 'holds'>;
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };
const COMMAND = 'hold';

/** Counted up to the hold itself, however often: what comes later is kept as it comes. */
export function holdCoversTask(deps: HoldCoversDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'hold.placed') return DONE;
    const to = commandOf(entry);
    const desk = to === undefined ? undefined : await deskAt(deps.views, deps.desks, to.room);
    if (to === undefined || desk === undefined) return DONE;
    const { position } = entry;
    const coverage = await deps.tools.holds.coverage(position, position - 1, context.signal);
    if (coverage === undefined) return DONE;
    const { records, files, complete } = coverage;
    const answer = answered(coverageWords(entry, coverage, { timezone: desk.timezone, now: deps.clock.now() }), {
      data: { hold: entry.body.hold, records, files, complete },
      positions: [position],
    });
    const recorded = { desk: desk.id, message: to, clock: deps.clock };
    await deps.recorder.append([commandRecord(recorded, { command: COMMAND, answer })]);
    const content = answerContent(answer, { to, command: COMMAND });
    const at = { as: deps.homeserver.compliance, room: to.room, source: position, part: 'covers' };
    const look = context.mayRepeat || task.attempts > 0;
    const sent = await sendOnce(deps.homeserver, { ...at, type: 'm.room.message', content }, look);
    return sent.ok ? DONE : turnAfter(sent.error);
  };
}

/** The command as it is replied to; its words are not needed. */
function commandOf({ position, at, recordedAt, body }: EntryOf<'hold.placed'>): Incoming | undefined {
  if (body.at === undefined) return undefined;
  const { by: sender, room, event } = body.at;
  return { position, at, recordedAt, room, event, sender, text: '', plain: true };
}
