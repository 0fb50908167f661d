/**
 * Everything that a simulated process waits for stands here until the history lets it go on: a commit, a request, a
 * submission. One step is released at a time, and all that follows from it happens before the next.
 */
export type Fault = 'refused' | 'throttled' | 'unavailable' | 'broken-before' | 'broken-after';

export interface Step {
  /** Which process waits. */
  readonly process: number;
  readonly what: 'commit' | 'request' | 'submission';
  /** What a reader of the trace is told. */
  readonly words: string;
  /** Does it; of a process that died meanwhile, only what the peer does, since nobody waits for the answer. */
  readonly act: (given: { readonly fault: Fault | undefined; readonly answered: boolean }) => Promise<void>;
}

export class Steps {
  #waiting: Step[] = [];
  readonly #trace: (words: string) => void;

  constructor(trace: (words: string) => void) {
    this.#trace = trace;
  }

  get waiting(): readonly Step[] {
    return this.#waiting;
  }

  add(step: Step): void {
    this.#waiting.push(step);
  }

  /** Lets one go on, the oldest by default, and waits until all that follows from it has happened. */
  async release(index = 0, fault?: Fault): Promise<void> {
    const [step] = this.#waiting.splice(index, 1);
    if (step === undefined) return;
    const answered = step.process > 0;
    this.#trace(`${step.words}${fault === undefined ? '' : ` (${fault})`}${answered ? '' : ', of the dead process'}`);
    await step.act({ fault, answered });
    await quiet();
  }

  /** What a dead process waited for never happens, but for the one request that was on the wire already. */
  abandon(process: number, onWire: number | undefined): void {
    const requests = this.#waiting.filter((step) => step.process === process && step.what !== 'commit');
    const kept = onWire === undefined ? undefined : requests[onWire % requests.length];
    this.#waiting = this.#waiting.filter((step) => step.process !== process);
    if (kept !== undefined) this.#waiting.push({ ...kept, process: 0 });
  }
}

/** Resolves when nothing can go on by itself any more: in here only a released step or a timer moves anything. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
