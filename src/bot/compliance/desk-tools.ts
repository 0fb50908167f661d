/** The real record behind a desk's commands. */
import { filesOnRecord } from '../../bridge/files/file-store.ts';
import { roomTitle } from '../../bridge/gaps/room-title.ts';
import { openGaps } from '../../bridge/gaps/gap-store.ts';
import { messageAt } from '../../bridge/messages/message-store.ts';
import { recordView } from '../../bridge/messages/record-view.ts';
import { lastReport } from '../../bridge/reconcile/report-store.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { GapSummary } from '../../core/ports/gap-sweep.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/reader.ts';
import { verdictAt } from '../../policy/verdicts/verdict-store.ts';
import type { DeskTools } from './desk-context.ts';
import { itemsBefore, judgedIn } from './judged.ts';

export type DeskToolsGiven = Pick<
  DeskTools,
  | 'search'
  | 'verify'
  | 'prove'
  | 'health'
  | 'skewAt'
  | 'country'
  | 'lines'
  | 'rules'
  | 'backtests'
  | 'fileText'
  | 'holds'
  | 'classes'
  | 'retention'
  | 'persons'
> & {
  /** The newest look of the whole homeserver, as long as this process knows of one. */
  readonly lastLook: () => GapSummary | undefined;
  readonly journal: Pick<Journal, 'append' | 'read' | 'readMany' | 'size' | 'views'> & {
    readonly reader: Pick<JournalReader, 'entriesFrom' | 'bySource'>;
  };
};

export function deskToolsIn(given: DeskToolsGiven): DeskTools {
  const { journal, lastLook, ...rest } = given;
  const { views } = journal;
  return {
    ...rest,
    decisions: {
      recorder: journal,
      read: (position) => journal.read(position),
      standing: (verdict) => views.read((reading) => verdictAt(reading, verdict)),
    },
    read: (position) => journal.read(position),
    entriesFrom: (from, limit) => journal.reader.entriesFrom(from, limit),
    size: () => journal.size(),
    shown: (entry) => recordView(entry, views),
    entryOfEvent: async (event) => {
      const [first] = await journal.reader.bySource({ system: 'matrix', id: event });
      return first === undefined ? undefined : journal.read(first);
    },
    titleOf: (room) => roomTitle(room, journal),
    judged: (entry) => judgedIn(entry, journal),
    earlierItems: (verdict) => itemsBefore(verdict, journal),
    files: async (position) => {
      const rows = await views.read((reading) => filesOnRecord(reading, position));
      return journal.readMany(rows.map((row) => row.position));
    },
    comparing: async () => {
      const kept = await views.read((reading) => lastReport(reading));
      const report = kept === undefined ? undefined : await journal.read(kept.position);
      const gaps = await views.read((reading) => openGaps(reading));
      const [open, events] = [gaps.length, gaps.reduce((sum, gap) => sum + gap.events, 0)];
      return { open, events, look: lastLook(), report: reportOf(report) };
    },
    delivery: (position) => views.read((reading) => messageAt(reading, position)),
  };
}

function reportOf(entry: Entry | ErasedEntry | undefined): EntryOf<'reconcile.report'> | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'reconcile.report' ? undefined : entry;
}
