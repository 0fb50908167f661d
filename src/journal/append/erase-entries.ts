/**
 * An erasure in the writer's transaction. What is asked for is settled first: what a hold, an open task or the record
 * itself needs at this very moment stays, and the entry says so. Then what it names is taken out of the search index and
 * forgotten by the projections. Keys and files go afterwards, from the entry.
 */
import type { DraftOf, Entry } from '../../core/entry.ts';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import type { LeftOut, Span } from '../../core/retention-entries.ts';
import { erasedBy } from '../erased-store.ts';
import { erasingView } from '../erasing-view.ts';
import { entryAt, sureBySource } from '../entry-store.ts';
import { addStale } from '../head-store.ts';
import { sourceHash } from '../identity.ts';
import { forgetKvOf } from '../kv-store.ts';
import { EntryDamaged, openRow } from '../opener.ts';
import type { Left, Projection } from '../projection.ts';
import type { Batch } from './batch.ts';
import { describe, projections } from './follow.ts';
import { SEARCH_INDEX } from './index-entries.ts';
import { leftAfter } from './left.ts';
import type { Setting } from './setting.ts';

/** Positions in one entry: the transaction that takes them out holds up whoever appends meanwhile. */
export const MOST_ERASED = 200;

/** A rebuild leaves out what these name, and numbers positions by them: they are never erased. */
const NEVER: ReadonlySet<Entry['kind']> = new Set(['retention.erased', 'log.continued'] as const);

type ErasedDraft = DraftOf<'retention.erased'>;

export type Settled =
  | { readonly is: 'settled'; readonly draft: ErasedDraft; readonly entries: readonly Entry[] }
  /** The same batch was recorded before: its id says so, whatever was left out then. */
  | { readonly is: 'known'; readonly position: Position };

/**
 * The draft as it goes on record: without what is erased already, not there yet, or must stay.
 * @throws Error when it names more than `MOST_ERASED` positions; whatever an `erasing` hook throws
 */
export async function settle(draft: ErasedDraft, batch: Batch, setting: Setting): Promise<Settled> {
  const source = sourceHash(setting.keys.source, draft.source);
  const known = await batch.writing.get(sureBySource, { source, limit: 1 });
  if (known !== undefined) return { is: 'known', position: known.position };
  const found = await open(await asked(draft, batch), batch, setting);
  const leftOut = await staying(found, batch, setting);
  const stays = new Set(leftOut.map(({ position }) => position));
  const gone = [...found.entries.map(({ position }) => position), ...found.unreadable]
    .filter((position) => !stays.has(position))
    .toSorted((a, b) => a - b);
  const body = { ...draft.body, spans: spansOf(gone), entries: gone.length, leftOut };
  const entries = found.entries.filter(({ position }) => !stays.has(position));
  return { is: 'settled', draft: { ...draft, body }, entries };
}

/** Of the positions named, those on record before this transaction that nothing has erased, each once. */
async function asked({ body }: ErasedDraft, batch: Batch): Promise<readonly Position[]> {
  const { spans } = body;
  const named = spans.reduce((sum, [from, to]) => sum + Math.max(0, to - from + 1), 0);
  if (named > MOST_ERASED) throw new Error(`at most ${String(MOST_ERASED)} records are erased at a time`);
  const last = batch.position - batch.leaves.length;
  const positions = new Set<Position>();
  for (const [from, to] of spans) {
    for (let at: number = from; at <= Math.min(to, last); at += 1) positions.add(must(parsePosition(at)));
  }
  const there: Position[] = [];
  for (const position of positions) {
    if ((await erasedBy(position, batch.writing)) === undefined) there.push(position);
  }
  return there.toSorted((a, b) => a - b);
}

interface Found {
  readonly entries: readonly Entry[];
  /** Their keys are gone already, and no entry says why: after a restore. */
  readonly unreadable: readonly Position[];
  /** Evidence that somebody changed something. */
  readonly damaged: readonly Position[];
}

async function open(positions: readonly Position[], batch: Batch, { keys }: Setting): Promise<Found> {
  const entries: Entry[] = [];
  const unreadable: Position[] = [];
  const damaged: Position[] = [];
  for (const position of positions) {
    const row = await batch.writing.get(entryAt, { position });
    if (row === undefined) continue;
    try {
      const entry = openRow(row, await keys.entryKey(position));
      if ('erased' in entry) unreadable.push(position);
      else entries.push(entry);
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      damaged.push(position);
    }
  }
  return { entries, unreadable, damaged };
}

/** What stays, with the first reason that is given. */
async function staying({ entries, damaged }: Found, batch: Batch, setting: Setting): Promise<readonly LeftOut[]> {
  const needed = (position: Position): LeftOut => ({ position, why: 'needed' });
  const leftOut = new Map<Position, LeftOut>(damaged.map((position) => [position, needed(position)]));
  for (const { kind, position } of entries) if (NEVER.has(kind)) leftOut.set(position, needed(position));
  const view = erasingView(batch.writing, setting.keys, setting.clock.now());
  for (const { erasing } of setting.parts) {
    const left = entries.filter(({ position }) => !leftOut.has(position));
    for (const one of (await erasing?.(left, view)) ?? []) {
      if (!leftOut.has(one.position) && left.some(({ position }) => position === one.position)) {
        leftOut.set(one.position, one);
      }
    }
  }
  return [...leftOut.values()].toSorted((a, b) => a.position - b.position);
}

/** `positions` in their order, each once. */
export function spansOf(positions: readonly Position[]): readonly Span[] {
  const spans: [Position, Position][] = [];
  for (const position of positions) {
    const last = spans.at(-1);
    if (last !== undefined && position === last[1] + 1) last[1] = position;
    else spans.push([position, position]);
  }
  return spans;
}

/** Takes what was erased out of the index, then out of the connectors' notes and the projections: those that are kept by others come last. */
export async function letGo(entries: readonly Entry[], by: Position, batch: Batch, setting: Setting): Promise<void> {
  for (const entry of entries) {
    // What was never indexed must not be taken out: FTS5 would take out what others put in.
    const whole = !batch.stale.has(SEARCH_INDEX) || (await setting.search.holds(entry, batch.writing));
    if (whole) await setting.search.remove(entry, batch.writing);
  }
  for (const entry of entries) await forgetNotes(entry, batch, setting);
  const left = leftAfter(batch, setting);
  for (const projection of projections(setting).toReversed()) {
    if (projection.forget !== undefined) await forgetAll(projection, { entries, by, left, batch });
  }
}

/** What its connector keeps of it beside the record. */
async function forgetNotes(entry: Entry, { writing }: Batch, { keys }: Setting): Promise<void> {
  if (entry.kind !== 'network.message' || entry.body.remoteId === undefined) return;
  const { connector, remoteId: of } = entry.body;
  await forgetKvOf({ connector, of }, writing, keys.sealer);
}

async function forgetAll(
  projection: Projection,
  { entries, by, left, batch }: { entries: readonly Entry[]; by: Position; left: Left; batch: Batch },
): Promise<void> {
  if (batch.stale.has(projection.name)) return;
  try {
    await batch.attempt(async () => {
      for (const entry of entries) await projection.forget?.(entry, batch.writing, left);
    });
  } catch (error) {
    if (batch.endsWith(error)) throw error;
    batch.stale.add(projection.name);
    await batch.writing.run(addStale, { name: projection.name, since: by, reason: describe(error) });
  }
}
