/** The real record behind a desk's commands. */
import { filesOnRecord } from '../../bridge/files/file-store.ts';
import { messageAt } from '../../bridge/message-store.ts';
import { recordView } from '../../bridge/record-view.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/reader.ts';
import type { DeskTools } from './desk-context.ts';

export type DeskToolsGiven = Pick<DeskTools, 'search' | 'verify' | 'prove' | 'health' | 'country'> & {
  readonly journal: Pick<Journal, 'read' | 'readMany' | 'size' | 'views'> & {
    readonly reader: Pick<JournalReader, 'entriesFrom'>;
  };
};

export function deskToolsIn(given: DeskToolsGiven): DeskTools {
  const { journal, ...rest } = given;
  const { views } = journal;
  return {
    ...rest,
    read: (position) => journal.read(position),
    entriesFrom: (from, limit) => journal.reader.entriesFrom(from, limit),
    size: () => journal.size(),
    shown: (entry) => recordView(entry, views),
    files: async (position) => {
      const rows = await views.read((reading) => filesOnRecord(reading, position));
      return journal.readMany(rows.map((row) => row.position));
    },
    delivery: (position) => views.read((reading) => messageAt(reading, position)),
  };
}
