/**
 * Tries what the module does where it gets no judgement: its `fail_open` stands in Synapse's config alone. @archivist sends
 * an event that means nothing where nobody else is, and this very question is left without an answer in JSON. Accepted, the
 * module is open; refused, it is closed; never asked, it is not active.
 */
import { randomUUID } from 'node:crypto';
import type { EventId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { PresendQuestion, PresendTrial } from '../../core/ports/presend.ts';
import type { Result } from '../../core/result.ts';

const KEY = 'org.gatehouse.trial';
/** What the module answers for itself where it fails closed (synapse_http_antispam.py, 104 and 115: `Codes.UNKNOWN`). */
const CLOSED = 'M_UNKNOWN';

interface Under {
  readonly nonce: string;
  asked: boolean;
  strangers: number;
}

export class PresendTrials {
  #under: Under | undefined;

  /** Only what was begun here, and only while it lasts: nobody gets an event past the rules by writing this key. */
  isTrial(question: PresendQuestion): boolean {
    const under = this.#under;
    if (under === undefined || question.callback !== 'check_event_for_spam') return false;
    if (question.event.content[KEY] !== under.nonce) return false;
    under.asked = true;
    return true;
  }

  stranger(): void {
    if (this.#under !== undefined) this.#under.strangers += 1;
  }

  /** One at a time. */
  async run(send: (content: JsonObject) => Done<EventId>): Promise<PresendTrial | 'busy'> {
    if (this.#under !== undefined) return 'busy';
    const under: Under = { nonce: randomUUID(), asked: false, strangers: 0 };
    this.#under = under;
    try {
      return outcome(under, await send({ [KEY]: under.nonce }));
    } finally {
      this.#under = undefined;
    }
  }
}

function outcome({ asked, strangers }: Under, sent: Result<EventId, HomeserverFailure>): PresendTrial {
  if (!sent.ok && sent.error.kind !== 'forbidden') return 'unclear';
  if (asked) return sent.ok ? 'open' : closedOr(sent.error);
  if (strangers > 0) return 'wrong-secret';
  return sent.ok ? 'not-asked' : 'elsewhere';
}

function closedOr(failure: HomeserverFailure): PresendTrial {
  return failure.kind === 'forbidden' && failure.errcode === CLOSED ? 'closed' : 'elsewhere';
}
