/** Jobs that wait for their thread, in order; bounded by how many they are and by what they weigh. */

export interface QueueLimits {
  readonly jobs: number;
  /** Of all that wait, together. */
  readonly weight: number;
}

export class JobQueue<J extends { readonly weight: number }> {
  readonly #limits: QueueLimits;
  readonly #waiting = new Set<J>();
  #weight = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** False when it is full. A job that is too heavy by itself is taken when nothing else waits. */
  add(job: J): boolean {
    const { jobs, weight } = this.#limits;
    const isTooHeavy = this.#waiting.size > 0 && this.#weight + job.weight > weight;
    if (this.#waiting.size >= jobs || isTooHeavy) return false;
    this.#waiting.add(job);
    this.#weight += job.weight;
    return true;
  }

  /** The one that has waited longest. */
  take(): J | undefined {
    const [first] = this.#waiting;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** False where it does not wait. */
  remove(job: J): boolean {
    const waited = this.#waiting.delete(job);
    if (waited) this.#weight -= job.weight;
    return waited;
  }
}
