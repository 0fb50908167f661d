/**
 * Which lane may have work: those that a commit named, and those that a walk over the table finds. It holds a bounded
 * number of names; what doesn't fit is found by the next walk, oldest entry first.
 */
import type { Clock } from '../core/clock.ts';
import type { Lane } from '../core/ids.ts';
import type { Views } from '../journal/journal.ts';
import { dueHeads } from './open-tasks.ts';
import type { Task } from './task.ts';

const WOKEN_MAX = 1024;
const PAGE = 64;

export interface Candidate {
  readonly lane: Lane;
  /** The lane's first task as the walk saw it; absent for a lane that was woken. */
  readonly head?: Task;
}

export class LaneFeed {
  readonly #views: Views;
  readonly #clock: Clock;
  readonly #woken = new Set<Lane>();
  readonly #page: Task[] = [];
  #walking: { after?: Task } | undefined;
  #walkAsked = false;
  #walkFirst = false;

  constructor(views: Views, clock: Clock) {
    this.#views = views;
    this.#clock = clock;
  }

  /** Something changed in this lane. */
  wake(lane: Lane): void {
    if (this.#woken.size < WOKEN_MAX) this.#woken.add(lane);
    else this.#walkAsked = true;
  }

  /** Anything may have changed: walk over all lanes, once more if a walk is under way. */
  look(): void {
    this.#walkAsked = true;
  }

  get isEmpty(): boolean {
    return this.#woken.size === 0 && this.#page.length === 0 && this.#walking === undefined && !this.#walkAsked;
  }

  /** The next lane to look at, from either source by turns; undefined when nothing is known to have work. */
  async next(): Promise<Candidate | undefined> {
    this.#walkFirst = !this.#walkFirst;
    if (this.#walkFirst) return (await this.#walked()) ?? this.#nextWoken();
    return this.#nextWoken() ?? (await this.#walked());
  }

  #nextWoken(): Candidate | undefined {
    const [lane] = this.#woken;
    if (lane === undefined) return undefined;
    this.#woken.delete(lane);
    return { lane };
  }

  async #walked(): Promise<Candidate | undefined> {
    if (this.#page.length === 0) await this.#turnPage();
    const head = this.#page.shift();
    return head === undefined ? undefined : { lane: head.lane, head };
  }

  /** Reads the next page of the walk; the walk's place is kept when the read throws. */
  async #turnPage(): Promise<void> {
    if (this.#walking === undefined) {
      if (!this.#walkAsked) return;
      this.#walkAsked = false;
      this.#walking = {};
    }
    const walk = this.#walking;
    const now = this.#clock.now();
    const page = await this.#views.read((reading) => dueHeads(reading, { now, limit: PAGE, ...walk }));
    const last = page.at(-1);
    this.#walking = page.length < PAGE || last === undefined ? undefined : { after: last };
    this.#page.push(...page);
  }
}
