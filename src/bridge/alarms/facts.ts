/** What a look sees, before anything is judged. Durations are milliseconds on the clock that never goes back. */
import type { ConnectorId, GateId, LineId, Millis, Position } from '../../core/ids.ts';
import type { SuspectClock } from '../../core/ports/trusted-time.ts';

/** Texts from customers in one trailing window, and in the same window of the clock in each of the four weeks before. */
export interface TrafficWindow {
  readonly hours: number;
  readonly now: number;
  readonly before: readonly number[];
}

export interface LineFacts {
  readonly line: LineId;
  /** False while its connector is not connected: that is told by itself, and explains the silence. */
  readonly reachable: boolean;
  /** The windows that can be judged: not those in which we were away or our clock was set. */
  readonly windows: readonly TrafficWindow[];
  /** The newest text from a customer, of the last day. */
  readonly newest?: Position;
}

export interface ConnectorFacts {
  readonly connector: ConnectorId;
  /** How long it has been connected without a break; absent while it is not. */
  readonly connectedMs?: number;
  /** How long ago something last got through, either way; absent when nothing did since it connected. */
  readonly passedMs?: number;
  /** How long the oldest message has waited on it that nothing else holds back; absent when none waits. */
  readonly waitsMs?: number;
  /** It could not begin, and is tried again. */
  readonly failed?: true;
}

export interface CaptureFacts {
  /** Live events of the last two minutes. */
  readonly events: number;
  /** 95 of 100 of them came on record within this time. */
  readonly usualMs: number;
  readonly worstMs: number;
  /** How long ago the newest came; absent when none did in this process. */
  readonly newestMs?: number;
}

export interface GateFacts {
  readonly gate: GateId;
  readonly reason: string;
  readonly since: Millis;
  readonly closedMs: number;
  readonly parked: number;
}

/** The oldest task that is ready, due and behind no gate. */
export interface WaitingTask {
  readonly kind: string;
  /** Since its entry came on record, jumps of the clock taken out. */
  readonly forMs: number;
  readonly since: Millis;
}

export interface HomeserverFacts {
  /** How long every ping has failed; absent while they succeed, or before the first. */
  readonly failingMs?: number;
  readonly pinged: boolean;
  /** `still`: it took an event of ours and did not bring it back. */
  readonly pushes: 'moves' | 'still' | 'unknown';
}

export interface Facts {
  readonly lines: readonly LineFacts[];
  readonly connectors: readonly ConnectorFacts[];
  readonly capture: CaptureFacts;
  readonly gates: readonly GateFacts[];
  readonly waiting?: WaitingTask;
  readonly homeserver: HomeserverFacts;
  readonly clock?: SuspectClock;
  /** How long this process has run. */
  readonly upMs: number;
}
