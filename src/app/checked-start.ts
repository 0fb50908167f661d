/**
 * Nothing acts before it is known that this record is the newest one of its name. While the homeserver can't be asked,
 * what comes in is put on record, but nothing is shown, sent or signed; what is taken in so stands apart, should the
 * record turn out to be an old one.
 */
import { wait, type Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { err, ok, type Result } from '../core/result.ts';
import { aheadWords, type Elsewhere } from './elsewhere.ts';
import { markChecked, markUnchecked, readAhead, writeAhead } from './known-elsewhere.ts';
import { epochNamed } from '../journal/merkle/checkpoint.ts';

const AGAIN_MS = 2_000;
const WARNING = 'unchecked-start';
const WORDS =
  'The homeserver has not answered since the start, so it is not known whether this record is the newest one. ' +
  'What comes in is recorded; nothing is shown or sent until it answers.';

export interface CheckedStartOptions {
  /** The data folder. */
  readonly data: string;
  readonly head: () => Promise<{ readonly size: number; readonly epoch: number }>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Checking {
  readonly ask: () => Promise<Elsewhere>;
  readonly warnings: { set(id: string, words: string): void; clear(id: string): void };
}

export class CheckedStart implements AsyncDisposable {
  readonly #options: CheckedStartOptions;
  readonly #sure = Promise.withResolvers<undefined>();
  readonly #failed = Promise.withResolvers<string>();
  readonly #ending = new AbortController();
  #asking: Promise<void> = Promise.resolve();

  constructor(options: CheckedStartOptions) {
    this.#options = options;
  }

  /** Resolves when this record is known to be the newest. */
  get sure(): Promise<undefined> {
    return this.#sure.promise;
  }

  /** Resolves with plain words when it turns out not to be. */
  get failed(): Promise<string> {
    return this.#failed.promise;
  }

  /** What an earlier start was told and nobody has decided yet: then nothing is asked again. */
  async known(): Promise<Result<void, string>> {
    const { data, head } = this.#options;
    const ahead = await readAhead(data);
    const { size, epoch } = await head();
    if (ahead === undefined) return ok(undefined);
    const of = epochNamed(ahead.origin);
    const isAhead = of > epoch || (of === epoch && ahead.size > size);
    return isAhead ? err(aheadWords(ahead, size)) : ok(undefined);
  }

  /** True when it is sure; false when it could not be asked. Plain words when this record is an old one. */
  async first({ ask, warnings }: Checking): Promise<Result<boolean, string>> {
    const answer = await ask();
    if (answer.is === 'ahead') return err(await this.#refuse(answer));
    const { data, head, log } = this.#options;
    if (answer.is === 'here') {
      await this.#settle(warnings);
      return ok(true);
    }
    await markUnchecked(data, (await head()).size);
    log.warn('start.unchecked');
    warnings.set(WARNING, WORDS);
    return ok(false);
  }

  /** Asks until there is an answer, then lets everything begin. */
  keepAsking({ ask, warnings }: Checking, begin: () => Promise<void>): void {
    const { clock, log } = this.#options;
    const { signal } = this.#ending;
    this.#asking = (async () => {
      for (;;) {
        await wait(clock, AGAIN_MS, signal);
        const answer: Elsewhere = signal.aborted ? { is: 'silent' } : await ask();
        if (signal.aborted) return;
        if (answer.is === 'silent') continue;
        if (answer.is === 'ahead') {
          this.#failed.resolve(await this.#refuse(answer));
          return;
        }
        await this.#settle(warnings);
        log.info('start.checked');
        await begin();
        return;
      }
    })().catch((error: unknown) => {
      log.error('start.check-failed', {}, error);
      this.#failed.resolve('whether this record is the newest one could not be found out: start Gatehouse again');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#asking;
  }

  async #settle(warnings: Checking['warnings']): Promise<void> {
    await markChecked(this.#options.data);
    warnings.clear(WARNING);
    this.#sure.resolve(undefined);
  }

  async #refuse({ ahead }: Elsewhere & { readonly is: 'ahead' }): Promise<string> {
    const { data, head, log } = this.#options;
    await writeAhead(data, ahead);
    const { size } = await head();
    log.error('start.rolled-back', { here: size, known: ahead.size });
    return aheadWords(ahead, size);
  }
}
