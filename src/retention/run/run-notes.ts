/** How far the run, or the preview, under way came: whoever is killed goes on there. Numbers and ids. */
import { z } from 'zod';
import { must, parseConnectorId, parseMillis, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import { readKv } from '../../journal/kv-store.ts';

const OWNER = must(parseConnectorId('gatehouse-retention-run'));
const KEY = 'run';

const notesShape = z.object({
  because: z.custom<Position>((value) => parsePosition(value).ok),
  classes: z.string(),
  until: z.custom<Millis>((value) => parseMillis(value).ok),
  /** Entries that are looked through. */
  size: z.int().nonnegative(),
  /** The chunk that is looked at next. */
  next: z.int().nonnegative(),
});
export type RunNotes = Readonly<z.infer<typeof notesShape>>;

export async function readRunNotes(views: Views): Promise<RunNotes | undefined> {
  const value = await views.read((reading) => readKv({ connector: OWNER, key: KEY }, reading, views.sealer));
  if (value === undefined) return undefined;
  const read = notesShape.safeParse(JSON.parse(Buffer.from(value).toString('utf8')));
  return read.success ? read.data : undefined;
}

export function noteRun(notes: RunNotes): KvChange {
  return { connector: OWNER, key: KEY, value: Buffer.from(JSON.stringify(notes)) };
}

/** Committed together with what it ends in. */
export const forgetRun: KvChange = { connector: OWNER, key: KEY, value: null };
