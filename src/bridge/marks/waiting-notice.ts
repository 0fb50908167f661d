/**
 * "Waiting: SMS hasn't answered since 11:02": one notice per room and closing of a gate, after a minute, and only where
 * a message still waits. A notice lost with the process is said again when the gate is found closed again.
 */
import type { GateId, Millis, Position } from '../../core/ids.ts';
import type { FailureKind } from '../../core/failures.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { clockTime, failureWords } from '../outbound/failure-words.ts';
import type { MarkBudget } from './mark-budget.ts';
import { messageAt } from '../messages/message-store.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { tell } from '../tell.ts';

const AFTER_MS = 60_000;
/** Rooms remembered per closed gate, those that wait longest first; in more of them ⏳ says it alone. */
const ROOMS_MAX = 2_000;
/** Among those that wait for the budget all notices are one: however many rooms are to be told, a failure comes next. */
const NOTICE = { who: 'notices', events: 1, urgency: { is: 'to-read' } } as const;

type NoticeDeps = Pick<BridgeDeps, 'journal' | 'homeserver' | 'clock' | 'timezone' | 'log'>;
interface Waiting {
  readonly gate: GateId;
  readonly reason: FailureKind;
  readonly portal: Portal;
  /** The message that waits at the head of its lane. */
  readonly of: Position;
}
interface ClosedGate {
  readonly since: Millis;
  readonly rooms: Map<string, Waiting>;
  readonly told: Set<string>;
  readonly cancel: () => void;
  /** The minute is over, whatever the wall clock says. */
  due: boolean;
}

export class WaitingNotices {
  readonly #deps: NoticeDeps;
  readonly #budget: MarkBudget;
  readonly #gates = new Map<GateId, ClosedGate>();
  #telling: Promise<void> = Promise.resolve();

  constructor(deps: NoticeDeps, budget: MarkBudget) {
    this.#deps = deps;
    this.#budget = budget;
  }

  /** A message was found to wait behind a gate. */
  note(waiting: Waiting): void {
    const closed = this.#gates.get(waiting.gate) ?? this.#closed(waiting.gate);
    const { portal } = waiting.portal;
    if (closed.told.has(portal) || closed.rooms.size + closed.told.size >= ROOMS_MAX) return;
    closed.rooms.set(portal, waiting);
    if (closed.due) this.#due(waiting.gate);
  }

  /** A message got through: what closes next is told anew. */
  opened(gate: GateId): void {
    this.#gates.get(gate)?.cancel();
    this.#gates.delete(gate);
  }

  /** Resolves when nothing is being told. */
  idle(): Promise<void> {
    return this.#telling;
  }

  stop(): Promise<void> {
    for (const gate of [...this.#gates.keys()]) this.opened(gate);
    return this.idle();
  }

  #closed(gate: GateId): ClosedGate {
    const cancel = this.#deps.clock.after(AFTER_MS, () => {
      closed.due = true;
      this.#due(gate);
    });
    const closed: ClosedGate = {
      since: this.#deps.clock.now(),
      rooms: new Map<string, Waiting>(),
      told: new Set<string>(),
      cancel,
      due: false,
    };
    this.#gates.set(gate, closed);
    return closed;
  }

  #due(gate: GateId): void {
    this.#telling = this.#telling.then(async () => {
      const closed = this.#gates.get(gate);
      if (closed === undefined) return;
      for (const [portal, waiting] of [...closed.rooms]) {
        closed.rooms.delete(portal);
        if (this.#gates.get(gate) !== closed) return;
        if (await this.#tell(waiting, closed.since)) closed.told.add(portal);
      }
    });
  }

  /** False when there was nothing to tell, or it could not be told: the next turn of the lane notes it again. */
  async #tell({ of, reason, portal }: Waiting, since: Millis): Promise<boolean> {
    const { views } = this.#deps.journal;
    try {
      const now = await views.read(async (reading) => ({
        waits: (await messageAt(reading, of))?.state === 'waiting',
        portal: await portalById(reading, views.sealer, portal.portal),
      }));
      const room = now.portal?.room;
      if (!now.waits || now.portal === undefined || room === undefined) return false;
      const { name, network } = now.portal;
      const text = failureWords(reason, { name, network, since: clockTime(since, this.#deps.timezone) });
      if (text === undefined) return false;
      await this.#budget.wait(NOTICE);
      const part = `waiting-${since}`;
      return (await tell({ room, text, mention: [], source: of, part, look: false }, this.#deps)).ok;
    } catch (error) {
      this.#deps.log.error('bridge.notice-failed', { portal: portal.portal }, error);
      return false;
    }
  }
}
