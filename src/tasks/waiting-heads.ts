/** First tasks of lanes that could run and do not: due, and held back by nothing that is known. */
import type { Millis } from '../core/ids.ts';
import type { Views } from '../journal/journal.ts';
import { dueHeads } from './open-tasks.ts';
import type { Task } from './task.ts';

const PAGE = 256;
/** Behind as many lanes as are remembered as parked somebody else must look: 128 pages are more. */
const PAGES_MAX = 128;

export interface WaitingLook {
  readonly now: Millis;
  /** Tasks wanted at most. */
  readonly limit: number;
  /** Whether a gate, or a turn at the network's rate, holds the lane back. */
  readonly isHeld: (head: Task) => boolean;
}

/** Oldest entry first. */
export async function waitingHeads(views: Pick<Views, 'read'>, look: WaitingLook): Promise<readonly Task[]> {
  const found: Task[] = [];
  let after: Task | undefined;
  for (let page = 0; page < PAGES_MAX && found.length < look.limit; page += 1) {
    const from = { now: look.now, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const heads = await views.read((reading) => dueHeads(reading, from));
    found.push(...heads.filter((head) => !look.isHeld(head)));
    after = heads.at(-1);
    if (heads.length < PAGE) break;
  }
  return found.slice(0, look.limit);
}
