/** A recorder that keeps drafts in memory, and can fail or hold a commit as a disk does. */
import type { Draft } from '../../../src/core/entry.ts';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { JournalDown, type Appended, type Recorder } from '../../../src/core/ports/recorder.ts';

export class MemoryRecorder implements Recorder {
  /** Every append's drafts, in the order of their commits. */
  readonly appends: Draft[][] = [];
  /** What the next appends throw. */
  failure: Error | undefined;
  /** Throws for any append that holds such a draft. */
  refuses: ((draft: Draft) => boolean) | undefined;
  #held: Promise<void> = Promise.resolve();
  #count = 0;
  readonly #entered = Promise.withResolvers<undefined>();
  readonly #known = new Set<string>();
  readonly #waiting = new Set<() => void>();

  /** Resolves when an append has come, committed or not. */
  async entered(): Promise<void> {
    await this.#entered.promise;
  }

  /** Resolves when so many appends have come, committed or not. */
  async entries(count: number): Promise<void> {
    while (this.#count < count) await new Promise(setImmediate);
  }

  /** Until the returned function is called, no append commits. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#held = promise.then(() => undefined);
    return () => {
      resolve(undefined);
    };
  }

  get drafts(): readonly Draft[] {
    return this.appends.flat();
  }

  async append(drafts: readonly Draft[]): Promise<readonly Appended[]> {
    if (this.failure !== undefined) throw this.failure;
    if (drafts.some((draft) => this.refuses?.(draft) === true)) throw new Error('a draft that can not be written');
    this.#count += 1;
    this.#entered.resolve(undefined);
    await this.#held;
    this.appends.push([...drafts]);
    const appended = drafts.map((draft, index) => this.#place(draft, index));
    for (const look of this.#waiting) look();
    return appended;
  }

  #place(draft: Draft, index: number): Appended {
    const key = `${draft.source.system} ${draft.source.id}`;
    const duplicate = this.#known.has(key);
    this.#known.add(key);
    return { position: must(parsePosition(index + 1)), duplicate };
  }

  /** Resolves with the first draft for which `fits` holds, recorded or still to come. */
  async until(fits: (draft: Draft) => boolean, patienceMs = 60_000): Promise<Draft> {
    const { promise, resolve, reject } = Promise.withResolvers<Draft>();
    const look = (): void => {
      const found = this.drafts.find(fits);
      if (found !== undefined) resolve(found);
    };
    const timer = setTimeout(() => {
      reject(new Error(`nothing fitting was recorded within ${String(patienceMs)} ms`));
    }, patienceMs);
    this.#waiting.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }
}

export function journalDown(): JournalDown {
  return new JournalDown('no space left on device');
}
