/**
 * Whose turns are running, on disk without a commit: a small file of fixed places, written where the operating system
 * keeps it when the process dies (not when the machine does). The next start reads in it which tasks were running each
 * time, and with that which one is to blame.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseTaskId, type TaskId } from '../core/ids.ts';

export interface TurnNotes {
  /** How often the process has died in the midst of a task's turn, since a turn of it last ended. */
  readonly deaths: ReadonlyMap<TaskId, number>;
  began(task: TaskId): void;
  ended(task: TaskId): void;
  /** The process ends as it was told to: nobody whose turn still runs is to blame. */
  close(): void;
}

/** Bytes of a place: `+2 8812/send` and spaces, with its line end. */
const PLACE = 96;
/** More turns at a time than a runner allows, and those that are remembered from before. */
const PLACES = 256;

/** For a runner without a folder of its own. */
export const noTurnNotes: TurnNotes = {
  deaths: new Map(),
  began: () => undefined,
  ended: () => undefined,
  close: () => undefined,
};

/** What was in the file and can't be read is forgotten; on a disk that takes no file nothing is noted. */
export function openTurnNotes(file: string): TurnNotes {
  const before = read(file);
  try {
    return new FileNotes(openSync(file, 'w+', 0o600), before);
  } catch {
    return noTurnNotes;
  }
}

class FileNotes implements TurnNotes {
  readonly deaths: Map<TaskId, number>;
  readonly #file: number;
  readonly #places = new Map<TaskId, number>();
  readonly #free: number[] = Array.from({ length: PLACES }, (_, place) => PLACES - 1 - place);
  readonly #running = new Set<TaskId>();
  #closed = false;

  constructor(file: number, deaths: Map<TaskId, number>) {
    this.#file = file;
    this.deaths = deaths;
    // All places once, so that later writes need no room on a disk that is full by then.
    writeSync(file, blank().repeat(PLACES), 0);
    for (const task of deaths.keys()) this.#note(task);
  }

  began(task: TaskId): void {
    this.#running.add(task);
    this.#note(task);
  }

  ended(task: TaskId): void {
    this.#running.delete(task);
    this.deaths.delete(task);
    const place = this.#places.get(task);
    if (place === undefined) return;
    this.#places.delete(task);
    this.#free.push(place);
    this.#write(place, blank());
  }

  close(): void {
    if (this.#closed) return;
    for (const task of [...this.#running]) {
      this.#running.delete(task);
      if (this.deaths.has(task)) this.#note(task);
      else this.ended(task);
    }
    this.#closed = true;
    closeSync(this.#file);
  }

  /** Without a free place it is not noted, and not blamed. */
  #note(task: TaskId): void {
    const place = this.#places.get(task) ?? this.#free.pop();
    if (place === undefined) return;
    this.#places.set(task, place);
    const mark = this.#running.has(task) ? '+' : '=';
    this.#write(place, `${mark}${this.deaths.get(task) ?? 0} ${task}`.padEnd(PLACE - 1).slice(0, PLACE - 1) + '\n');
  }

  /** A note that can't be written blames nobody; the turn goes on. */
  #write(place: number, text: string): void {
    if (this.#closed) return;
    try {
      writeSync(this.#file, text, place * PLACE);
    } catch {
      this.#places.forEach((known, task) => {
        if (known === place) this.#places.delete(task);
      });
    }
  }
}

function blank(): string {
  return `${' '.repeat(PLACE - 1)}\n`;
}

/** `+` was running when the process died: one death more. The most suspicious first, as far as there are places. */
function read(file: string): Map<TaskId, number> {
  const found: [TaskId, number][] = [];
  for (const line of textOf(file).split('\n')) {
    const [, mark, count, id] = /^([+=])(\d{1,6}) (\S+) *$/u.exec(line) ?? [];
    const task = parseTaskId(id);
    if (task.ok) found.push([task.value, Number(count) + (mark === '+' ? 1 : 0)]);
  }
  return new Map(found.sort(([, a], [, b]) => b - a).slice(0, PLACES / 2));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
