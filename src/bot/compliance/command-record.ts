/** The record of a desk's command: who asked what kind of thing, and which records were shown. Never text. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Draft } from '../../core/entry.ts';
import { jcs } from '../../core/json.ts';
import type { DeskId, UserId } from '../../core/ids.ts';
import type { Incoming } from '../incoming.ts';
import type { Notice } from '../our-room-store.ts';
import type { DeskAnswer } from './answer-desk.ts';

export interface Recorded {
  readonly desk: DeskId;
  readonly message: Incoming;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Its id comes from the command's event and from what is answered: the same answer given again after a crash is one
 * record, and one that shows other records is a second one.
 */
export function commandRecord({ desk, message, clock }: Recorded, given: DeskAnswer): Draft {
  const { command, answer } = given;
  const positions = [...(answer.positions ?? [])];
  const content = jcs({ command, code: answer.code, positions });
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 16);
  return {
    kind: 'desk.command',
    at: clock.now(),
    source: { system: 'gatehouse', id: `desk.command/${message.event}/${digest}`, sure: true },
    actor: message.sender,
    room: message.room,
    body: { desk, room: message.room, event: message.event, command, code: answer.code, positions },
  };
}

/** That the desk fell silent and said why, or speaks again. */
export function speechRecord({ message, clock }: Recorded, by: UserId, notice: Notice): Draft {
  return {
    kind: 'staff.notice',
    at: clock.now(),
    source: { system: 'gatehouse', id: `staff.notice/${message.event}/${notice}`, sure: true },
    actor: by,
    room: message.room,
    body: { user: message.sender, room: message.room, notice },
  };
}
