/**
 * Whose turns are running, on disk without a commit: a small file of fixed places, written where the operating system
 * keeps it when the process dies (not when the machine does). The next start reads in it which tasks were running each
 * time, and with that which one is to blame.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { parseTaskId, type TaskId } from '../core/ids.ts';

/** What is held against a task: deaths of the process in the midst of its turns, since one of them last ended. */
export interface Held {
  readonly deaths: number;
  /** Those in the first moments of a trial, in a row: the process died of nothing else in between. */
  readonly blamed: number;
}

export interface TurnNotes {
  readonly held: ReadonlyMap<TaskId, Held>;
  /** Its turn runs, and if the process dies now it is to blame (`trial`) or was merely there (`turn`). */
  began(task: TaskId, as: Running): void;
  /** Its turn is over, and with it all that was held against it. */
  ended(task: TaskId): void;
  /** Its turn is over and proved nothing. */
  left(task: TaskId): void;
  /** The process ends as it was told to: nobody whose turn still runs is to blame. */
  close(): void;
}
type Running = 'trial' | 'turn';

/** Bytes of a place: `+2 0 8812/send` and spaces, with its line end. */
const PLACE = 96;
/** More turns at a time than a runner allows, and those that are remembered from before. */
const PLACES = 256;

/** For a runner without a folder of its own. */
export const noTurnNotes: TurnNotes = {
  held: new Map(),
  began: () => undefined,
  ended: () => undefined,
  left: () => undefined,
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
  readonly held: Map<TaskId, Held>;
  readonly #file: number;
  readonly #places = new Map<TaskId, number>();
  readonly #free: number[] = Array.from({ length: PLACES }, (_, place) => PLACES - 1 - place);
  readonly #running = new Map<TaskId, Running>();
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(file: number, held: Map<TaskId, Held>) {
    this.#file = file;
    this.held = held;
    // All places once, so that later writes need no room on a disk that is full by then.
    writeSync(file, blank().repeat(PLACES), 0);
    for (const task of held.keys()) this.#note(task);
  }

  began(task: TaskId, as: Running): void {
    this.#running.set(task, as);
    this.#note(task);
  }

  ended(task: TaskId): void {
    this.held.delete(task);
    this.left(task);
  }

  left(task: TaskId): void {
    this.#running.delete(task);
    if (this.held.has(task)) {
      this.#note(task);
      return;
    }
    const place = this.#places.get(task);
    if (place === undefined) return;
    this.#places.delete(task);
    this.#free.push(place);
    this.#write(place, blank());
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closing';
    for (const task of [...this.#running.keys(), ...this.held.keys()]) this.left(task);
    this.#state = 'closed';
    closeSync(this.#file);
  }

  /** Without a free place it is not noted, and not blamed. */
  #note(task: TaskId): void {
    const place = this.#places.get(task) ?? this.#free.pop();
    if (place === undefined) return;
    this.#places.set(task, place);
    const { deaths, blamed } = this.held.get(task) ?? { deaths: 0, blamed: 0 };
    const line = `${this.#markOf(task)}${deaths} ${blamed} ${task}`;
    this.#write(place, line.padEnd(PLACE - 1).slice(0, PLACE - 1) + '\n');
  }

  #markOf(task: TaskId): Mark {
    const running = this.#running.get(task);
    if (running !== undefined) return running === 'trial' ? '!' : '+';
    return this.#state === 'open' ? '=' : '-';
  }

  /** A note that can't be written blames nobody; the turn goes on. */
  #write(place: number, text: string): void {
    if (this.#state === 'closed') return;
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

/** On trial, running, waiting for its trial; at rest, for the process ended as it was told to. */
type Mark = '!' | '+' | '=' | '-';
const markNoted = z.enum(['!', '+', '=', '-']);

interface Noted {
  readonly task: TaskId;
  readonly mark: Mark;
  readonly held: Held;
}

/** The most suspicious first, as far as there are places. */
function read(file: string): Map<TaskId, Held> {
  const notes = textOf(file)
    .split('\n')
    .map(parseNote)
    .filter((note) => note !== undefined);
  const explained = notes.some(({ mark }) => mark === '!');
  return new Map(
    notes
      .map(({ task, mark, held }) => [task, heldAfter(mark, held, explained)] as const)
      .sort(([, a], [, b]) => b.deaths - a.deaths)
      .slice(0, PLACES / 2),
  );
}

function parseNote(line: string): Noted | undefined {
  const [, mark, deaths, blamed = 0, id] = /^([-!+=])(\d{1,6}) (?:(\d{1,6}) )?(\S+) *$/u.exec(line) ?? [];
  const task = parseTaskId(id);
  if (!task.ok) return undefined;
  return { task: task.value, mark: markNoted.parse(mark), held: { deaths: Number(deaths), blamed: Number(blamed) } };
}

/** The process died, and who was on trial explains it: else something kills it that is none of those who waited. */
function heldAfter(mark: Mark, { deaths, blamed }: Held, explained: boolean): Held {
  switch (mark) {
    case '!':
      return { deaths: deaths + 1, blamed: blamed + 1 };
    case '+':
      return { deaths: deaths + 1, blamed };
    case '=':
      return { deaths, blamed: explained ? blamed : 0 };
    case '-':
      return { deaths, blamed };
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
