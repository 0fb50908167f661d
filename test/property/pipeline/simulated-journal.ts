/** The journal of one simulated process: the real writer over the world's database, whose every commit is a step. */
import type { Draft } from '../../../src/core/entry.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { Position } from '../../../src/core/ids.ts';
import { JournalDown, type Also, type Appended } from '../../../src/core/ports/recorder.ts';
import { createSearchIndex } from '../../../src/journal/search/index-store.ts';
import { WriterCore } from '../../../src/journal/append/writer-core.ts';
import type { Committed, Journal, Views } from '../../../src/journal/journal.ts';
import { defaultClass } from './house-rules.ts';
import type { World } from './world.ts';

export class SimulatedJournal implements Journal {
  readonly views: Views;
  /** Messages whose attempt was given to the record and whose outcome was not yet. */
  readonly attempting = new Set<Position>();
  /** The end of a turn could not be written, and nothing could since. */
  refused = false;
  readonly #world: World;
  readonly #listeners = new Set<(committed: Committed) => void>();
  #core: WriterCore | undefined;
  #waiting = 0;
  /** Lets the writer, which stands at the end of its queue, go on. */
  #standing: (() => void) | undefined;
  readonly #process: number;

  private constructor(process: number, world: World) {
    this.#process = process;
    const { database, keys } = world.place;
    this.#world = world;
    this.views = { read: (work) => database.read(work), sealer: keys.sealer };
  }

  static async open(process: number, world: World, clock: Clock): Promise<SimulatedJournal> {
    const journal = new SimulatedJournal(process, world);
    const { database, keys, stock, parts } = world.place;
    journal.#core = await WriterCore.open({
      ...{ database, keys, stock, clock, defaultClass },
      search: { ...createSearchIndex('sqlite', keys.token), add: () => Promise.resolve() },
      ...{ parts: parts.parts, tasks: parts.tasks },
      committed: (committed) => {
        for (const listener of journal.#listeners) listener(committed);
      },
      yield: () => journal.#turn(),
    });
    return journal;
  }

  async append(drafts: readonly Draft[], also?: Also): Promise<readonly Appended[]> {
    for (const { kind, body } of drafts) if (kind === 'delivery.attempt') this.attempting.add(body.of);
    this.#waiting += 1;
    this.#addStep();
    try {
      const appended = await this.#opened().append(drafts, also);
      for (const { kind, body } of drafts) if (kind === 'delivery.outcome') this.attempting.delete(body.of);
      this.refused = false;
      return appended;
    } catch (error) {
      if (error instanceof JournalDown && also?.settle !== undefined) this.refused = true;
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  read(position: Position): ReturnType<Journal['read']> {
    return this.#world.place.reader.read(position);
  }

  readMany(positions: readonly Position[]): ReturnType<Journal['readMany']> {
    return this.#world.place.reader.readMany(positions);
  }

  size(): Promise<number> {
    return this.#world.place.reader.size();
  }

  stale(): Promise<readonly string[]> {
    return this.#world.place.reader.stale();
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Each commit is a step of its own; when nobody waits, the writer stands still until somebody does. */
  #turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#standing = () => {
      resolve(undefined);
    };
    if (this.#waiting > 0) this.#addStep();
    return promise;
  }

  #addStep(): void {
    const goOn = this.#standing;
    if (goOn === undefined) return;
    this.#standing = undefined;
    this.#world.steps.add({
      process: this.#process,
      what: 'commit',
      words: 'record: commit',
      act: () => {
        goOn();
        return Promise.resolve();
      },
    });
  }

  #opened(): WriterCore {
    if (this.#core === undefined) throw new Error('not open');
    return this.#core;
  }
}
