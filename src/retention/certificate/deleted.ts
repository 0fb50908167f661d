/** Every record that a run erased, in as few words as name them all: a note that is too long is opened by no tool. */
import { createHash } from 'node:crypto';
import type { ClassId, Position } from '../../core/ids.ts';
import { jcs } from '../../core/json.ts';
import type { Span } from '../../core/retention-entries.ts';
import { json } from '../../journal/entries/envelope.ts';
import { countIn } from '../run/position-set.ts';
import type { Batch } from './counts.ts';

/** Go's signed notes end at 1,000,000 bytes: this is a third of it. What names more is named by the entries themselves. */
const MOST_SPANS = 20_000;

/** What went by one class and paragraph. */
export interface Deleted {
  readonly class: ClassId;
  readonly authority: string;
  readonly entries: number;
  /** The `retention.erased` that say so. */
  readonly by: readonly Span[];
  /** The records. Where they are too many, `by` names them, and this is the SHA-256, hex, of the spans as JCS. */
  readonly records: readonly Span[] | string;
}

export function deletedIn(batches: readonly Batch[]): readonly Deleted[] {
  const groups = new Map<string, Batch[]>();
  for (const batch of batches) {
    const key = `${batch.body.class} ${batch.body.authority}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [batch]);
    else group.push(batch);
  }
  const deleted = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, group]) => deletedBy(group));
  const spans = deleted.reduce((sum, { records }) => sum + records.length, 0);
  return spans <= MOST_SPANS ? deleted : deleted.map((one) => ({ ...one, records: hashOf(one.records) }));
}

function deletedBy(group: readonly Batch[]): readonly (Deleted & { readonly records: readonly Span[] })[] {
  const [first] = group;
  if (first === undefined) return [];
  const records = joined(group.flatMap(({ body }) => body.spans));
  const by = joined(group.map(({ position }) => [position, position] as const));
  return [{ class: first.body.class, authority: first.body.authority, entries: countIn(records), by, records }];
}

/** In order; what touches is one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: [Position, Position][] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last === undefined || from > last[1] + 1) all.push([from, to]);
    else if (to > last[1]) last[1] = to;
  }
  return all;
}

function hashOf(spans: readonly Span[]): string {
  return createHash('sha256')
    .update(jcs(json.parse(spans)))
    .digest('hex');
}
