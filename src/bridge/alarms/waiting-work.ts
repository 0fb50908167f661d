/** What waits and is held back by nothing: how long really, and on which connector. */
import {
  parsePortalId,
  type ConnectorId,
  type Lane,
  type Millis,
  type PortalId,
  type Position,
} from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Journal } from '../../journal/journal.ts';
import type { TaskRunner } from '../../tasks/runner.ts';
import type { Task } from '../../tasks/task.ts';
import { placeOfPortal } from '../portals/portal-store.ts';
import { jumpedSince } from './clock-store.ts';
import type { WaitingTask } from './facts.ts';

/** More tell nothing new: the oldest of each connector is among them, or something else is wrong too. */
const LOOKED_AT = 50;
const OUT = /^out:(.+)$/u;

export interface WaitingDeps {
  readonly journal: Pick<Journal, 'read' | 'views'>;
  readonly runner: Pick<TaskRunner, 'waiting'>;
  readonly lines: readonly Line[];
}

export interface WaitingWork {
  readonly oldest?: WaitingTask;
  /** How long the oldest answer for each connector waits. */
  readonly onConnector: ReadonlyMap<ConnectorId, number>;
}

export async function waitingWork(now: Millis, deps: WaitingDeps): Promise<WaitingWork> {
  const tasks = await deps.runner.waiting(LOOKED_AT);
  const [first] = tasks;
  const onConnector = new Map<ConnectorId, number>();
  for (const task of tasks) {
    const connector = await connectorOf(task, deps);
    if (connector === undefined || onConnector.has(connector)) continue;
    onConnector.set(connector, (await ageOf(task.position, now, deps)).forMs);
  }
  if (first === undefined) return { onConnector };
  return { onConnector, oldest: { kind: first.kind, ...(await ageOf(first.position, now, deps)) } };
}

/** Since it came on record, what the clock jumped meanwhile taken out. */
async function ageOf(
  position: Position,
  now: Millis,
  { journal }: WaitingDeps,
): Promise<{ readonly forMs: number; readonly since: Millis }> {
  const entry = await journal.read(position);
  if (entry === undefined) return { forMs: 0, since: now };
  const jumpedMs = await journal.views.read((reading) => jumpedSince(reading, position));
  return { forMs: Math.max(0, now - entry.recordedAt - jumpedMs), since: entry.recordedAt };
}

async function connectorOf(task: Task, { journal, lines }: WaitingDeps): Promise<ConnectorId | undefined> {
  const portal = task.kind === 'send' ? portalOf(task.lane) : undefined;
  if (portal === undefined) return undefined;
  const place = await journal.views.read((reading) => placeOfPortal(reading, portal));
  return lines.find((line) => line.id === place?.line)?.connector;
}

function portalOf(lane: Lane): PortalId | undefined {
  const id = parsePortalId(OUT.exec(lane)?.[1]);
  return id.ok ? id.value : undefined;
}
