/** A row of the table of tasks, checked as it comes from the database. */
import { sql } from 'kysely';
import { z } from 'zod';
import {
  parseLane,
  parseMillis,
  parsePosition,
  parseTaskId,
  type Lane,
  type Millis,
  type Position,
  type TaskId,
} from '../core/ids.ts';
import type { Task } from './task.ts';

export const taskRow = z.object({
  id: z.custom<TaskId>((id) => parseTaskId(id).ok),
  lane: z.custom<Lane>((lane) => parseLane(lane).ok),
  kind: z.string(),
  position: z.custom<Position>((position) => parsePosition(position).ok),
  state: z.enum(['ready', 'waiting', 'done', 'dead']),
  attempts: z.number(),
  not_before: z.custom<Millis>((time) => parseMillis(time).ok),
  reason: z.string().nullable(),
  failing_since: z.custom<Millis>((time) => parseMillis(time).ok).nullable(),
});

/** Checks one row of the table. */
export function taskOf(raw: unknown): Task {
  const { not_before: notBefore, reason, failing_since: failingSince, ...task } = taskRow.parse(raw);
  return {
    ...task,
    notBefore,
    ...(reason === null ? {} : { reason }),
    ...(failingSince === null ? {} : { failingSince }),
  };
}

/** The columns of a task; the lease columns are the database's own. */
export const taskColumns = [
  'id',
  'lane',
  'kind',
  'position',
  'state',
  'attempts',
  'not_before',
  'reason',
  'failing_since',
] as const;

/** Literals, not parameters: a partial index is used only where its condition stands in the statement. */
export const ready = sql.lit('ready');
export const isHead = sql.lit(1);

export const waiting = sql.lit('waiting');
