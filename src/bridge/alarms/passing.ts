/** What each connector is doing: whether it is connected, what it was given and has not answered, when something got through. */
import type { Clock } from '../../core/clock.ts';
import type { ConnectorId } from '../../core/ids.ts';
import type { ConnectorHealth } from '../../core/ports/health.ts';
import type { SendResult } from '../../core/ports/outbound.ts';

export interface PassingFacts {
  readonly connectedMs?: number;
  readonly passedMs?: number;
  /** How long the oldest send has been without an answer. */
  readonly sendingMs?: number;
  /** It could not begin, and is tried again. */
  readonly failed?: true;
}

interface Known {
  connectedAt?: number;
  passedAt?: number;
  failed?: boolean;
  /** When each send under way began. */
  readonly sending: Set<{ readonly at: number }>;
}

/** What the network answered finally; a request to come later is an answer, and lets nothing through. */
const ANSWERED = new Set<SendResult['state']>(['sent', 'pending', 'failed']);

export class Passing {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #known = new Map<ConnectorId, Known>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  state(connector: ConnectorId, name: ConnectorHealth): void {
    const known = this.#of(connector);
    known.failed = name === 'failed';
    if (name === 'connected' || name === 'degraded') {
      known.connectedAt ??= this.#clock.monotonic();
      return;
    }
    delete known.connectedAt;
    delete known.passedAt;
  }

  /** Something came from the network and is on record. */
  passed(connector: ConnectorId): void {
    this.#of(connector).passedAt = this.#clock.monotonic();
  }

  /** Sends, and watches how long that takes. */
  async send(connector: ConnectorId, send: () => Promise<SendResult>): Promise<SendResult> {
    const { sending } = this.#of(connector);
    const one = { at: this.#clock.monotonic() };
    sending.add(one);
    try {
      const result = await send();
      if (ANSWERED.has(result.state)) this.passed(connector);
      return result;
    } finally {
      sending.delete(one);
    }
  }

  facts(connector: ConnectorId): PassingFacts {
    const now = this.#clock.monotonic();
    const { connectedAt, passedAt, sending, failed } = this.#of(connector);
    // A set keeps the order of its making.
    const [oldest] = sending;
    return {
      ...(connectedAt === undefined ? {} : { connectedMs: now - connectedAt }),
      ...(passedAt === undefined ? {} : { passedMs: now - passedAt }),
      ...(oldest === undefined ? {} : { sendingMs: now - oldest.at }),
      ...(failed === true ? { failed } : {}),
    };
  }

  #of(connector: ConnectorId): Known {
    const known = this.#known.get(connector) ?? { sending: new Set() };
    this.#known.set(connector, known);
    return known;
  }
}
