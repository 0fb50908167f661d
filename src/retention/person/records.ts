/** Everything about a person, opened: what a copy for them is made of. */
import type { Entry } from '../../core/entry.ts';
import { noMillis, type Position } from '../../core/ids.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { collect, openWhole, pagesOf, type CollectingDeps } from './collecting.ts';

export interface PersonRecordsDeps extends CollectingDeps {
  readonly journal: CollectingDeps['journal'] & Pick<OpenJournal, 'read' | 'size'>;
}

/** Records opened at a time. */
const PAGE = 100;

export class PersonRecords {
  readonly #deps: PersonRecordsDeps;

  constructor(deps: PersonRecordsDeps) {
    this.#deps = deps;
  }

  /** Of the person of that request, oldest first; what is erased is left out. Ends early where it is stopped. */
  async *of(request: Position, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const { journal } = this.#deps;
    const opened = await journal.read(request);
    if (opened === undefined || 'erased' in opened || opened.kind !== 'dsar.opened') return;
    const positions = await collect(opened.body.subject, await journal.size(), this.#deps, signal);
    for (const page of pagesOf(positions ?? [], PAGE)) {
      if (signal.aborted) return;
      const entries = await journal.database.read((reading) =>
        openWhole(page, erasingView(reading, journal.keys, noMillis)),
      );
      if (entries.length > 0) yield entries;
    }
  }
}
