/**
 * Answers what Synapse asks before an event or a membership exists. Allowing writes nothing; a refusal is on record, with
 * all that was refused, before it is answered. Killed before the commit: no answer, and the module's own fail mode says
 * what becomes of it. Killed after it: the same, and the record says that it was refused.
 */
import { wait } from '../../core/clock.ts';
import type { RoomId } from '../../core/ids.ts';
import type { Log, Metrics } from '../../core/ports/log.ts';
import type { Presend, PresendAnswer, PresendQuestion, Unjudged } from '../../core/ports/presend.ts';
import type { Journal } from '../../journal/journal.ts';
import { Objecting, type ObjectingOptions, type Standing } from './objecting.ts';
import type { PresendWatch } from './presend-watch.ts';
import { refusalAnswer, refusalDraft, wishOf, type Objection } from './refusal.ts';

/** Milliseconds from the question to its answer, whatever happens. */
const ANSWER_WITHIN_MS = 3_000;

export interface PresendOptions extends ObjectingOptions {
  /** What becomes of what can't be judged or recorded. The rules' own fail modes are asked before it. */
  readonly failOpen: boolean;
  /** Judge and record, refuse nothing. */
  readonly shadow: boolean;
  readonly journal: Pick<Journal, 'append' | 'views'>;
  /** What a room is, for the bridge and the bots. A room that nobody has told us of is not ours. */
  readonly standingOf: (room: RoomId) => Promise<Standing>;
  readonly domain: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whoever watches how it does; never throws. */
  readonly watch?: Pick<PresendWatch, 'answered' | 'notAsked'>;
}

interface Said {
  readonly as: 'allowed' | 'refused' | 'shadow' | 'unjudged';
  readonly answer: PresendAnswer;
}

/** While `over` is false somebody waits for the answer. */
interface Turn {
  over: boolean;
}

const ALLOWED: Said = { as: 'allowed', answer: { status: 200, body: {} } };
const NOT_CHECKED = "Not sent: it couldn't be checked against the company's rules. Try again in a minute.";

export function createPresend(options: PresendOptions): Presend {
  return new Asked(options);
}

class Asked implements Presend {
  readonly #options: PresendOptions;
  readonly #objecting: Objecting;

  constructor(options: PresendOptions) {
    this.#options = options;
    this.#objecting = new Objecting(options);
  }

  async ask(question: PresendQuestion): Promise<PresendAnswer> {
    const { clock, metrics, watch } = this.#options;
    const began = clock.monotonic();
    const { as, answer } = await this.#inTime(question);
    metrics.count('presend_asked', { callback: question.callback, answer: as });
    const took = clock.monotonic() - began;
    metrics.observe('presend_seconds', took / 1000, { answer: as });
    watch?.answered(as, took);
    return answer;
  }

  unjudged(why: Unjudged): PresendAnswer {
    this.#options.watch?.notAsked();
    return this.#unjudged(why);
  }

  #unjudged(why: Unjudged): PresendAnswer {
    const { failOpen, log, metrics } = this.#options;
    metrics.count('presend_unjudged', { why });
    log.warn('presend.unjudged', { why, open: failOpen });
    return failOpen ? ALLOWED.answer : { status: 403, body: { errcode: 'M_UNKNOWN', error: NOT_CHECKED } };
  }

  async #inTime(question: PresendQuestion): Promise<Said> {
    const turn: Turn = { over: false };
    const answered = new AbortController();
    const late = wait(this.#options.clock, ANSWER_WITHIN_MS, answered.signal).then(() => 'late' as const);
    try {
      const first = await Promise.race([this.#answer(question, turn), late]);
      return first === 'late' ? this.#notJudged('too-slow') : first;
    } finally {
      turn.over = true;
      answered.abort();
    }
  }

  async #answer(question: PresendQuestion, turn: Turn): Promise<Said> {
    try {
      return await this.#judge(question, turn);
    } catch (error) {
      if (turn.over) return ALLOWED;
      this.#options.log.error('presend.failed', { callback: question.callback }, error);
      return this.#notJudged('failed');
    }
  }

  async #judge(question: PresendQuestion, turn: Turn): Promise<Said> {
    if (this.#isFree(question)) return ALLOWED;
    const standing = await this.#options.standingOf(wishOf(question).room);
    const objection = await this.#objecting.to(question, standing);
    if (objection === undefined || turn.over) return ALLOWED;
    return this.#refuse(question, objection, standing);
  }

  /** Nobody's to refuse: our own, a redaction (ours is asked in its sender's name), what other servers have accepted. */
  #isFree(question: PresendQuestion): boolean {
    const { isOurs, domain } = this.#options;
    const { user } = wishOf(question);
    if (isOurs(user) || !user.endsWith(`:${domain}`)) return true;
    if ('event' in question) return question.event.type === 'm.room.redaction';
    return question.callback === 'user_may_invite' && isOurs(question.invitee);
  }

  async #refuse(question: PresendQuestion, objection: Objection, standing: Standing): Promise<Said> {
    const { journal, clock, shadow, log } = this.#options;
    const direction = standing.outsiders ? 'external' : 'internal';
    const draft = refusalDraft(question, objection, { now: clock.now(), direction, shadow });
    try {
      const [recorded] = await journal.append([draft]);
      if (recorded === undefined) throw new Error('the journal appended nothing');
      if (shadow) return { as: 'shadow', answer: ALLOWED.answer };
      return { as: 'refused', answer: refusalAnswer(draft.body, recorded.position) };
    } catch (error) {
      log.error('presend.unrecorded', { callback: question.callback, shadow }, error);
      return shadow ? ALLOWED : this.#notJudged('unrecorded');
    }
  }

  #notJudged(why: Unjudged): Said {
    return { as: 'unjudged', answer: this.#unjudged(why) };
  }
}
