/**
 * A process that dies at one of its calls of the outside: a network, the homeserver, the record. From then on nothing it
 * does reaches anybody, and nothing comes back to it: what was under way never ends, as after a kill -9.
 */

/** `asking`: the call was never made. `answered`: it was, and its answer was never seen. */
export type Moment = 'asking' | 'answered';

export interface Death {
  /** Which call, counted from 1. */
  readonly at: number;
  readonly moment: Moment;
}

export class DiesAt {
  readonly #death = Promise.withResolvers<undefined>();
  readonly #underWay = new Set<Promise<unknown>>();
  #planned: Death | undefined;
  #made = 0;
  #diedAt: string | undefined;

  /** Its calls are counted from now on. */
  plan(death: Death): void {
    this.#planned = death;
    this.#made = 0;
  }

  /** The call that it died at, by name. */
  get diedAt(): string | undefined {
    return this.#diedAt;
  }

  /** `outer` as the process sees it. Only these calls can be its last, and stay open once it died: the others leave nothing. */
  of<T extends object>(outer: T, calls: readonly (keyof T & string)[], name = ''): T {
    const counted = new Set<PropertyKey>(calls);
    return new Proxy(outer, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        const call = (given: readonly unknown[]): unknown => Reflect.apply(value, target, given);
        if (!counted.has(key)) return (...given: readonly unknown[]): unknown => call(given);
        return (...given: readonly unknown[]): unknown => this.#call(`${name}${String(key)}`, () => call(given));
      },
    });
  }

  /** True when `work` ended; false when the process died first, and what it had begun outside is over. */
  async survives(work: Promise<unknown>): Promise<boolean> {
    await Promise.race([work, this.#death.promise]);
    if (this.#diedAt === undefined) return true;
    work.catch(() => undefined);
    await Promise.allSettled(this.#underWay);
    return false;
  }

  async #call(name: string, call: () => unknown): Promise<unknown> {
    if (this.#diedAt !== undefined) return never();
    this.#made += 1;
    const last = this.#made === this.#planned?.at ? this.#planned.moment : undefined;
    if (last !== undefined) this.#diedAt = `${name} (${last})`;
    if (last === 'asking') return this.#die();
    const answer = Promise.resolve(call());
    this.#underWay.add(answer);
    const value = await answer.finally(() => this.#underWay.delete(answer));
    if (last !== undefined) return this.#die();
    return this.#diedAt === undefined ? value : never();
  }

  #die(): Promise<never> {
    this.#death.resolve(undefined);
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** So many calls no scene makes. */
const CALLS_MOST = 200;

/**
 * Plays a scene once for each call that it makes, for death before the call and for death after it, until the process
 * lives through all of it. The scene plans the death where it wants the counting to begin.
 * @returns the calls that it died at
 */
export async function diesAtEach(scene: (dies: DiesAt, death: Death) => Promise<void>): Promise<readonly string[]> {
  const diedAt: string[] = [];
  for (let at = 1; at <= CALLS_MOST; at += 1) {
    for (const moment of ['asking', 'answered'] as const) {
      const dies = new DiesAt();
      await scene(dies, { at, moment }).catch((error: unknown) => {
        throw new Error(`where it dies at call ${String(at)}, ${dies.diedAt ?? 'and lives'}`, { cause: error });
      });
      if (dies.diedAt === undefined) return diedAt;
      diedAt.push(dies.diedAt);
    }
  }
  throw new Error(`the scene makes more than ${String(CALLS_MOST)} calls`);
}
