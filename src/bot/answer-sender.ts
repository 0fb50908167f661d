/** Puts an answer into the room, once, however often its task runs. */
import { ok } from '../core/result.ts';
import type { EventId, UserId } from '../core/ids.ts';
import type { Done, Homeserver, SendEvent } from '../core/ports/homeserver.ts';
import type { Answer } from './answer.ts';
import type { Incoming } from './incoming.ts';
import { answerContent, fileContent, fitted, reactionContent } from './render.ts';

export type Speaking = Pick<Homeserver, 'send' | 'findEcho' | 'upload'>;

export interface Reply {
  readonly as: UserId;
  readonly to: Incoming;
  readonly command: string;
  readonly answer: Answer;
  /** True when an earlier turn may have sent it: then the room is looked through first. */
  readonly look: boolean;
}

/** Sends one event; with `look` only when it isn't there yet. */
export async function sendOnce(homeserver: Speaking, event: SendEvent, look: boolean): Done<EventId> {
  if (look) {
    const echo = await homeserver.findEcho(event);
    if (!echo.ok) return echo;
    if (echo.value !== undefined) return ok(echo.value);
  }
  return homeserver.send(event);
}

/** Whether the answer to `to` is in the room already. */
export async function alreadyAnswered(homeserver: Speaking, reply: { as: UserId; to: Incoming }): Done<boolean> {
  const { as, to } = reply;
  const echo = await homeserver.findEcho({ as, room: to.room, source: to.position, part: 'answer' });
  return echo.ok ? ok(echo.value !== undefined) : echo;
}

/** The words go last: where they are, the file is too. */
export async function sendAnswer(homeserver: Speaking, reply: Reply): Done<EventId> {
  const { as, to, look } = reply;
  const answer = fitted(reply.answer, reply.command);
  const base = { as, room: to.room, source: to.position };
  if (answer.reaction !== undefined) {
    const content = reactionContent(answer.reaction, to);
    return sendOnce(homeserver, { ...base, type: 'm.reaction', content, part: 'answer' }, look);
  }
  const filed = await sendFile(homeserver, { ...reply, answer });
  if (!filed.ok) return filed;
  const content = answerContent(answer, { to, command: reply.command });
  return sendOnce(homeserver, { ...base, type: 'm.room.message', content, part: 'answer' }, look);
}

async function sendFile(homeserver: Speaking, reply: Reply): Done<EventId | undefined> {
  const { as, to, answer, look } = reply;
  if (answer.file === undefined) return ok(undefined);
  const url = await homeserver.upload({ as, ...answer.file });
  if (!url.ok) return url;
  const content = fileContent(answer.file, url.value, { answer, to });
  const event = { as, room: to.room, type: 'm.room.message', content, source: to.position, part: 'file' };
  return sendOnce(homeserver, event, look);
}
