/**
 * When to look for gaps: at our own start and after signs of the homeserver's, at once and fast; otherwise each room once
 * a day, slowly. What Synapse forgets in the moment in which it takes us for up again, a second look finds
 * (docs/decisions/0012). One look at a time. A look that can't be done to its end is made again once the homeserver answers.
 */
import { wait } from '../../core/clock.ts';
import { after, must, noMillis, parsePosition, type Millis } from '../../core/ids.ts';
import type { GapSummary, GapSweep, SweepOptions } from '../../core/ports/gap-sweep.ts';
import type { GapDeps } from './gap-deps.ts';
import { lastWholeLook, noteWholeLook } from './look-notes.ts';
import { look } from './look.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { GapLook } from '../../core/watch-entries.ts';
import { walkAllBack } from './walk-back.ts';

const ROUND_MS = 24 * 3_600_000;
/** Looks overlap: clocks differ, and what was on its way at one look is looked at again by the next. */
const OVERLAP_MS = 3_600_000;
const UP_AGAIN_MS = 1_000;
const MOST_UP_AGAIN_MS = 30_000;
/** A look that failed though the homeserver answers is made again after this, and then later each time. */
const AGAIN_MS = 5_000;
const MOST_AGAIN_MS = 600_000;
/** By then Synapse has long brought what it kept while we were away, and whatever it forgot of it is there to be read. */
const SECOND_LOOK_MS = 30_000;
const MOST_SECOND_LOOK_MS = 600_000;
const WARNING = 'gaps';

/** A look that was asked for and has not begun. */
interface Waiting {
  readonly by: GapLook;
  readonly options: SweepOptions;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
  readonly done: PromiseWithResolvers<GapSummary>;
}

export class GapKeeper implements GapSweep, AsyncDisposable {
  readonly #deps: GapDeps;
  readonly #ending = new AbortController();
  readonly #waiting: Waiting[] = [];
  #last: GapSummary | undefined;
  /** Ends the slow look under way, when a fast one is wanted. */
  #round: AbortController | undefined;
  #wanted = Promise.withResolvers<undefined>();
  #working: Promise<void> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();
  #signed = true;
  #sign = Promise.withResolvers<undefined>();
  #unlisten: () => void = () => undefined;

  constructor(deps: GapDeps) {
    this.#deps = deps;
  }

  /** Begins with a look: the homeserver may have crashed while we were away. Call it once. */
  start(): void {
    this.#unlisten = this.#deps.onSign((sign) => {
      this.#deps.log.info('gaps.sign', { sign });
      this.#signed = true;
      this.#sign.resolve(undefined);
    });
    this.#working = this.#work();
    this.#watching = this.#watch();
  }

  last(): GapSummary | undefined {
    return this.#last;
  }

  sweep(by: GapLook, options: SweepOptions = {}): Promise<GapSummary> {
    return this.#ask(by, options);
  }

  #ask(by: GapLook, options: SweepOptions, signal?: AbortSignal): Promise<GapSummary> {
    const same = this.#waiting.find((one) => isWhole(one.options) && isWhole(options));
    if (same !== undefined) return same.done.promise;
    const waiting = { by, options, done: Promise.withResolvers<GapSummary>(), ...(signal !== undefined && { signal }) };
    this.#waiting.push(waiting);
    if (by !== 'rounds') this.#round?.abort();
    this.#wanted.resolve(undefined);
    return waiting.done.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlisten();
    this.#ending.abort();
    this.#sign.resolve(undefined);
    this.#wanted.resolve(undefined);
    await this.#watching;
    await this.#working;
  }

  /** Does what is asked for, in turn. */
  async #work(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        await this.#wanted.promise;
        this.#wanted = Promise.withResolvers();
      } else {
        next.done.resolve(await this.#once(next));
      }
    }
    for (const { by, done } of this.#waiting.splice(0)) done.resolve(nothing(by, this.#deps.clock.now()));
  }

  async #once({ by, options, signal: ended }: Waiting): Promise<GapSummary> {
    const { clock, log } = this.#deps;
    const began = clock.now();
    const slow = by === 'rounds';
    const round = new AbortController();
    if (slow) this.#round = round;
    const signal = AbortSignal.any([this.#ending.signal, round.signal, ...(ended === undefined ? [] : [ended])]);
    try {
      const bounds = await this.#bounds(options);
      const summary = await look({ by, rooms: options.rooms, bounds, slow, signal }, this.#deps);
      if (options.rooms === undefined) await this.#whole(summary, began);
      return summary;
    } catch (error) {
      log.error('gaps.look-failed', { by }, error);
      return nothing(by, clock.now());
    } finally {
      this.#round = undefined;
    }
  }

  async #whole(summary: GapSummary, began: Millis): Promise<void> {
    this.#last = summary;
    if (summary.complete) await noteWholeLook(began, this.#deps);
  }

  async #bounds({ since }: SweepOptions): Promise<{ since: Millis; origin: Millis }> {
    const origin = await this.#origin();
    if (since !== undefined) return { since, origin };
    const looked = await lastWholeLook(this.#deps);
    // Our clock may have been ahead when it was noted.
    const latest = Math.min(looked ?? origin, this.#deps.clock.now());
    return { since: looked === undefined ? origin : after(noMillis, Math.max(latest - OVERLAP_MS, 0)), origin };
  }

  /** When the first entry was put on record. */
  async #origin(): Promise<Millis> {
    const first = await this.#deps.journal.read(must(parsePosition(1)));
    return first?.recordedAt ?? this.#deps.clock.now();
  }

  /** Looks when something asks for it: our start, a sign, a day that has passed. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      if (this.#signed) await this.#afterSign();
      else await this.#untilSignOrRound();
    }
  }

  async #afterSign(): Promise<void> {
    const { signal } = this.#ending;
    const { clock, warnings } = this.#deps;
    for (let again = AGAIN_MS; !signal.aborted; again = Math.min(again * 2, MOST_AGAIN_MS)) {
      await this.#untilUp();
      // What comes from here on is a sign of its own.
      this.#signed = false;
      this.#sign = Promise.withResolvers();
      if (this.#isEnding()) return;
      const { complete } = await this.sweep('restart');
      if (complete) {
        warnings.clear(WARNING);
        await this.#lookAgain();
        return;
      }
      warnings.set(WARNING, 'Whether the homeserver delivered everything could not be checked yet; it is tried again.');
      await wait(clock, again, AbortSignal.any([signal, heard(this.#sign.promise)]));
    }
  }

  /**
   * Until a look finds nothing more. A sign ends it, and begins anew: what it has found is told with what the next one
   * finds, and not by itself.
   */
  async #lookAgain(): Promise<void> {
    for (let ms = SECOND_LOOK_MS; ; ms = Math.min(ms * 2, MOST_SECOND_LOOK_MS)) {
      const sign = heard(this.#sign.promise);
      await wait(this.#deps.clock, ms, AbortSignal.any([this.#ending.signal, sign]));
      if (this.#signed || this.#isEnding()) return;
      const { complete, events } = await this.#ask('restart', {}, sign);
      if (!complete) this.#signed = true;
      if (!complete || events === 0) break;
    }
    if (!this.#signed) await this.#walkBack();
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  /** The homeserver answers, and reaches us. */
  async #untilUp(): Promise<void> {
    const { signal } = this.#ending;
    for (let ms = UP_AGAIN_MS; !signal.aborted; ms = Math.min(ms * 2, MOST_UP_AGAIN_MS)) {
      const pinged = await unlessAborted(this.#deps.ping(), signal);
      if (pinged?.ok === true) return;
      await wait(this.#deps.clock, ms, signal);
    }
  }

  async #untilSignOrRound(): Promise<void> {
    const { signal } = this.#ending;
    await wait(this.#deps.clock, ROUND_MS, AbortSignal.any([signal, heard(this.#sign.promise)]));
    if (this.#signed || this.#isEnding()) return;
    const { complete } = await this.sweep('rounds');
    if (complete) await this.#walkBack();
    else this.#signed = true;
  }

  async #walkBack(): Promise<void> {
    const { walkBackMs, log, clock } = this.#deps;
    if (walkBackMs === undefined) return;
    const signal = AbortSignal.any([this.#ending.signal, heard(this.#sign.promise)]);
    try {
      const origin = await this.#origin();
      const until = after(noMillis, Math.max(origin - walkBackMs, 0));
      const done = await walkAllBack({ until, origin }, signal, this.#deps);
      log.info('gaps.walked-back', { done, at: clock.now() });
    } catch (error) {
      log.error('gaps.walk-back-failed', {}, error);
    }
  }
}

function isWhole(options: SweepOptions): boolean {
  return options.rooms === undefined && options.since === undefined;
}

/** Aborted when `promise` resolves. */
function heard(promise: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  promise.then(
    () => {
      controller.abort();
    },
    () => undefined,
  );
  return controller.signal;
}

/** The look could not be made: the reason is in the log. */
function nothing(by: GapLook, at: Millis): GapSummary {
  return { by, rooms: 0, events: 0, fetched: 0, unreadable: 0, failedRooms: 0, complete: false, at };
}
