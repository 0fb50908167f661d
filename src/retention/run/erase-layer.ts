/** Puts on record, batch after batch, what goes: the writer erases it in that very commit, or says why it stays. */
import type { DraftOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { BatchSize } from './batch-size.ts';
import type { Going } from './decide.ts';
import { goneOf, noteGone } from './gone-notes.ts';
import { Pace } from './pace.ts';
import { spansOf } from './position-set.ts';
import type { HomeserverCleaner } from './homeserver-cleaner.ts';
import type { WalkDeps } from './run-deps.ts';
import { byClass } from './walk.ts';

export interface LayerErasingDeps extends Pick<WalkDeps, 'journal' | 'clock'> {
  /** Where events are deleted on the homeserver all of them are noted, and else copies alone. */
  readonly cleaner: Pick<HomeserverCleaner, 'notes'>;
}

export class LayerErasing {
  readonly #run: Position;
  readonly #deps: LayerErasingDeps;
  readonly #pace: Pace;
  readonly #size = new BatchSize();
  readonly #ends: () => Promise<boolean>;
  /** Where the batch before stands. */
  #last = 0;

  /** `ends` is asked once a batch was left out as a whole: true where nothing else of the run may go. */
  constructor(run: Position, deps: LayerErasingDeps, ends: () => Promise<boolean> = () => Promise.resolve(false)) {
    this.#run = run;
    this.#deps = deps;
    this.#ends = ends;
    this.#pace = new Pace(deps.clock);
  }

  /** Resolves with what stayed all the same; undefined when it was stopped on the way. @throws JournalDown */
  async layer(layer: readonly Going[], signal: AbortSignal): Promise<readonly LeftOut[] | undefined> {
    const going = new Map(layer.map((one) => [one.entry.position, one]));
    const left: LeftOut[] = [];
    for (const { positions, ...why } of byClass(layer)) {
      for (let at = 0; at < positions.length;) {
        if (signal.aborted) return undefined;
        const some = positions.slice(at, at + this.#size.size).flatMap((position) => going.get(position) ?? []);
        const stays = await this.#batch(some, why);
        left.push(...stays);
        at += some.length;
        if (stays.length === some.length && (await this.#ends())) return undefined;
      }
    }
    return left;
  }

  async #batch(some: readonly Going[], why: Pick<Going, 'class' | 'authority'>): Promise<readonly LeftOut[]> {
    const { journal, clock, cleaner } = this.#deps;
    const id = `retention/erased/${String(this.#run)}/${String(await journal.reader.size())}`;
    const spans = spansOf(some.map(({ entry }) => entry.position));
    const draft: DraftOf<'retention.erased'> = {
      kind: 'retention.erased',
      at: clock.now(),
      source: { system: 'gatehouse', id, sure: true },
      body: { run: this.#run, ...why, spans, entries: some.length, leftOut: [] },
    };
    const gone = some.flatMap(({ entry, copy }) => goneOf(entry, copy));
    const kept = cleaner.notes === 'all' ? gone : gone.filter((one) => 'copy' in one && one.copy);
    const { done, ms } = await this.#pace.turn(() => journal.append([draft], { kv: noteGone(id, kept) }));
    const [appended] = done;
    if (appended === undefined) return [];
    this.#size.took(ms, appended.position !== this.#last + 1);
    this.#last = appended.position;
    const entry = await journal.read(appended.position);
    return entry !== undefined && !('erased' in entry) && entry.kind === 'retention.erased' ? entry.body.leftOut : [];
  }
}
