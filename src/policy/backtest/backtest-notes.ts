/** How far the back-test under way came, in the journal's own notes: whoever is killed goes on there. Numbers and ids. */
import { z } from 'zod';
import { must, parseConnectorId, parsePosition, type Position } from '../../core/ids.ts';
import type { KvChange, Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import { readKv } from '../../journal/kv-store.ts';
import { tallyShape } from './tally.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-backtest'));
/** One runs at a time. */
const KEY = 'run';

const position = z.custom<Position>((value) => parsePosition(value).ok);
const notesShape = z.object({
  because: position,
  rule: z.string(),
  /** Digest of the rule and its lexicons: counted by another one, the numbers would be of no rule. */
  rules: z.string(),
  first: position,
  /** The entry that is looked at next. */
  next: position,
  last: position,
  tally: tallyShape,
});
export type Notes = z.infer<typeof notesShape>;

export async function readNotes(views: Views): Promise<Notes | undefined> {
  const value = await views.read((reading) => readKv({ connector: OWNER, key: KEY }, reading, views.sealer));
  if (value === undefined) return undefined;
  const read = notesShape.safeParse(JSON.parse(Buffer.from(value).toString('utf8')));
  return read.success ? read.data : undefined;
}

/** @throws JournalDown */
export async function writeNotes(notes: Notes, journal: Pick<Recorder, 'append'>): Promise<void> {
  await journal.append([], { kv: [{ connector: OWNER, key: KEY, value: Buffer.from(JSON.stringify(notes)) }] });
}

/** Committed together with the report. */
export const forgetNotes: KvChange = { connector: OWNER, key: KEY, value: null };
