/** One entry of a rebuild: what follows from it, compared with what is there. */
import type { Entry } from '../core/entry.ts';
import { taskIdFor } from '../core/ids.ts';
import type { Writing } from '../storage/database.ts';
import { projections, UNPLANNED } from './append/follow.ts';
import type { CompactTree } from './merkle/tree.ts';
import type { EntryRow } from './entry-store.ts';
import type { Carrying } from './rebuild-carry.ts';
import type { Erasures } from './rebuild-erased.ts';
import { token } from './search/narrow.ts';
import type { Difference, RebuildOptions } from './rebuild-types.ts';
import type { PlannedTask } from './task-sink.ts';

/** Where a rebuild stands. */
export interface Replay {
  readonly options: RebuildOptions;
  readonly writing: Writing;
  readonly tree: CompactTree;
  readonly erasures: Erasures;
  readonly carrying: Carrying;
  erased: number;
  tasksAdded: number;
  /** The first one found. */
  difference: Difference | undefined;
}

/** An erased record says nothing any more: what it left that others need is taken over from what was there. */
export async function passErased(row: EntryRow, replay: Replay): Promise<void> {
  replay.erased += 1;
  replay.erasures.pass(row);
  await replay.carrying.ofRecord(row.position);
  const { options, writing } = replay;
  if (!options.check) return;
  const every = token(options.search.tokens.knownField('every', ''));
  const [found] = await options.search.candidates(every, { below: row.position + 1, limit: 1 }, writing);
  if (found === row.position) differs(replay, 'search_index', row.position, 'extra');
}

/** `known` are the tasks on disk for this entry. */
export async function replayEntry(entry: Entry, replay: Replay, known: readonly PlannedTask[]): Promise<void> {
  const { options, writing } = replay;
  const { sealer } = options.keys;
  if (!options.check) await options.search.add(entry, writing);
  else if (!(await options.search.holds(entry, writing))) differs(replay, 'search_index', entry.position, 'missing');
  const touched = replay.erasures.touchedBy(entry);
  await replay.carrying.of(touched);
  const isOfErased = replay.erasures.underliesOf(entry);
  for (const projection of projections(options)) {
    if (!isOfErased || projection.goesWithItsMessage !== true) await projection.apply(entry, writing, sealer);
  }
  // What was planned then rested on what nobody can read any more.
  if (isOfErased || touched.length > 0) return;
  const planned: PlannedTask[] = [];
  for (const planner of options.parts.flatMap((part) => part.planners)) {
    for (const { kind, lane } of await planner.plan(entry, writing, sealer)) {
      planned.push({ id: taskIdFor(entry.position, kind), kind, lane, position: entry.position });
    }
  }
  await compareTasks(planned, known, replay);
}

async function compareTasks(
  planned: readonly PlannedTask[],
  known: readonly PlannedTask[],
  replay: Replay,
): Promise<void> {
  const onDisk = new Map(known.map((task) => [task.id, task]));
  const unplanned = known.some((task) => task.kind === UNPLANNED);
  for (const task of planned) {
    const found = onDisk.get(task.id);
    onDisk.delete(task.id);
    if (found === undefined) await addTask(task, unplanned, replay);
    else if (found.lane !== task.lane) await moveTask(task, replay);
  }
  for (const extra of onDisk.values()) {
    if (extra.kind !== UNPLANNED) differs(replay, 'task', extra.id, 'extra');
  }
}

/** Long after the fact nothing is set in motion by itself: a person sees the task and decides. */
async function addTask(task: PlannedTask, unplanned: boolean, replay: Replay): Promise<void> {
  // That its planner threw at the time is on record and was shown: no difference.
  if (!unplanned) differs(replay, 'task', task.id, 'missing');
  replay.tasksAdded += 1;
  if (replay.options.check) return;
  await replay.options.tasks.insert({ ...task, state: 'dead', reason: UNPLANNED }, replay.writing);
}

async function moveTask(task: PlannedTask, replay: Replay): Promise<void> {
  differs(replay, 'task', task.id, 'differs');
  if (!replay.options.check) await replay.options.tasks.moveLane(task, replay.writing);
}

export function differs(replay: Replay, table: string, row: string | number, what: Difference['what']): void {
  replay.difference ??= { table, row: String(row), what };
}
