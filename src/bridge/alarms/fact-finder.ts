/** Puts together what one look sees. */
import type { Clock } from '../../core/clock.ts';
import type { ConnectorId, GateId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { SuspectClock } from '../../core/ports/trusted-time.ts';
import type { Journal } from '../../journal/journal.ts';
import type { TaskRunner } from '../../tasks/runner.ts';
import type { ConnectorFacts, Facts, GateFacts } from './facts.ts';
import type { HomeserverSilence } from './homeserver-silence.ts';
import type { LagMeter } from './lag-meter.ts';
import type { Passing } from './passing.ts';
import type { TrafficWatch } from './traffic-watch.ts';
import { waitingWork, type WaitingWork } from './waiting-work.ts';

export interface FactFinderOptions {
  readonly journal: Pick<Journal, 'read' | 'views'>;
  readonly runner: Pick<TaskRunner, 'waiting' | 'gates'>;
  readonly lines: readonly Line[];
  readonly clock: Clock;
  readonly passing: Passing;
  readonly traffic: TrafficWatch;
  readonly lag: LagMeter;
  readonly homeserver: HomeserverSilence;
  readonly time: { suspect(): SuspectClock | undefined; sinceJumpMs(): number | undefined };
}

export class FactFinder {
  readonly #options: FactFinderOptions;
  readonly #started: number;
  /** When each closed gate was first seen closed, by the clock that never goes back. */
  readonly #closed = new Map<GateId, number>();

  constructor(options: FactFinderOptions) {
    this.#options = options;
    this.#started = options.clock.monotonic();
  }

  /** @throws when the database can't be read. */
  async facts(): Promise<Facts> {
    const { clock, passing, traffic, lag, homeserver, time } = this.#options;
    const upMs = clock.monotonic() - this.#started;
    const waiting = await waitingWork(clock.now(), this.#options);
    const clockFacts = time.suspect();
    const isReachable = (connector: ConnectorId): boolean => passing.facts(connector).connectedMs !== undefined;
    return {
      lines: await traffic.facts({ upMs, sinceJumpMs: time.sinceJumpMs(), isReachable }),
      connectors: this.#connectors(waiting, upMs),
      capture: lag.facts(),
      gates: this.#gates(),
      ...(waiting.oldest === undefined ? {} : { waiting: waiting.oldest }),
      homeserver: homeserver.facts(),
      ...(clockFacts === undefined ? {} : { clock: clockFacts }),
      upMs,
    };
  }

  #connectors({ onConnector }: WaitingWork, upMs: number): readonly ConnectorFacts[] {
    const { lines, passing } = this.#options;
    return [...new Set(lines.map((line) => line.connector))].map((connector) => {
      const { sendingMs, ...known } = passing.facts(connector);
      const readyMs = Math.min(onConnector.get(connector) ?? 0, upMs);
      return { connector, ...known, waitsMs: Math.max(sendingMs ?? 0, readyMs) };
    });
  }

  #gates(): readonly GateFacts[] {
    const now = this.#options.clock.monotonic();
    const views = this.#options.runner.gates();
    const closed = new Set(views.map(({ gate }) => gate));
    for (const gate of this.#closed.keys()) if (!closed.has(gate)) this.#closed.delete(gate);
    return views.map(({ gate, reason, since, parked }) => {
      const first = this.#closed.get(gate) ?? now;
      this.#closed.set(gate, first);
      return { gate, reason, since, parked, closedMs: now - first };
    });
  }
}
