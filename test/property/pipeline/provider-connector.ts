/**
 * A connector of the simulated networks, as a process has it. `carrier` is as unsure as SMPP and keeps the same notes
 * of what was perhaps never acknowledged; `cloud` has ids for everything.
 */
import { textOnly } from '../../support/capabilities.ts';
import { createHash } from 'node:crypto';
import type { Line } from '../../../src/core/line.ts';
import type { Connector, ConnectorContext, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../../src/core/ports/outbound.ts';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import { Background } from '../../../src/networks/smpp/background.ts';
import { Unanswered, unansweredPrefix } from '../../../src/networks/smpp/unanswered.ts';
import { sales } from './house-rules.ts';
import type { CustomerText, Provider, Receipt } from './provider.ts';
import type { Fault, Step } from './steps.ts';

export interface NetworkWire {
  readonly process: number;
  readonly provider: Provider;
  add(step: Step): void;
  /** The network hears of it now: the record is asked whether it may. */
  heard(message: OutboundMessage): Promise<void>;
}

export class SimulatedConnector implements Connector {
  readonly #line: Line;
  readonly #wire: NetworkWire;
  readonly #context: ConnectorContext;
  readonly #unanswered: Unanswered;
  /** Sessions are numbered from 1 in each process. */
  #session = 0;
  connected = false;

  constructor(line: Line, wire: NetworkWire, context: ConnectorContext) {
    this.#line = line;
    this.#wire = wire;
    this.#context = context;
    this.#unanswered = new Unanswered({ ...context, background: new Background(context.log) });
  }

  async start(): Promise<void> {
    const edits = this.#unanswered.load(await this.#context.kv.list(unansweredPrefix), this.#context.clock.now());
    if (edits.length > 0) await this.#context.kv.apply(edits);
    this.connect();
  }

  connect(): void {
    this.#session += 1;
    this.#unanswered.sessionBegan(this.#session);
    this.connected = true;
    this.#context.state({ name: 'connected' });
  }

  disconnect(): void {
    this.connected = false;
    this.#unanswered.sessionEnded(this.#session);
    this.#context.state({ name: 'connecting' });
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  capabilities(): Capabilities {
    return { ...textOnly, sendIdentifiedBy: this.#isSure ? 'our-id' : 'provider-id' };
  }

  get #isSure(): boolean {
    return this.#line !== sales;
  }

  /** Resolves when it may be acknowledged, rejects when it must come again. */
  async bring(text: CustomerText, attempt: number): Promise<() => void> {
    const event = this.#eventOf(text, attempt);
    if (this.#isSure) {
      await this.#context.ingest({ ...event, id: text.id, sure: true });
      return () => undefined;
    }
    const likeness = createHash('sha256').update(`${text.from.address} ${text.text}`).digest('hex');
    const session = this.#session;
    await this.#unanswered.clear(likeness);
    const mayRepeat = this.#unanswered.mayRepeat(likeness, session);
    const note = this.#unanswered.edit(likeness);
    try {
      await this.#context.ingest({ ...event, id: likeness, sure: false, mayRepeat }, [note]);
    } catch (error) {
      this.#unanswered.failed(likeness, note);
      throw error;
    }
    this.#unanswered.recorded(likeness, session);
    return () => {
      this.#unanswered.answered(likeness, session);
    };
  }

  #eventOf({ id, from, text }: CustomerText, attempt: number): Omit<NetworkEvent & { kind: 'message' }, 'id' | 'sure'> {
    return {
      kind: 'message',
      at: this.#context.clock.now(),
      raw: Buffer.from(`${id} ${String(attempt)}`),
      message: { to: this.#line.address, from: from.address, text },
    };
  }

  async receive(receipt: Receipt): Promise<void> {
    const { id: remoteId, state } = receipt;
    const id = `receipt/${remoteId}/${state}`;
    const at = this.#context.clock.now();
    await this.#context.outcome({ id, sure: true, at, raw: Buffer.from(id), remoteId, state });
  }

  send(message: OutboundMessage): Promise<SendResult> {
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    const { process, provider } = this.#wire;
    this.#wire.add({
      process,
      what: 'submission',
      words: `network ${this.#line.connector}: submit "${message.text}" of record ${String(message.position)}`,
      act: async ({ fault, answered }) => {
        await this.#wire.heard(message);
        const result = this.#submitted(message, fault);
        if (result.state === 'unknown') provider.unclear.add(message.position);
        if (answered) resolve(result);
      },
    });
    return promise;
  }

  #submitted(message: OutboundMessage, fault: Fault | undefined): SendResult {
    const { provider } = this.#wire;
    switch (fault) {
      case 'refused':
        return { state: 'retry', afterMs: 2_000, scope: 'connector', reason: 'provider-down' };
      case 'throttled':
        return { state: 'retry', afterMs: 1_000, scope: 'message', reason: 'rate-limited' };
      case 'unavailable':
        return { state: 'failed', reason: 'rejected', code: '69' };
      case 'broken-before':
        return { state: 'unknown', detail: 'the connection broke while sending' };
      case 'broken-after':
        provider.take(this.#line, message);
        return { state: 'unknown', detail: 'the connection broke while sending' };
      case undefined:
        return { state: 'sent', ids: [provider.take(this.#line, message)] };
    }
  }

  query(id: string): ReturnType<NonNullable<Connector['query']>> {
    const known = this.#isSure && this.#wire.provider.knows(this.#line, id);
    return Promise.resolve(known ? { state: 'accepted' } : undefined);
  }
}
