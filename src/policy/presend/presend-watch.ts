/**
 * How pre-send does: when it was last asked, what it answered, and whether Synapse asks at all. A message of somebody here
 * that comes on record without having been asked about says that the module is not active, or that its fail mode let it in.
 */
import type { Clock } from '../../core/clock.ts';
import type { EventId, Millis } from '../../core/ids.ts';
import type { PresendStatus } from '../../core/ports/health.ts';
import type { PresendHearing, PresendQuestion } from '../../core/ports/presend.ts';
import type { PresendTrials } from './presend-trials.ts';

/** Answers of which the slowest are told. */
const ANSWERS_MAX = 1_000;
/** Questions whose events are still to come; an event follows its question within seconds. */
const ASKED_MAX = 5_000;
/** What waited at the homeserver while we were away was not asked about; clocks differ a little. */
const BACKLOG_MS = 60_000;
/** Unasked messages in a row after which it is told: one may have come in while the module could not reach us. */
const UNASKED_LEAST = 3;

const UNASKED = 'presend-unasked';
const STRANGER = 'presend-stranger';
const UNASKED_WORDS =
  'Synapse takes messages without asking first, so no rule stops them inside the company. Look at the module synapse-http-antispam in homeserver.yaml, then restart Synapse: gatehouse doctor.';
const STRANGER_WORDS =
  'Somebody asks at /antispam without the right secret and gets no judgement. If it is Synapse: give authorization_path the text of policy.presend.secret and restart it.';

export interface PresendWatchOptions {
  readonly clock: Clock;
  readonly warnings: { set(id: string, words: string): void; clear(id: string): void };
  /** People of our own server who are no users of ours. */
  readonly isAskedAbout: (user: string) => boolean;
  readonly trials: Pick<PresendTrials, 'isTrial' | 'stranger'>;
}

/** An event that came on record. */
export interface Came {
  readonly at: Millis;
  readonly sender?: string;
  readonly duplicate: boolean;
  readonly event?: { readonly event_id: EventId; readonly type: string };
}

type Answer = 'allowed' | 'refused' | 'shadow' | 'unjudged';

export class PresendWatch implements PresendHearing {
  readonly #options: PresendWatchOptions;
  readonly #since: Millis;
  readonly #events = new Set<EventId>();
  readonly #took: number[] = [];
  readonly #counts = { refused: 0, unjudged: 0 };
  #asked: Millis | undefined;
  #unasked = 0;

  constructor(options: PresendWatchOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  pinged(): void {
    this.#heard();
  }

  stranger(): void {
    this.#options.warnings.set(STRANGER, STRANGER_WORDS);
    this.#options.trials.stranger();
  }

  asked(question: PresendQuestion): boolean {
    this.#heard();
    this.#unasked = 0;
    this.#options.warnings.clear(UNASKED);
    if ('event' in question) this.#remember(question.event.id);
    return this.#options.trials.isTrial(question);
  }

  answered(as: Answer, ms: number): void {
    if (as === 'refused' || as === 'unjudged') this.#counts[as] += 1;
    this.#took.push(ms);
    if (this.#took.length > ANSWERS_MAX) this.#took.shift();
  }

  /** Answered before anything was asked of the rules: no place, or a form that we don't know. */
  notAsked(): void {
    this.#counts.unjudged += 1;
  }

  captured(events: readonly Came[]): void {
    for (const { at, sender, duplicate, event } of events) {
      if (duplicate || event === undefined || sender === undefined || at < this.#since + BACKLOG_MS) continue;
      if (!MESSAGES.has(event.type) || !this.#options.isAskedAbout(sender) || this.#events.delete(event.event_id)) {
        continue;
      }
      this.#unasked += 1;
      if (this.#unasked === UNASKED_LEAST) this.#options.warnings.set(UNASKED, UNASKED_WORDS);
    }
  }

  status(): PresendStatus {
    const slow = slowOf(this.#took);
    return {
      ...this.#counts,
      ...(this.#asked === undefined ? {} : { asked: this.#asked }),
      ...(slow === undefined ? {} : { slowMs: slow }),
    };
  }

  #heard(): void {
    this.#asked = this.#options.clock.now();
    this.#options.warnings.clear(STRANGER);
  }

  #remember(event: EventId): void {
    this.#events.add(event);
    const [oldest] = this.#events;
    if (this.#events.size > ASKED_MAX && oldest !== undefined) this.#events.delete(oldest);
  }
}

const MESSAGES: ReadonlySet<string> = new Set(['m.room.message', 'm.room.encrypted', 'm.sticker']);

/** 99 of 100 took no longer. */
function slowOf(took: readonly number[]): number | undefined {
  return took.toSorted((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1];
}
