/** A refusal: as it goes on record, and as Synapse is answered. */
import { createHash, randomUUID } from 'node:crypto';
import type { Direction, DraftOf } from '../../core/entry.ts';
import type { Millis, Position, RoomId, UserId } from '../../core/ids.ts';
import { jcs, NotCanonical, type JsonObject } from '../../core/json.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { PresendAnswer, PresendQuestion } from '../../core/ports/presend.ts';
import { decidingHit, refusalWords } from './refusal-words.ts';

type Body = PolicyBodies['policy.refused'];

/** Why something may not be; `content` is absent where it isn't judged by what it says. */
export type Objection = Pick<Body, 'rules' | 'hits' | 'barrier' | 'failed' | 'until'> & { readonly content?: string };

/** Who wants what, where. */
export interface Wish {
  readonly user: UserId;
  readonly room: RoomId;
}

export function wishOf(question: PresendQuestion): Wish {
  switch (question.callback) {
    case 'user_may_invite':
      return { user: question.inviter, room: question.room };
    case 'user_may_join_room':
      return { user: question.user, room: question.room };
    default:
      return { user: question.event.sender, room: question.event.room };
  }
}

export interface Circumstances {
  readonly now: Millis;
  readonly direction: Direction;
  readonly shadow: boolean;
}

/**
 * The content stands in no room, so the record is the only place where it is: the event whole, or as the bytes that were
 * asked where it has no canonical form.
 */
export function refusalDraft(
  question: PresendQuestion,
  objection: Objection,
  { now, direction, shadow }: Circumstances,
): DraftOf<'policy.refused'> {
  const { user, room } = wishOf(question);
  const { rules, hits, barrier, failed, until } = objection;
  const { event, raw, content, id } = keptOf(question);
  return {
    kind: 'policy.refused',
    at: now,
    source: { system: 'gatehouse', id: `policy.refused/${id}`, sure: true },
    ...{ actor: user, room, direction },
    body: {
      ...{ callback: question.callback, user, room, rules, hits, shadow, content: objection.content ?? content },
      ...(event === undefined ? {} : { event }),
      ...(question.callback === 'user_may_invite' ? { invitee: question.invitee } : {}),
      ...(barrier === undefined ? {} : { barrier }),
      ...(failed === undefined ? {} : { failed }),
      ...(until === undefined ? {} : { until }),
    },
    ...(raw === undefined ? {} : { raw }),
  };
}

interface Kept {
  readonly event?: JsonObject;
  readonly raw?: Uint8Array;
  readonly content: string;
  readonly id: string;
}

/** A wish for a membership has no id of its own, and each is one more. */
function keptOf(question: PresendQuestion): Kept {
  if (!('event' in question)) {
    const { callback } = question;
    const invitee = callback === 'user_may_invite' ? question.invitee : null;
    const wish = jcs({ callback, room: question.room, invitee });
    return { content: digestOf(wish), id: `${callback}/${randomUUID()}` };
  }
  const { whole, content, type, id } = question.event;
  try {
    jcs(whole);
    return { event: whole, content: digestOf(jcs({ type, content })), id };
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    const raw = Buffer.from(JSON.stringify(whole), 'utf8');
    return { raw, content: digestOf(raw), id };
  }
}

function digestOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const SEND_ANYWAY = ' Gatehouse wrote to you how to send it all the same.';

/** For people; `org.gatehouse.*` is for programs. */
export function refusalAnswer(body: Body, record: Position): PresendAnswer {
  const rule = decidingHit(body.hits)?.rule;
  return {
    status: 403,
    body: {
      errcode: 'M_FORBIDDEN',
      error: `${refusalWords(body)}${body.until === undefined ? '' : SEND_ANYWAY}`,
      'org.gatehouse.record': String(record),
      ...(rule === undefined ? {} : { 'org.gatehouse.rule': rule }),
    },
  };
}
