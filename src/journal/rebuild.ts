/**
 * Computes everything that follows from the entries once more: projections, search index, tree, and the tasks' own
 * columns. In one transaction: it ends with the new state whole, or with the old one untouched.
 */
import { must, parsePosition } from '../core/ids.ts';
import type { Writing } from '../storage/database.ts';
import { definition } from '../storage/schema.ts';
import { projections } from './append/follow.ts';
import { entriesBetween, type EntryRow } from './entry-store.ts';
import { clearStale, lockHead, moveHead, type Head } from './head-store.ts';
import { CompactTree, leafHash } from './merkle/tree.ts';
import { openRow } from './opener.ts';
import { headerOf, PAGE } from './reader.ts';
import { Carrying } from './rebuild-carry.ts';
import { compareTables, dropKept, keepTables } from './rebuild-compare.ts';
import { erasedEntries, Erasures } from './rebuild-erased.ts';
import { differs, passErased, replayEntry, type Replay } from './rebuild-replay.ts';
import type { RebuildOptions, RebuildResult } from './rebuild-types.ts';

/** Ends a check: takes everything back. */
class Undo extends Error {
  override name = 'Undo';
  readonly result: RebuildResult;
  constructor(result: RebuildResult) {
    super('checked');
    this.result = result;
  }
}

/**
 * No other process may append meanwhile.
 * @throws DatabaseDown; EntryDamaged when an entry can't be opened; whatever a projection throws
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  try {
    return await options.database.write(async (writing) => {
      const result = await recompute(options, writing);
      if (options.check) throw new Undo(result);
      await writing.run(clearStale, {});
      await options.tasks.releaseStale(writing);
      return result;
    });
  } catch (error) {
    if (error instanceof Undo) return error.result;
    throw error;
  }
}

async function recompute(options: RebuildOptions, writing: Writing): Promise<RebuildResult> {
  const head = await writing.get(lockHead, {});
  if (head === undefined) throw new Error('the journal has no head row: restore a backup');
  const tables = projections(options).flatMap((projection) => projection.tables);
  const kept = options.check ? tables : Carrying.tables(projections(options));
  const erasures = new Erasures(await erasedEntries(writing, options.keys));
  await empty({ tables, kept }, options, writing);
  const carrying = new Carrying(projections(options), writing);
  await carrying.prepare();
  const replay: Replay = {
    ...{ options, writing, tree: CompactTree.empty(), erasures, carrying },
    ...{ erased: 0, tasksAdded: 0, difference: undefined },
  };
  for (let from = 1; from <= head.position; from += PAGE) {
    const to = Math.min(from + PAGE - 1, head.position);
    await replayPage(replay, from, to);
    options.progress?.(to, head.position);
  }
  await compareTree(replay, head);
  if (!options.check) await dropKept(kept, writing);
  const inTables = options.check ? await compareTables(tables, writing) : undefined;
  const difference = replay.difference ?? inTables;
  const { erased, tasksAdded } = replay;
  return { entries: head.position, erased, tasksAdded, ...(difference === undefined ? {} : { difference }) };
}

async function empty(
  { tables, kept }: { readonly tables: readonly string[]; readonly kept: readonly string[] },
  options: RebuildOptions,
  writing: Writing,
): Promise<void> {
  await keepTables(kept, writing);
  if (!options.check) await options.search.clear(writing);
  for (const table of tables.toReversed()) await writing.run(definition(`delete from ${table}`), {});
}

/** The saved tree follows from the leaves; the leaves themselves are evidence and never written again. */
async function compareTree(replay: Replay, head: Head): Promise<void> {
  const { options, writing } = replay;
  const saved = replay.tree.save();
  if (Buffer.compare(saved, head.tree) === 0) return;
  differs(replay, 'journal_head', 'tree', 'differs');
  if (!options.check) await writing.run(moveHead, { position: head.position, tree: saved });
}

async function replayPage(replay: Replay, first: number, last: number): Promise<void> {
  const { options, writing } = replay;
  const [from, to] = [must(parsePosition(first)), must(parsePosition(last))];
  const rows = await writing.all(entriesBetween, { from, to });
  const keys = await options.keys.entryKeys({ from, to });
  const planned = await options.tasks.planned({ from, to }, writing);
  const known = Map.groupBy(planned, (task) => task.position);
  let expected = first;
  for (const row of rows) {
    if (row.position !== expected) throw new Error(`record ${expected} is missing: restore a backup`);
    expected += 1;
    await replayRow(row, keys.get(row.position), replay, known.get(row.position) ?? []);
  }
  if (expected !== to + 1) throw new Error(`record ${expected} is missing: restore a backup`);
}

async function replayRow(
  row: EntryRow,
  key: Uint8Array | undefined,
  replay: Replay,
  known: Parameters<typeof replayEntry>[2],
): Promise<void> {
  const leaf = leafHash(Buffer.from(headerOf(row)));
  if (Buffer.compare(leaf, row.leaf) !== 0) differs(replay, 'entry', row.position, 'differs');
  replay.tree.append(row.leaf);
  // Named as erased, it is: whether its key has gone yet or came back with a restore.
  const entry = openRow(row, replay.erasures.has(row.position) ? undefined : key);
  if ('erased' in entry) await passErased(row, replay);
  else await replayEntry(entry, replay, known);
}
