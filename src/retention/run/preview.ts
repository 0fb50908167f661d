/** What would go, and why the rest stays: counted, and nothing is touched. */
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { ClassId } from '../../core/ids.ts';
import type { ClassCount } from '../../core/retention-entries.ts';
import { together } from '../certificate/counts.ts';
import type { Going } from './decide.ts';
import { PositionSet } from './position-set.ts';
import type { WalkDeps } from './run-deps.ts';
import { isErased } from './staying.ts';
import { tableIn, Walk, type Acting } from './walk.ts';

/** The digest where no classes are on record: nothing is due by any. */
export const NO_CLASSES = '0'.repeat(64);

/** Undefined when it was stopped: it is counted anew the next time. @throws JournalDown */
export async function previewOf(
  asked: EntryOf<'retention.asked'>,
  deps: WalkDeps,
  signal: AbortSignal,
): Promise<DraftOf<'retention.previewed'> | undefined> {
  const { clock, journal } = deps;
  const until = clock.now();
  const because = asked.position;
  const table = await tableIn(deps);
  const due = new Map<ClassId, ClassCount>();
  const draft = (stays: Walk['stays'] | undefined): DraftOf<'retention.previewed'> => ({
    kind: 'retention.previewed',
    at: clock.now(),
    source: { system: 'gatehouse', id: `retention/previewed/${String(because)}`, sure: true },
    body: {
      ...{ because, until, classes: table?.digest ?? NO_CLASSES },
      due: [...due.values()].toSorted((a, b) => (a.class < b.class ? -1 : 1)),
      stays: stays?.counts ?? [],
    },
  });
  if (table === undefined) return draft(undefined);
  const size = await journal.reader.size();
  const run = { because, classes: table.digest, until, size, next: 0 };
  const walk = new Walk(deps, countingInto(due), { run, table });
  return (await walk.through(signal)) === 'done' ? draft(walk.stays) : undefined;
}

function countingInto(due: Map<ClassId, ClassCount>): Acting {
  const gone = new PositionSet();
  return {
    acts: false,
    go: (layer) => {
      for (const one of layer) {
        gone.add(one.entry.position);
        due.set(one.class, together(due.get(one.class), countOf(one)));
      }
      return Promise.resolve([]);
    },
    isGone: async (position, view) => gone.has(position) || (await isErased(position, view)),
  };
}

function countOf({ entry, class: of }: Going): ClassCount {
  const { kind, recordedAt } = entry;
  return { class: of, entries: 1, files: kind === 'file.stored' ? 1 : 0, from: recordedAt, to: recordedAt };
}
