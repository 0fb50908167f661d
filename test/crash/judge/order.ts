/** Order is promised as Synapse and the carrier first handed things to us, and judged against that. */

/** Something that has a place among what went out, or on record; in the order in which it was written. */
export interface Placed {
  readonly event: string;
  readonly at: number;
}

export interface Overtakings {
  /** How many times one overtook another. */
  readonly ours: number;
  /** Where Synapse itself had handed over the later one first, or never the earlier. */
  readonly handedSo: number;
}

export function overtakings(placed: readonly Placed[], handed: readonly ReadonlyMap<string, number>[]): Overtakings {
  let [ours, handedSo] = [0, 0];
  for (const [index, late] of placed.entries()) {
    const overtakers = placed.slice(index + 1).filter((one) => one.at < late.at);
    if (overtakers.length === 0) continue;
    if (overtakers.every((early) => handed.some((order) => handedFirst(early, late, order)))) handedSo += 1;
    else ours += 1;
  }
  return { ours, handedSo };
}

function handedFirst(early: Placed, late: Placed, order: ReadonlyMap<string, number>): boolean {
  const [a, b] = [order.get(early.event), order.get(late.event)];
  return a !== undefined && (b === undefined || a < b);
}

/** A sentence for each of ours. */
export function reorderings(what: string, { ours }: Overtakings): string[] {
  return ours === 0 ? [] : [`${ours} of the ${what} were overtaken by later ones`];
}
