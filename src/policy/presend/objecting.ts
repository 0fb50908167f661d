/** What there is against an event or a membership that is asked about. */
import { wait, type Clock } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { ClassId, RoomId, UserId } from '../../core/ids.ts';
import type { PresendQuestion } from '../../core/ports/presend.ts';
import type { Views } from '../../journal/journal.ts';
import { failedVerdict } from '../engine/fail-modes.ts';
import { contextOf, type ContextDeps } from '../judging/context-of.ts';
import { noRules, setFor, type Rules } from '../judging/rules-for.ts';
import { verdictDraft } from '../judging/verdict-draft.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import type { Scanning } from '../scan.ts';
import type { Verdict } from '../verdict.ts';
import { askedEntry, askedMessage } from './asked-entry.ts';
import { barrierBetween, isHeld, type Barriers } from './barriers.ts';
import { overriddenUntil } from './presend-store.ts';
import { wishOf, type Objection } from './refusal.ts';

/** Milliseconds that the engine has; then the rules' fail modes say what is done. */
const JUDGE_WITHIN_MS = 2_000;

/** What a room is. */
export interface Standing {
  /** A portal, or a room that we made for ourselves: the bridge's gate judges there, or nobody. */
  readonly ours: boolean;
  /** Somebody from outside the company is in it. */
  readonly outsiders: boolean;
}

export interface ObjectingOptions {
  readonly barriers: Barriers;
  /** Who is in a room or invited to it. Asked only for somebody whom a barrier holds. */
  readonly membersOf: (room: RoomId) => Promise<readonly UserId[]>;
  /** Ghosts and bots: no barrier holds them. */
  readonly isOurs: (user: UserId) => boolean;
  /** Those in force. */
  readonly rules: Rules;
  readonly scanning: Pick<Scanning, 'judge'>;
  readonly context: ContextDeps;
  readonly journal: { readonly views: Views };
  readonly class: ClassId;
  readonly clock: Clock;
}

interface Asking {
  readonly entry: EntryOf<'matrix.event'>;
  readonly message: JudgedMessage;
  readonly context: MessageContext;
  readonly set: RuleSet;
}

export class Objecting {
  readonly #options: ObjectingOptions;

  constructor(options: ObjectingOptions) {
    this.#options = options;
  }

  async to(question: PresendQuestion, standing: Standing): Promise<Objection | undefined> {
    if (isEncryption(question)) return { rules: this.#digest(), hits: [] };
    if (standing.ours) return undefined;
    const barrier = await this.#barrier(question);
    if (barrier !== undefined) return { rules: this.#digest(), hits: [], barrier };
    return 'event' in question ? this.#content(question.event, standing) : undefined;
  }

  #digest(): string {
    return this.#options.rules.current()?.digest ?? noRules;
  }

  /** Whoever invites is there, even where the room is so new that its members are not on record yet. */
  async #barrier(question: PresendQuestion): Promise<readonly [string, string] | undefined> {
    const { membersOf, isOurs } = this.#options;
    const { user, room } = wishOf(question);
    const comes = question.callback === 'user_may_invite' ? question.invitee : user;
    const barriers = await this.#options.barriers();
    if (!isHeld(barriers, comes)) return undefined;
    const others = [...(await membersOf(room)), user].filter((other) => !isOurs(other));
    return barrierBetween(barriers, comes, others);
  }

  async #content(
    event: Extract<PresendQuestion, { event: unknown }>['event'],
    { outsiders }: Standing,
  ): Promise<Objection | undefined> {
    const { rules, clock, context: deps } = this.#options;
    const direction = outsiders ? 'external' : 'internal';
    const set = setFor(direction, rules);
    if (set === undefined) return undefined;
    const entry = askedEntry(event, { now: clock.now(), direction, class: this.#options.class });
    const message = askedMessage(entry);
    if (message === undefined) return undefined;
    const context = await contextOf(entry, direction, deps);
    return this.#judged({ entry, message, context, set });
  }

  async #judged(asking: Asking): Promise<Objection | undefined> {
    const verdict = await this.#verdict(asking);
    if (verdict.consequence === 'none') return undefined;
    const { entry, message, set } = asking;
    const now = this.#options.clock.now();
    const judged = { verdict, message, entry, of: entry.position };
    const { body } = verdictDraft(judged, { set, place: 'asked', now, expiresMs: 0 });
    const { consequence, content, hits, failed, until } = body;
    if (consequence === 'warn' && (await this.#isOverridden(entry.body.sender, content))) return undefined;
    if (consequence !== 'warn' && consequence !== 'block') return undefined;
    return {
      ...{ rules: body.rules, hits, content },
      ...(failed === undefined ? {} : { failed }),
      ...(until === undefined ? {} : { until }),
    };
  }

  /** The scanner keeps its deadline; where it doesn't, ours is the same. */
  async #verdict({ message, context, set }: Asking): Promise<Verdict> {
    const { clock, scanning } = this.#options;
    const judged = new AbortController();
    const late = wait(clock, JUDGE_WITHIN_MS, judged.signal).then(() => undefined);
    try {
      const verdict = await Promise.race([scanning.judge(message, context, JUDGE_WITHIN_MS), late]);
      if (verdict === undefined) return failedVerdict(set, message, context, 'took-too-long');
      if (verdict.rules === set.digest) return verdict;
      return verdict.failed === undefined ? bySet(verdict, set) : failedVerdict(set, message, context, verdict.failed);
    } finally {
      judged.abort();
    }
  }

  async #isOverridden(user: UserId, content: string): Promise<boolean> {
    const { journal, clock } = this.#options;
    const { views } = journal;
    const until = await views.read((reading) => overriddenUntil(reading, views.sealer, { user, content }));
    return until !== undefined && clock.now() <= until;
  }
}

/** What nobody could read any more: it can't be undone, so it is refused before it is. */
function isEncryption(question: PresendQuestion): boolean {
  return 'event' in question && question.event.type === 'm.room.encryption' && question.event.stateKey !== undefined;
}

/** The set was changed a moment ago, and the scanner still has the one before: what of it is in both is told. */
function bySet(verdict: Verdict, set: RuleSet): Verdict {
  return { ...verdict, hits: verdict.hits.filter((hit) => set.rules.some(({ id }) => id === hit.rule)) };
}
