/** What follows from an entry inside its transaction: projections, then tasks. One that throws stops nothing else. */
import type { Entry } from '../../core/entry.ts';
import { lane, taskIdFor } from '../../core/ids.ts';
import { erasedProjection } from '../erased-store.ts';
import { addStale } from '../head-store.ts';
import type { Planner, Projection, TaskDraft } from '../projection.ts';
import type { Batch } from './batch.ts';
import type { Setting } from './setting.ts';

/** The kind of the task that stands for tasks nobody could plan: dead from the start, for a person to see. */
export const UNPLANNED = 'unplanned';

/**
 * Applies every projection that is not stale, then writes the planned tasks. Mostly nothing throws, so all of it is
 * tried in one savepoint first; only then each by itself, to find out which. An entry that could not be placed changes
 * the projections and moves nothing: one dead task stands for what would have followed.
 */
export async function follow(entry: Entry, placed: boolean, batch: Batch, setting: Setting): Promise<void> {
  if (placed && (await tried(batch, () => together(entry, batch, setting)))) return;
  for (const projection of projections(setting)) await applyAlone(projection, entry, batch, setting);
  if (!placed) {
    await insertUnplanned(entry, batch, setting);
    return;
  }
  for (const part of setting.parts) {
    for (const planner of part.planners) await planAlone(planner, entry, batch, setting);
  }
}

async function together(entry: Entry, batch: Batch, setting: Setting): Promise<void> {
  for (const projection of projections(setting)) {
    if (!batch.stale.has(projection.name)) await projection.apply(entry, batch.writing, setting.keys.sealer);
  }
  for (const part of setting.parts) {
    for (const planner of part.planners) await plan(planner, entry, batch, setting);
  }
}

/** The journal's own first: every other may ask what is erased. */
export function projections(setting: Pick<Setting, 'parts'>): readonly Projection[] {
  return [erasedProjection, ...setting.parts.flatMap((part) => part.projections)];
}

async function applyAlone(projection: Projection, entry: Entry, batch: Batch, setting: Setting): Promise<void> {
  if (batch.stale.has(projection.name)) return;
  let reason = '';
  const apply = (): Promise<void> => projection.apply(entry, batch.writing, setting.keys.sealer);
  const applied = await tried(batch, apply, (error) => {
    reason = describe(error);
  });
  if (applied) return;
  batch.stale.add(projection.name);
  await batch.writing.run(addStale, { name: projection.name, since: entry.position, reason });
}

async function planAlone(planner: Planner, entry: Entry, batch: Batch, setting: Setting): Promise<void> {
  if (await tried(batch, () => plan(planner, entry, batch, setting))) return;
  // Two planners may fail on one entry: one task tells of both.
  await tried(batch, () => insertUnplanned(entry, batch, setting));
}

function insertUnplanned(entry: Entry, batch: Batch, setting: Setting): Promise<void> {
  const { position } = entry;
  const task = { id: taskIdFor(position, UNPLANNED), kind: UNPLANNED, lane: lane('desk', UNPLANNED), position };
  return setting.tasks.insert({ ...task, state: 'dead', reason: UNPLANNED }, batch.writing);
}

async function plan(planner: Planner, entry: Entry, batch: Batch, setting: Setting): Promise<void> {
  const stale = planner.reads.some((name) => batch.stale.has(name));
  for (const draft of await planner.plan(entry, batch.writing, setting.keys.sealer)) {
    await insertTask(draft, entry, stale, { batch, setting });
  }
}

async function insertTask(
  draft: TaskDraft,
  entry: Entry,
  stale: boolean,
  into: { readonly batch: Batch; readonly setting: Setting },
): Promise<void> {
  const { position } = entry;
  const task = { id: taskIdFor(position, draft.kind), kind: draft.kind, lane: draft.lane, position };
  const state = stale ? ({ state: 'waiting', reason: 'stale' } as const) : ({ state: 'ready' } as const);
  await into.setting.tasks.insert({ ...task, ...state }, into.batch.writing);
  if (!stale) into.batch.lanes.add(draft.lane);
}

/** True when `work` succeeded. What ends the whole batch goes on to whoever asked. */
async function tried(batch: Batch, work: () => Promise<void>, failed?: (error: unknown) => void): Promise<boolean> {
  try {
    await batch.attempt(work);
    return true;
  } catch (error) {
    if (batch.endsWith(error)) throw error;
    failed?.(error);
    return false;
  }
}

/** The error's name and where it was thrown; its message may hold personal text. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'not an error';
  const frame = /\(?([\w.-]+\.[tj]s:\d+):\d+\)?$/mu.exec(error.stack ?? '');
  return `${error.name} at ${frame?.[1] ?? 'an unknown place'}`;
}
