/**
 * A house without a journal, in simulated time: tasks come in steadily, their turns take as long as turns do, and the
 * process is killed again and again. Who may run is decided by the real rule, over a real file of notes.
 */
import { must, parsePosition, taskIdFor, type TaskId } from '../../../src/core/ids.ts';
import { Suspects } from '../../../src/tasks/suspects.ts';
import { openTurnNotes } from '../../../src/tasks/turn-notes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const LANES = 30;
const PARALLEL = 16;
const START_MS = 1_500;

export interface Storm {
  readonly file: string;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly perSecond: number;
  /** How long the turn of a task takes; `poison` ends the process as it begins. */
  readonly turnMs: (task: TaskId) => number | 'poison';
}

interface Life {
  readonly clock: ManualClock;
  readonly suspects: Suspects;
  /** Lanes whose turn runs, and lanes that stepped aside. */
  readonly running: Set<number>;
  readonly aside: Set<number>;
  dead: boolean;
}

export class StormyHouse {
  readonly #storm: Storm;
  readonly #lanes: TaskId[][] = Array.from({ length: LANES }, () => []);
  readonly setAside: TaskId[] = [];
  arrived = 0;
  done = 0;
  #now = 0;
  #nextArrival = 0;

  constructor(storm: Storm) {
    this.#storm = storm;
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  /**
   * One life of the process, ended by a kill so long after its start, or by a poison; without a kill nothing more comes
   * in, and it lives until nothing is left to do. True when it was a poison.
   */
  async live(killedAfterMs?: number): Promise<boolean> {
    const { file, random } = this.#storm;
    const clock = new ManualClock(this.#now);
    const suspects = new Suspects(openTurnNotes(file), { clock, random });
    const life: Life = { clock, suspects, running: new Set(), aside: new Set(), dead: false };
    const killed = this.#now + (killedAfterMs ?? Infinity);
    const arriving = killedAfterMs !== undefined;
    const lives = (): boolean => !life.dead;
    while (lives()) {
      if (arriving) this.#take();
      this.#startTurns(life);
      await settled();
      const next = Math.min(clock.nextAt ?? Infinity, arriving ? this.#nextArrival : Infinity, killed);
      if (next === Infinity || !lives()) break;
      this.#now = Math.max(this.#now, next);
      if (this.#now >= killed) break;
      clock.advance(this.#now - clock.monotonic());
      await settled();
    }
    this.#now += START_MS;
    const byPoison = !lives();
    life.dead = true;
    return byPoison;
  }

  #take(): void {
    while (this.#nextArrival <= this.#now) {
      this.arrived += 1;
      const lane = Math.floor(this.#storm.random() * LANES);
      this.#lanes[lane]?.push(taskIdFor(must(parsePosition(this.arrived)), 'send'));
      this.#nextArrival += (-Math.log(1 - this.#storm.random()) * 1_000) / this.#storm.perSecond;
    }
  }

  #startTurns(life: Life): void {
    for (const [lane, [task]] of this.#lanes.entries()) {
      if (task === undefined || life.dead || life.running.size >= PARALLEL) continue;
      if (life.running.has(lane) || life.aside.has(lane)) continue;
      this.#begin(life, lane, task);
    }
  }

  #begin(life: Life, lane: number, task: TaskId): void {
    const verdict = life.suspects.begins(task);
    const again = (): void => {
      life.aside.delete(lane);
      if (!life.dead) this.#startTurns(life);
    };
    if ('until' in verdict) {
      life.aside.add(lane);
      verdict.until.then(again, again);
      return;
    }
    if (!verdict.run) {
      this.setAside.push(task);
      this.#lanes[lane]?.shift();
      life.suspects.ended(task);
      return;
    }
    this.#run(life, lane, task);
  }

  #run(life: Life, lane: number, task: TaskId): void {
    const takes = this.#storm.turnMs(task);
    if (takes === 'poison') {
      life.dead = true;
      return;
    }
    life.running.add(lane);
    life.clock.after(takes, () => {
      life.suspects.ended(task);
      this.#lanes[lane]?.shift();
      this.done += 1;
      life.running.delete(lane);
    });
  }
}

/** What follows from promises has followed. */
async function settled(): Promise<void> {
  for (let n = 0; n < 10; n += 1) await Promise.resolve();
}
