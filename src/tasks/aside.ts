/**
 * Lanes that stepped aside until something of their own comes about: they hold no place, no timer and no attempt, and the
 * walk over all lanes passes them by. In memory: after a restart their first tasks are simply ready.
 */
import type { Lane, TaskId } from '../core/ids.ts';

/** Lanes remembered; more are found again on disk when one of these comes back. */
export const asideMax = 20_000;

export interface AsideHandlers {
  /** What the lane waited for has come about. */
  wake(lane: Lane): void;
  /** Lanes that found no room here may have work. */
  look(): void;
}

export class Aside {
  readonly #handlers: AsideHandlers;
  readonly #tasks = new Map<Lane, TaskId>();
  #crowded = false;

  constructor(handlers: AsideHandlers) {
    this.#handlers = handlers;
  }

  get size(): number {
    return this.#tasks.size;
  }

  put(task: { readonly lane: Lane; readonly id: TaskId }, until: Promise<void>): void {
    const { lane, id } = task;
    if (this.#tasks.size >= asideMax && !this.#tasks.has(lane)) {
      this.#crowded = true;
      return;
    }
    this.#tasks.set(lane, id);
    const back = (): void => {
      this.#back(lane, id);
    };
    until.then(back, back);
  }

  /** Whether the lane waits here with this very task at its head. */
  holds(lane: Lane, id: TaskId | undefined): boolean {
    return id !== undefined && this.#tasks.get(lane) === id;
  }

  /** The lane has a turn: it steps aside anew, or not. */
  leave(lane: Lane): void {
    this.#tasks.delete(lane);
  }

  #back(lane: Lane, id: TaskId): void {
    if (this.#tasks.get(lane) !== id) return;
    this.#tasks.delete(lane);
    this.#handlers.wake(lane);
    if (!this.#crowded) return;
    this.#crowded = false;
    this.#handlers.look();
  }
}
