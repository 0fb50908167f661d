/** Takes lanes from the feed as long as there is room, runs the first task of each, and looks again when something changes. */
import type { Lane, Millis } from '../core/ids.ts';
import { Aside } from './aside.ts';
import { begunBefore, type BegunBefore } from './begun-before.ts';
import { Committer } from './commit.ts';
import type { GateChange, Gates } from './gates.ts';
import { GateRecord } from './gate-record.ts';
import { LaneFeed, type Candidate } from './lane-feed.ts';
import { headOf, headsDueBetween, nextDue } from './open-tasks.ts';
import type { RunnerOptions } from './runner-options.ts';
import type { Task } from './task.ts';
import { isDue } from './back-off.ts';
import type { EndedTurn } from './turn.ts';
import { noTurnNotes } from './turn-notes.ts';
import { TurnPlayer } from './turn-player.ts';

/** Slow turns lend their places to others, up to this many times the limit. */
const LENT = 4;
/** The longest time between two looks at what is due: a clock that jumped is noticed by then. */
const LOOK_MS = 60_000;
/** After a read that failed. */
const AGAIN_MS = 1000;
const DUE_PAGE = 500;

interface Claim {
  /** Woken while its turn ran: look again after it. */
  again: boolean;
}

export class LaneWorker {
  readonly #options: RunnerOptions;
  readonly #gates: Gates;
  readonly #feed: LaneFeed;
  readonly #committer: Committer;
  readonly #gateRecord: GateRecord;
  readonly #player: TurnPlayer;
  readonly #stopped = new AbortController();
  readonly #aside: Aside;
  readonly #claims = new Map<Lane, Claim>();
  readonly #slow = new Set<Lane>();
  /** Work that outlives the call which began it; emptied by itself. */
  readonly #background = new Set<Promise<void>>();
  #waiters: (() => void)[] = [];
  #state: 'new' | 'running' | 'stopping' = 'new';
  #unlisten: () => void = () => undefined;
  #cancelAlarm: () => void = () => undefined;
  #pumping = false;
  #pumpAgain = false;
  #alarmed = false;
  #begunBefore: BegunBefore | undefined;
  #lastSweep: Millis | undefined;

  constructor(options: RunnerOptions, gates: Gates) {
    const { journal, clock, log } = options;
    this.#options = options;
    this.#gates = gates;
    this.#feed = new LaneFeed(journal.views, clock);
    const recovered = (): void => {
      this.#kick();
    };
    this.#aside = new Aside({
      wake: (lane) => {
        this.#wake(lane);
        this.#kick();
      },
      look: () => {
        this.#look();
      },
    });
    this.#committer = new Committer({ recorder: journal, clock, log, signal: this.#stopped.signal, recovered });
    this.#gateRecord = new GateRecord(this.#committer, log);
    this.#player = new TurnPlayer(options, {
      ...{ gates, committer: this.#committer, signal: this.#stopped.signal },
      tooSlow: (task) => {
        this.#slow.add(task.lane);
        this.#kick();
      },
    });
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#unlisten = this.#options.journal.onCommitted(({ lanes }) => {
      this.#committer.isUp();
      for (const lane of lanes) this.#wake(lane);
      this.#kick();
    });
    this.#look();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#state = 'stopping';
    this.#unlisten();
    this.#cancelAlarm();
    this.#tellIdle();
    await this.#allDone(deadlineMs);
    this.#stopped.abort();
    this.#options.notes?.close();
  }

  idle(): Promise<void> {
    if (this.#state !== 'running') return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#look();
    });
  }

  gateChanged(change: GateChange): void {
    this.#gateRecord.changed(change);
    this.#track(this.#gateRecord.write());
    if (change.open) this.#look();
  }

  /** Resolves when no turn runs any more, or after `deadlineMs`. */
  #allDone(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(deadlineMs, resolve);
      const done = async (): Promise<void> => {
        while (this.#background.size > 0) await Promise.all(this.#background);
        cancel();
        resolve();
      };
      done().catch(resolve);
    });
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => {
        this.#options.log.error('task.worker-failed', {}, error);
      })
      .finally(() => {
        this.#background.delete(tracked);
        this.#tellIdle();
      });
    this.#background.add(tracked);
  }

  #wake(lane: Lane): void {
    const claim = this.#claims.get(lane);
    if (claim === undefined) this.#feed.wake(lane);
    else claim.again = true;
  }

  /** Walks over all lanes. */
  #look(): void {
    this.#feed.look();
    this.#kick();
  }

  #kick(): void {
    this.#pumpAgain = true;
    if (this.#pumping || this.#state !== 'running') return;
    this.#pumping = true;
    this.#track(this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      while (this.#pumpAgain && this.#state === 'running') {
        this.#pumpAgain = false;
        await this.#fill();
      }
    } catch (error) {
      this.#options.log.error('task.read-failed', {}, error);
      this.#feed.look();
      this.#setAlarm(AGAIN_MS);
    } finally {
      this.#pumping = false;
    }
  }

  /** Starts lanes until there is no room or nothing to do. */
  async #fill(): Promise<void> {
    this.#begunBefore ??= await this.#readBegun();
    this.#lastSweep ??= this.#options.clock.now();
    if (this.#alarmed) await this.#sweep(this.#lastSweep);
    while (this.#hasRoom()) {
      const candidate = await this.#feed.next();
      if (candidate === undefined) return this.#arm();
      if (!this.#skips(candidate)) this.#startLane(candidate.lane);
    }
  }

  async #readBegun(): Promise<BegunBefore> {
    const { journal, notes = noTurnNotes } = this.#options;
    const upTo = await journal.size();
    return journal.views.read((reading) => begunBefore(reading, { upTo, notes }));
  }

  #hasRoom(): boolean {
    const lent = Math.min(this.#slow.size, this.#options.parallel * LENT);
    return this.#state === 'running' && !this.#committer.isDown && this.#claims.size < this.#options.parallel + lent;
  }

  #skips({ lane, head }: Candidate): boolean {
    const claim = this.#claims.get(lane);
    if (claim !== undefined) claim.again = true;
    return head === undefined ? claim !== undefined : claim !== undefined || this.isHeld(head);
  }

  /** Whether the lane's first task waits behind a gate or for its turn at the network's rate. */
  isHeld({ lane, id }: Pick<Task, 'lane' | 'id'>): boolean {
    return this.#gates.parkedAt(lane)?.id === id || this.#aside.holds(lane, id);
  }

  /** Wakes what has become due, and the probes. */
  async #sweep(from: Millis): Promise<void> {
    const to = this.#options.clock.now();
    const due = await this.#options.journal.views.read((reading) =>
      headsDueBetween(reading, { from, to, limit: DUE_PAGE }),
    );
    this.#alarmed = false;
    this.#sweptUntil(to);
    const probes = this.#gates.probes();
    for (const lane of probes.lanes) this.#wake(lane);
    for (const { lane } of due) this.#wake(lane);
    if (probes.look || due.length === DUE_PAGE) this.#feed.look();
  }

  /** Sets the one timer there is: for the next back-off that ends or the next probe. */
  async #arm(): Promise<void> {
    const { clock, journal } = this.#options;
    const now = clock.now();
    const from = this.#lastSweep === undefined || this.#lastSweep > now ? now : this.#lastSweep;
    this.#sweptUntil(from);
    const due = await journal.views.read((reading) => nextDue(reading, from));
    const waits = [due === undefined ? undefined : due - now, this.#gates.nextProbeMs()].filter(
      (ms) => ms !== undefined,
    );
    if (waits.length > 0) this.#setAlarm(Math.min(Math.max(Math.min(...waits), 0), LOOK_MS));
  }

  /** Where the clock was set back, what seems to lie ahead may have been due long ago: everything is looked at. */
  #sweptUntil(time: Millis): void {
    if (this.#lastSweep !== undefined && time < this.#lastSweep) this.#look();
    this.#lastSweep = time;
  }

  #setAlarm(ms: number): void {
    this.#cancelAlarm();
    this.#cancelAlarm = this.#options.clock.after(ms, () => {
      this.#alarmed = true;
      this.#kick();
    });
  }

  #startLane(lane: Lane): void {
    const claim = { again: false };
    this.#claims.set(lane, claim);
    this.#options.metrics.gauge('lanes_running', this.#claims.size);
    this.#track(this.#runLane(lane, claim));
  }

  async #runLane(lane: Lane, claim: Claim): Promise<void> {
    try {
      const head = await this.#options.journal.views.read((reading) => headOf(reading, lane));
      const task = this.#startable(head);
      if (task !== undefined && (await this.#runTask(task))) claim.again = true;
    } catch (error) {
      this.#options.log.error('task.read-failed', {}, error);
      this.#feed.look();
      this.#setAlarm(AGAIN_MS);
    } finally {
      this.#claims.delete(lane);
      this.#options.metrics.gauge('lanes_running', this.#claims.size);
      this.#gates.ended(lane, 'none');
      if (claim.again) this.#feed.wake(lane);
      if (!this.#committer.isDown) this.#kick();
    }
  }

  /** The lane's first task, when it is due and does not wait behind a gate. */
  #startable(head: Task | undefined): Task | undefined {
    if (head === undefined || !isDue(head, this.#options.clock.now())) return undefined;
    const parked = this.#gates.parkedAt(head.lane);
    if (parked?.id === head.id) return undefined;
    this.#gates.unpark(head.lane);
    this.#aside.leave(head.lane);
    return head;
  }

  /** True when the lane may have more to do. */
  async #runTask(task: Task): Promise<boolean> {
    const { clock, metrics } = this.#options;
    const started = clock.monotonic();
    const ended = await this.#player.play(task, this.#begunBefore?.has(task) === true);
    this.#slow.delete(task.lane);
    this.#setGates(task, ended);
    const recorded = await this.#player.record(task, ended);
    metrics.count('task_turns', { kind: task.kind, outcome: ended.outcome });
    metrics.observe('task_turn_seconds', (clock.monotonic() - started) / 1000, { kind: task.kind });
    if (ended.turn.to === 'aside') this.#aside.put(task, ended.turn.until);
    return recorded && ended.outcome !== 'gate' && ended.outcome !== 'aside';
  }

  /** A prober that stepped aside probes when it comes back. */
  #setGates(task: Task, { turn }: EndedTurn): void {
    if (turn.to === 'aside') return;
    if (turn.to !== 'gate') {
      this.#gates.ended(task.lane, turn.to === 'retry' ? 'unclear' : 'clear');
      return;
    }
    const { gate, reason, detail, afterMs } = turn;
    this.#gates.shut(gate, task, {
      reason,
      ...(detail === undefined ? {} : { detail }),
      ...(afterMs === undefined ? {} : { probeAfterMs: afterMs }),
    });
    this.#gates.ended(task.lane, 'unclear');
  }

  #tellIdle(): void {
    const idle = this.#background.size === 0 && this.#gateRecord.isWritten && this.#feed.isEmpty && !this.#alarmed;
    if (!idle && this.#state === 'running') return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
