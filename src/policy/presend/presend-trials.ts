/**
 * Tries what the module does where it gets no judgement: its `fail_open` stands in Synapse's config alone, one for each
 * callback. @archivist sends an event that means nothing where nobody else is; another bot of ours, who is not there, asks
 * to invite somebody and to come in. These very questions are left without an answer in JSON. What Synapse then does is its
 * module's fail mode; a callback that is never asked is not active. An outsider's invitation and join are asked about before
 * Synapse sees that they may not be, so the room stays as it is.
 */
import { randomUUID } from 'node:crypto';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type {
  PresendQuestion,
  PresendTrial,
  PresendTried,
  TrialGround,
  TriedCallback,
} from '../../core/ports/presend.ts';
import type { Result } from '../../core/result.ts';

const KEY = 'org.gatehouse.trial';
/** What the module answers for itself where it fails closed (synapse_http_antispam.py, 104 and 115: `Codes.UNKNOWN`). */
const CLOSED = 'M_UNKNOWN';
/** What Synapse answers an outsider once the module has let the question pass. */
const NOT_A_MEMBER = 'M_FORBIDDEN';

interface Under {
  readonly callback: TriedCallback;
  readonly nonce: string;
  readonly room: RoomId | undefined;
  readonly outsider: UserId;
  asked: boolean;
  strangers: number;
}

export class PresendTrials {
  #busy = false;
  #under: Under | undefined;

  /** Only what was begun here, and only while it lasts: nobody gets anything past the rules by writing this key. */
  isTrial(question: PresendQuestion): boolean {
    const under = this.#under;
    if (under?.callback !== question.callback || !isOf(question, under)) return false;
    under.asked = true;
    return true;
  }

  stranger(): void {
    if (this.#under !== undefined) this.#under.strangers += 1;
  }

  /** One at a time. */
  async run(ground: TrialGround): Promise<PresendTried | 'busy'> {
    if (this.#busy) return 'busy';
    this.#busy = true;
    try {
      const room = await ground.room();
      if (!room.ok)
        return { check_event_for_spam: 'unclear', user_may_invite: 'unclear', user_may_join_room: 'unclear' };
      const of = { room: room.value, outsider: ground.outsider };
      return {
        check_event_for_spam: await this.#try(of, 'check_event_for_spam', (nonce) => ground.send({ [KEY]: nonce })),
        user_may_invite: await this.#try(of, 'user_may_invite', () => ground.invite()),
        user_may_join_room: await this.#try(of, 'user_may_join_room', () => ground.join()),
      };
    } finally {
      this.#busy = false;
    }
  }

  async #try(
    of: Pick<Under, 'room' | 'outsider'>,
    callback: TriedCallback,
    act: (nonce: string) => Promise<Result<unknown, HomeserverFailure>>,
  ): Promise<PresendTrial> {
    const under: Under = { ...of, callback, nonce: randomUUID(), asked: false, strangers: 0 };
    this.#under = under;
    try {
      return outcome(under, await act(under.nonce));
    } finally {
      this.#under = undefined;
    }
  }
}

function isOf(question: PresendQuestion, { nonce, room, outsider }: Under): boolean {
  if ('event' in question) return question.event.content[KEY] === nonce;
  const who = question.callback === 'user_may_invite' ? question.inviter : question.user;
  return question.room === room && who === outsider;
}

function outcome(under: Under, done: Result<unknown, HomeserverFailure>): PresendTrial {
  if (done.ok) return passed(under);
  if (done.error.kind !== 'forbidden') return 'unclear';
  const { errcode } = done.error;
  if (under.callback !== 'check_event_for_spam' && errcode === NOT_A_MEMBER) return passed(under);
  if (under.asked) return errcode === CLOSED ? 'closed' : 'elsewhere';
  return under.strangers > 0 ? 'wrong-secret' : 'elsewhere';
}

function passed({ asked, strangers }: Under): PresendTrial {
  if (asked) return 'open';
  return strangers > 0 ? 'wrong-secret' : 'not-asked';
}
