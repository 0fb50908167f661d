/** One turn of a task: its handler is called, and what it answers becomes one commit. */
import type { Clock } from '../core/clock.ts';
import type { Draft, DraftOf, Entry, ErasedEntry } from '../core/entry.ts';
import { failures, type FailureKind } from '../core/failures.ts';
import type { Log } from '../core/ports/log.ts';
import { JournalDown, type Also, type Settlement } from '../core/ports/recorder.ts';
import type { Journal } from '../journal/journal.ts';
import { nextTry } from './back-off.ts';
import type { Task, TaskHandlers, TaskKind, Turn, TurnContext } from './task.ts';

export interface TurnDeps {
  readonly journal: Pick<Journal, 'read'>;
  readonly handlers: TaskHandlers;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
}

/** How a turn ended and what has to be committed for it. */
export interface EndedTurn {
  readonly turn: Turn;
  /** `dead` also when a retry was asked for and the failure's row allows no more. */
  readonly outcome: Turn['to'];
  readonly entries: readonly Draft[];
  readonly also: Also;
}

type Opened = Entry | ErasedEntry;

/**
 * Calls the task's handler. Whatever it throws is an `internal` failure of this task and of no other.
 * @throws JournalDown when the journal took nothing from it: that is no failure of the task
 */
export async function playTurn(deps: TurnDeps, task: Task, context: TurnContext): Promise<EndedTurn> {
  const { log } = deps;
  try {
    const { kind, entry } = await openTurn(deps, task);
    const turn = await kind.run(task, entry, context);
    return await endTurn(deps, task, turn);
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    log.error('task.failed', { task: task.id, kind: task.kind, attempt: task.attempts + 1 }, error);
    return endTurn(deps, task, { to: 'retry', reason: 'internal' });
  }
}

/** The end of a turn whose entries could not be recorded: it failed inside, and may have acted. */
export function unrecordable(deps: TurnDeps, task: Task): Promise<EndedTurn> {
  return endTurn(deps, task, { to: 'retry', reason: 'internal' });
}

/**
 * The end of a task whose turns the process did not survive: no turn is played. `untold` when even asking its feature
 * what to tell ended a process.
 */
export function setAside(deps: TurnDeps, task: Task, untold: boolean): Promise<EndedTurn> {
  const handlers: TaskHandlers = untold ? new Map() : deps.handlers;
  return endDead({ ...deps, handlers }, task, { to: 'dead', reason: 'internal' });
}

async function openTurn(deps: TurnDeps, task: Task): Promise<{ kind: TaskKind; entry: Opened }> {
  const kind = deps.handlers.get(task.kind);
  if (kind === undefined) throw new Error(`no handler for tasks of kind ${task.kind}`);
  const entry = await deps.journal.read(task.position);
  if (entry === undefined) throw new Error(`there is no entry at position ${task.position}`);
  return { kind, entry };
}

async function endTurn(deps: TurnDeps, task: Task, turn: Turn): Promise<EndedTurn> {
  switch (turn.to) {
    case 'done': {
      const settle: Settlement[] = [{ task: task.id, to: 'done' }, ...(turn.settle ?? [])];
      const also = turn.kv === undefined ? { settle } : { settle, kv: turn.kv };
      return { turn, outcome: 'done', entries: turn.entries ?? [], also };
    }
    case 'gate':
    case 'aside':
      return { turn, outcome: turn.to, entries: turn.entries ?? [], also: {} };
    case 'dead':
      return endDead(deps, task, turn);
    case 'retry':
      return endRetry(deps, task, turn);
  }
}

async function endRetry(deps: TurnDeps, task: Task, turn: Extract<Turn, { to: 'retry' }>): Promise<EndedTurn> {
  const { reason, afterMs, entries = [] } = turn;
  const failure = {
    reason,
    now: deps.clock.now(),
    random: deps.random(),
    ...(afterMs === undefined ? {} : { afterMs }),
  };
  const notBefore = nextTry(task, failure);
  if (notBefore === undefined) return endDead(deps, task, turn);
  const settle: Settlement[] = [{ task: task.id, to: 'retry', notBefore, reason }];
  return { turn, outcome: 'retry', entries, also: { settle } };
}

async function endDead(deps: TurnDeps, task: Task, turn: Extract<Turn, { to: 'dead' | 'retry' }>): Promise<EndedTurn> {
  const { reason, entries = [] } = turn;
  deps.log[failures[reason].level]('task.dead', { task: task.id, kind: task.kind, reason });
  const told = await deadEntries(deps, task, reason);
  return {
    turn,
    outcome: 'dead',
    entries: [...entries, ...told, deadDraft(deps.clock, task, reason)],
    also: { settle: [{ task: task.id, to: 'dead', reason }] },
  };
}

/** The feature's own entries for a dead task; a throw there must not keep the task alive. */
async function deadEntries(deps: TurnDeps, task: Task, reason: FailureKind): Promise<readonly Draft[]> {
  try {
    const { kind, entry } = await openTurn(deps, task);
    return (await kind.dead?.(task, entry, reason)) ?? [];
  } catch (error) {
    deps.log.error('task.dead-untold', { task: task.id, kind: task.kind, reason }, error);
    return [];
  }
}

function deadDraft(clock: Clock, task: Task, reason: FailureKind): DraftOf<'task.dead'> {
  const at = clock.now();
  return {
    kind: 'task.dead',
    at,
    source: { system: 'gatehouse', id: `dead/${task.id}/${at}`, sure: true },
    body: { task: task.id, of: task.position, reason },
  };
}
