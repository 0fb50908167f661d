/**
 * Gates: what parks lanes while a provider, a line or the homeserver is down. A closed gate costs its lanes no timer
 * and no attempt; one lane at a time probes whether it can open, so that nobody is stampeded when it does.
 * In memory: after a restart every gate is open, and the first turn that finds it shut closes it again.
 */
import type { Clock } from '../core/clock.ts';
import type { FailureKind } from '../core/failures.ts';
import type { GateId, Lane, Millis } from '../core/ids.ts';
import type { Task } from './task.ts';

/** A closed gate, as health shows it. */
export interface GateView {
  readonly gate: GateId;
  readonly since: Millis;
  readonly reason: FailureKind;
  /** Safe to show. */
  readonly detail?: string;
  /** Lanes known to wait behind it. */
  readonly parked: number;
}

export interface GateChange {
  readonly gate: GateId;
  readonly open: boolean;
  readonly reason: FailureKind | 'opened';
  readonly at: Millis;
}

export interface Closing {
  readonly reason: FailureKind;
  readonly detail?: string;
  /** When one lane may try; left out by an owner that opens the gate itself. */
  readonly probeAfterMs?: number;
}

type Head = Pick<Task, 'id' | 'position'>;

interface ClosedGate {
  readonly reason: FailureKind;
  readonly detail?: string;
  readonly since: Millis;
  /** The lanes that wait here, each with the task that needs the gate. */
  readonly parked: Map<Lane, Head>;
  /** More lanes wait than are remembered. */
  crowded: boolean;
  /** On the clock that never goes back: a wall clock that is set must not put a probe off for a day. */
  probeAt?: number;
  /** Doubles with each probe that found the gate shut. */
  probeEveryMs: number;
  prober?: Lane;
}

/** How often a gate without a hint from its peer is probed: at first, and at most. */
export const PROBE_MS = 30_000;
const PROBE_CAP_MS = 600_000;
/** Lanes remembered as parked. More are found again on disk when the gate opens. */
const PARKED_MAX = 20_000;

export class Gates {
  readonly #clock: Clock;
  readonly #changed: (change: GateChange) => void;
  readonly #closed = new Map<GateId, ClosedGate>();
  readonly #gateOf = new Map<Lane, GateId>();

  /** @param changed told once for each opening, closing and new reason. */
  constructor(clock: Clock, changed: (change: GateChange) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Closes a gate; of one that is closed, the owner's word changes the reason. */
  close(gate: GateId, closing: Closing): void {
    const now = this.#clock.now();
    const known = this.#closed.get(gate);
    this.#closed.set(gate, shutGate(closing, { now, monotonic: this.#clock.monotonic() }, known));
    if (known?.reason !== closing.reason) this.#changed({ gate, open: false, reason: closing.reason, at: now });
  }

  /** Opens a gate and forgets who waited: the caller looks for work again. False when it was open. */
  open(gate: GateId): boolean {
    const closed = this.#closed.get(gate);
    if (closed === undefined) return false;
    this.#closed.delete(gate);
    for (const lane of closed.parked.keys()) this.#gateOf.delete(lane);
    this.#changed({ gate, open: true, reason: 'opened', at: this.#clock.now() });
    return true;
  }

  /** Whether `lane` must wait at `gate`. Once a probe is due, the first lane that asks becomes the prober and may go. */
  isClosedFor(gate: GateId, lane: Lane): boolean {
    const closed = this.#closed.get(gate);
    if (closed === undefined || closed.prober === lane) return false;
    if (!isDue(closed, this.#clock.monotonic())) return true;
    closed.prober = lane;
    return false;
  }

  isClosed(gate: GateId): boolean {
    return this.#closed.has(gate);
  }

  /** Why `gate` is closed; undefined when it is open. */
  reasonOf(gate: GateId): FailureKind | undefined {
    return this.#closed.get(gate)?.reason;
  }

  /** The task at which `lane` waits behind a closed gate. */
  parkedAt(lane: Lane): Head | undefined {
    const gate = this.#gateOf.get(lane);
    return gate === undefined ? undefined : this.#closed.get(gate)?.parked.get(lane);
  }

  /**
   * A turn of `task` found `gate` shut: closes it if it was open, and parks the lane. When the lane was the prober, the
   * next probe is due after a longer wait than the last, or, when the peer asked us to slow down, after `afterMs` exactly.
   */
  shut(gate: GateId, task: Task, closing: Closing): void {
    const known = this.#closed.get(gate);
    if (known === undefined) {
      this.close(gate, { ...closing, probeAfterMs: closing.probeAfterMs ?? PROBE_MS });
    } else if (known.prober === task.lane) {
      this.#probeLater(known, closing.probeAfterMs);
    } else {
      this.#notBefore(known, closing.probeAfterMs);
    }
    this.#park(gate, task);
  }

  /** Of several answers on one closing, the peer's longest wait counts. A gate that its owner opens is not probed. */
  #notBefore(closed: ClosedGate, afterMs: number | undefined): void {
    if (afterMs === undefined || closed.probeAt === undefined || closed.prober !== undefined) return;
    closed.probeAt = Math.max(closed.probeAt, this.#clock.monotonic() + afterMs);
  }

  #park(gate: GateId, task: Task): void {
    const closed = this.#closed.get(gate);
    if (closed === undefined) return;
    if (this.#gateOf.size >= PARKED_MAX) {
      closed.crowded = true;
      return;
    }
    this.unpark(task.lane);
    closed.parked.set(task.lane, { id: task.id, position: task.position });
    this.#gateOf.set(task.lane, gate);
  }

  #probeLater(closed: ClosedGate, afterMs?: number): void {
    delete closed.prober;
    const longer = Math.min(closed.probeEveryMs * 2, PROBE_CAP_MS);
    // A peer that says when to come is taken at its word; one that is down is asked less and less often.
    const exact = closed.reason === 'rate-limited' ? afterMs : undefined;
    closed.probeEveryMs = exact ?? Math.max(longer, afterMs ?? 0);
    closed.probeAt = this.#clock.monotonic() + closed.probeEveryMs;
  }

  /**
   * A turn of `lane` ended otherwise than at a gate. Of a lane that probed: `clear`, an ending that needed the peer,
   * opens the gate; `unclear` says nothing of the peer, so the next probe comes later; `none`, when there was no turn
   * after all, lets another lane probe at once. True when a gate opened.
   */
  ended(lane: Lane, how: 'clear' | 'unclear' | 'none'): boolean {
    let opened = false;
    for (const [gate, closed] of this.#closed) {
      if (closed.prober !== lane) continue;
      if (how === 'clear') opened = this.open(gate) || opened;
      else if (how === 'unclear') this.#probeLater(closed);
      else delete closed.prober;
    }
    return opened;
  }

  /** The lane may look again: its first task is another one, or it probes. */
  unpark(lane: Lane): void {
    const gate = this.#gateOf.get(lane);
    if (gate === undefined) return;
    this.#gateOf.delete(lane);
    this.#closed.get(gate)?.parked.delete(lane);
  }

  /**
   * Lanes that probe now: of each gate that is due, the one whose task is oldest. `look` when a gate is due whose
   * lanes are not remembered: then the first that is found on disk and asks becomes the prober.
   */
  probes(): { readonly lanes: readonly Lane[]; readonly look: boolean } {
    const now = this.#clock.monotonic();
    const lanes: Lane[] = [];
    let look = false;
    for (const closed of this.#closed.values()) {
      if (!isDue(closed, now)) continue;
      const lane = oldest(closed.parked);
      if (lane === undefined) {
        look ||= closed.crowded;
        closed.crowded = false;
        continue;
      }
      closed.prober = lane;
      this.unpark(lane);
      lanes.push(lane);
    }
    return { lanes, look };
  }

  /** In how many milliseconds the next probe is due, of gates behind which a lane waits; negative when it is overdue. */
  nextProbeMs(): number | undefined {
    let soonest: number | undefined;
    for (const { prober, probeAt, parked, crowded } of this.#closed.values()) {
      if (prober !== undefined || probeAt === undefined || (parked.size === 0 && !crowded)) continue;
      if (soonest === undefined || probeAt < soonest) soonest = probeAt;
    }
    return soonest === undefined ? undefined : soonest - this.#clock.monotonic();
  }

  /** The closed gates. */
  views(): readonly GateView[] {
    return [...this.#closed].map(([gate, { since, reason, detail, parked }]) => ({
      gate,
      since,
      reason,
      ...(detail === undefined ? {} : { detail }),
      parked: parked.size,
    }));
  }
}

function shutGate(
  closing: Closing,
  { now, monotonic }: { readonly now: Millis; readonly monotonic: number },
  known?: ClosedGate,
): ClosedGate {
  const { reason, detail, probeAfterMs } = closing;
  return {
    since: known?.since ?? now,
    reason,
    parked: known?.parked ?? new Map<Lane, Head>(),
    crowded: known?.crowded ?? false,
    probeEveryMs: probeAfterMs ?? PROBE_MS,
    ...(detail === undefined ? {} : { detail }),
    ...(probeAfterMs === undefined ? {} : { probeAt: monotonic + probeAfterMs }),
  };
}

function isDue(closed: ClosedGate, now: number): boolean {
  return closed.prober === undefined && closed.probeAt !== undefined && closed.probeAt <= now;
}

function oldest(parked: ReadonlyMap<Lane, Head>): Lane | undefined {
  let found: readonly [Lane, Head] | undefined;
  for (const entry of parked) {
    if (found === undefined || entry[1].position < found[1].position) found = entry;
  }
  return found?.[0];
}
