/** `desk.command`: one `!c …` in a desk's room, on record before it is answered. */
import type { Clock } from '../../core/clock.ts';
import type { RoomId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';
import { JournalDown, type Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { refused } from '../answer.ts';
import { alreadyAnswered, sendAnswer } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { incoming, type Incoming } from '../incoming.ts';
import { ourRoom, saidInRoom } from '../our-room-store.ts';
import { answerDesk, commandName, type DeskAnswer } from './answer-desk.ts';
import { commandRecord, speechRecord } from './command-record.ts';
import type { DeskTools } from './desk-context.ts';
import type { PageMemory } from './page-memory.ts';
import type { Silence } from './room-rules.ts';
import { silenceAt } from './desk-silence.ts';

export interface DeskCommandDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly views: Views;
  readonly desks: readonly Desk[];
  readonly tools: DeskTools;
  readonly pages: PageMemory;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function deskCommandTask(deps: DeskCommandDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    const message = 'erased' in entry ? undefined : incoming(entry);
    const desk = message === undefined ? undefined : await deskOf(deps, message.room);
    if (message === undefined || desk === undefined) return { to: 'done' };
    const look = context.mayRepeat || task.attempts > 0;
    if (look) {
      const there = await alreadyAnswered(deps.homeserver, { as: deps.homeserver.compliance, to: message });
      if (!there.ok) return turnAfter(there.error);
      if (there.value) return { to: 'done' };
    }
    return consider(deps, { message, desk, look });
  };
}

async function consider(deps: DeskCommandDeps, asked: Asked): Promise<Turn> {
  const silence = await silenceAt(deps.homeserver, asked.desk, asked.message.room);
  if (!silence.ok) return turnAfter(silence.error);
  return silence.value === undefined ? reply(deps, asked) : keepSilent(deps, asked, silence.value);
}

interface Asked {
  readonly message: Incoming;
  readonly desk: Desk;
  /** An earlier turn may have answered. */
  readonly look: boolean;
}

async function deskOf(deps: DeskCommandDeps, room: RoomId): Promise<Desk | undefined> {
  const ours = await deps.views.read((reading) => ourRoom(reading, room));
  return ours?.kind === 'desk' ? deps.desks.find((desk) => desk.id === ours.desk) : undefined;
}

/** The attempt is on record every time; why there is no answer is said once, until the room is in order again. */
async function keepSilent(deps: DeskCommandDeps, asked: Asked, silence: Silence): Promise<Turn> {
  const { message, desk, look } = asked;
  const command = commandName(message.text);
  const answer = refused('denied', silence.text, { data: { silent: silence.why } });
  const recorded = { desk: desk.id, message, clock: deps.clock };
  await deps.recorder.append([commandRecord(recorded, { command, answer })]);
  const said = await deps.views.read((reading) => saidInRoom(reading, message.room, 'desk-silent'));
  if (said !== undefined) return { to: 'done' };
  const as = deps.homeserver.compliance;
  const sent = await sendAnswer(deps.homeserver, { as, to: message, command, answer, look });
  return sent.ok ? { to: 'done', entries: [speechRecord(recorded, as, 'desk-silent')] } : turnAfter(sent.error);
}

async function reply(deps: DeskCommandDeps, asked: Asked): Promise<Turn> {
  const { message, desk, look } = asked;
  const as = deps.homeserver.compliance;
  const given = await answerOrFailure(deps, asked);
  const recorded = { desk: desk.id, message, clock: deps.clock };
  const silent = await deps.views.read((reading) => saidInRoom(reading, message.room, 'desk-silent'));
  const again = silent === undefined ? [] : [speechRecord(recorded, as, 'desk-speaks')];
  await deps.recorder.append([commandRecord(recorded, given), ...again]);
  const sent = await sendAnswer(deps.homeserver, { as, to: message, ...given, look });
  if (!sent.ok) return turnAfter(sent.error);
  given.answer.sent?.();
  return { to: 'done' };
}

/** A command that breaks is answered too: an officer who waits can't know that nothing will come. */
async function answerOrFailure(deps: DeskCommandDeps, asked: Asked): Promise<DeskAnswer> {
  const { homeserver, tools, pages, clock } = deps;
  try {
    return await answerDesk({ ...asked, domain: homeserver.domain, tools, pages, clock });
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    const command = commandName(asked.message.text);
    deps.log.error('desk.command-failed', { command }, error);
    return { command, answer: refused('failed', 'That failed on our side. The admin can see why in the log.') };
  }
}
