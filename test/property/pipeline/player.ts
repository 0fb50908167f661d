/** Plays a plan: each decision lets one thing happen; at the end all faults cease and everything comes to rest. */
import { countTasks } from '../../../src/tasks/open-tasks.ts';
import { People } from './people.ts';
import type { Plan, Stimulus } from './plan.ts';
import { Process } from './process.ts';
import type { CustomerText, Receipt } from './provider.ts';
import type { Line } from '../../../src/core/line.ts';
import { lines } from './house-rules.ts';
import { quiet, type Fault } from './steps.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

const FAULTS: readonly Fault[] = ['broken-after', 'refused', 'throttled', 'unavailable', 'broken-before'];
const JUMPS_MS: readonly number[] = [1_000, 20_000, 90_000, 1_200_000];
/** Things that may happen after the last fault until nothing is left to do. */
const REST_LIMIT = 3_000;
/** The largest jump to a timer: longer waits are crossed in several. */
const FAR_MS = 86_400_000;

export class Player {
  readonly people: People;
  readonly #world: World;
  readonly #script: Stimulus[];
  #process: Process | undefined;
  #lives = 0;
  #kills: ReadonlySet<number> = new Set();
  #together = false;
  #released = 0;

  constructor(world: World, script: readonly Stimulus[]) {
    this.#world = world;
    this.#script = [...script];
    this.people = new People(world);
  }

  /** Ends early at the first broken promise. */
  async play(plan: Pick<Plan, 'decisions' | 'kills' | 'together'>): Promise<void> {
    this.#kills = new Set(plan.kills);
    this.#together = plan.together === true;
    await this.#start();
    for (const decision of plan.decisions) {
      if (this.#isOver) return;
      await this.#decide(decision % 100, Math.floor(decision / 100));
    }
    await this.rest();
  }

  get #isOver(): boolean {
    return this.#world.judge.violations.length > 0;
  }

  async #start(): Promise<void> {
    this.#lives += 1;
    this.#world.trace(`gatehouse starts, life ${String(this.#lives)}`);
    const starting = Process.start(this.#lives, this.#world);
    await quiet();
    this.#process = await starting;
    await quiet();
  }

  /** `which` of a hundred things, and a number for the choice among their like. */
  async #decide(which: number, pick: number): Promise<void> {
    const { steps } = this.#world;
    if (this.#process === undefined && which < 52) return this.#start();
    if (which < 45) return steps.waiting.length > 0 ? this.#release(pick % steps.waiting.length) : this.#pass();
    if (which < 52) return this.#releaseBadly(pick);
    if (which < 66) return this.#deliver(which, pick);
    if (which < 78) return this.#stimulate();
    if (which < 87) return this.#bring(pick, which < 85);
    if (which < 92) return this.#pass();
    return this.#trouble(which, pick);
  }

  async #release(index: number, fault?: Fault): Promise<void> {
    await this.#world.steps.release(index, fault);
    this.#released += 1;
    if (!this.#kills.has(this.#released)) return;
    this.#crash(undefined);
    if (this.#together) this.#restartHomeserver();
  }

  async #releaseBadly(pick: number): Promise<void> {
    const { steps } = this.#world;
    const index = Math.floor(pick / FAULTS.length) % Math.max(steps.waiting.length, 1);
    await this.#release(index, steps.waiting[index]?.what === 'commit' ? undefined : FAULTS[pick % FAULTS.length]);
  }

  async #deliver(which: number, pick: number): Promise<void> {
    const stream = this.#world.streams[pick % 2 === 0 ? 0 : 1];
    const fate = which < 62 ? 'answered' : which < 64 ? 'lost' : 'twice';
    if (this.#process === undefined) return;
    stream.deliver(this.#process, 1 + (Math.floor(pick / 2) % 5), fate);
    await quiet();
  }

  async #stimulate(): Promise<void> {
    const next = this.#script.shift();
    if (next === undefined) return this.#pass();
    if (next.do === 'decide') this.#process?.decide(next);
    else this.people.act(next);
    await quiet();
  }

  /** A network brings a text or a receipt. */
  async #bring(pick: number, answered: boolean): Promise<void> {
    const { provider } = this.#world;
    const texts = provider.waiting();
    const receipts = provider.receiptsWaiting();
    const chosen = [...texts, ...receipts][pick % Math.max(texts.length + receipts.length, 1)];
    if (chosen === undefined || this.#process === undefined) return;
    if ('state' in chosen) this.#bringReceipt(this.#process, chosen, answered);
    else this.#bringText(this.#process, chosen, answered);
    await quiet();
  }

  #bringText(process: Process, text: CustomerText, answered: boolean): void {
    const connector = process.connector(text.from.line.connector);
    if (!connector.connected) return;
    text.attempts += 1;
    const attempt = text.attempts;
    text.open = attempt;
    this.#world.trace(`network brings "${text.text}" of ${text.from.name} as ${text.id}, time ${String(attempt)}`);
    const done = async (): Promise<void> => {
      const written = await connector.bring(text, attempt).catch(() => undefined);
      // Answers that come after the connection is gone reach nobody.
      if (text.open !== attempt) return;
      text.open = undefined;
      if (written === undefined) return;
      // An answer is lost only with its connection.
      if (!answered) {
        this.#drop(text.from.line);
        return;
      }
      written();
      text.acknowledged.push(attempt);
      await this.#world.judge.acknowledgedText(text, attempt);
    };
    done().catch(rethrow);
  }

  #bringReceipt(process: Process, receipt: Receipt, answered: boolean): void {
    const connector = process.connector(receipt.line.connector);
    if (!connector.connected) return;
    receipt.open = true;
    this.#world.trace(`network brings receipt ${receipt.state} of ${receipt.id}`);
    const done = async (): Promise<void> => {
      const taken = await connector.receive(receipt).then(
        () => true,
        () => false,
      );
      receipt.open = false;
      if (!taken || !answered) return;
      receipt.acknowledged = true;
      await this.#world.judge.acknowledgedReceipt(receipt, receipt.line.connector);
    };
    done().catch(rethrow);
  }

  /** Time goes on to the next timer, or by a second when there is none. */
  async #pass(): Promise<void> {
    const { clock } = this.#world;
    const ms = Math.min(Math.max((clock.nextAt ?? clock.now() + 1_000) - clock.now(), 1), FAR_MS);
    clock.advance(ms);
    await quiet();
  }

  async #trouble(which: number, pick: number): Promise<void> {
    if (which < 94) this.#crash(pick % 3 === 0 ? Math.floor(pick / 3) : undefined);
    else if (which === 94) this.#restartHomeserver();
    else if (which < 97) this.#fillDisk(which === 95);
    else if (which === 97) this.#drop(lines[pick % 2 === 0 ? 0 : 1]);
    else if (which === 98) this.#connectAll();
    else this.#world.clock.advance(JUMPS_MS[pick % JUMPS_MS.length] ?? 1_000);
    await quiet();
  }

  #restartHomeserver(): void {
    const { synapse, streams, trace } = this.#world;
    trace('homeserver restarts: transactions forgotten');
    synapse.restart();
    for (const stream of streams) stream.restart();
  }

  #fillDisk(full: boolean): void {
    const { place, trace } = this.#world;
    place.database.full = full;
    trace(full ? 'disk full' : 'disk has space');
  }

  #connectAll(): void {
    for (const line of lines) this.#connect(line);
  }

  #crash(onWire: number | undefined): void {
    if (this.#process === undefined) return;
    this.#world.trace('gatehouse is killed');
    this.#process.kill(onWire);
    for (const stream of this.#world.streams) stream.disconnect();
    this.#process = undefined;
  }

  #connect(line: Line): void {
    const connector = this.#process?.connector(line.connector);
    if (connector === undefined || connector.connected) return;
    this.#world.trace(`${line.connector} is connected`);
    connector.connect();
  }

  /** What was brought over the lost connection is answered to nobody. */
  #drop(line: Line): void {
    const connector = this.#process?.connector(line.connector);
    if (connector?.connected !== true) return;
    this.#world.trace(`${line.connector} lost its connection`);
    connector.disconnect();
    for (const text of this.#world.provider.texts) if (text.from.line === line) text.open = undefined;
  }

  /** No more faults: everything that has to happen happens. */
  async rest(): Promise<void> {
    this.#world.trace('all faults end');
    this.#world.place.database.full = false;
    if (this.#process === undefined) await this.#start();
    this.#connectAll();
    await quiet();
    for (let n = 0; n < REST_LIMIT; n += 1) {
      if (this.#isOver || !(await this.#goOn())) return;
    }
    this.#world.judge.blame('never comes to rest', `still something to do after ${String(REST_LIMIT)} steps`);
  }

  /** Does the next thing; false when nothing is left. */
  async #goOn(): Promise<boolean> {
    const { steps, streams, provider, place } = this.#world;
    if (this.#process === undefined) return did(this.#start());
    if (steps.waiting.length > 0) return did(this.#release(0));
    const stream = streams.find((one) => one.hasMore);
    if (stream !== undefined) return did(this.#push(stream));
    this.#connectAll();
    if (provider.waiting().length + provider.receiptsWaiting().length > 0) return did(this.#bring(0, true));
    const { ready } = await place.database.read(countTasks);
    if (ready > 0) return did(this.#pass());
    return this.#script.length > 0 && did(this.#stimulate());
  }

  async #push(stream: Stream): Promise<void> {
    if (this.#process !== undefined) stream.deliver(this.#process, 10, 'answered');
    await quiet();
  }
}

async function did(something: Promise<void>): Promise<true> {
  await something;
  return true;
}

function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
