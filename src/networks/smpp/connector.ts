/** SMS over SMPP 3.4: joins session, inbound, outbound and receipts into the connector that the core knows. */
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { Connector, ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { wait } from '../../core/clock.ts';
import { Background } from './background.ts';
import { Binds } from './binds.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Malformed } from './codec/decode.ts';
import type { Pdu } from './codec/pdu.ts';
import { status } from './codec/status.ts';
import { commandOf } from './codec/commands.ts';
import type { SmppConfig } from './config.ts';
import { Inbound } from './inbound.ts';
import { Outbound } from './outbound.ts';
import { LateReceipts } from './late-receipts.ts';
import { askCarrier, askFor } from './query.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { SentMessages } from './sent-messages.ts';
import { Routes } from './routes.ts';
import type { Place } from './session.ts';

export class SmppConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #background: Background;
  readonly #receipts: ReceiptDesk;
  readonly #inbound: Inbound;
  readonly #binds: Binds;
  readonly #outbound: Outbound;
  readonly #capabilities: Capabilities;
  readonly #late?: LateReceipts;
  readonly query?: NonNullable<Connector['query']>;

  constructor(ctx: ConnectorContext, config: SmppConfig) {
    this.#ctx = ctx;
    this.#background = new Background(ctx.log);
    const background = this.#background;
    const sent = new SentMessages(config.ids);
    this.#receipts = new ReceiptDesk({ ctx, background, sent });
    const receipts = this.#receipts;
    const routes = new Routes(config);
    this.#inbound = new Inbound({ ctx, background, receipts, routes, partsTimeout: config.partsTimeout });
    this.#binds = new Binds(
      { config, clock: ctx.clock, log: ctx.log },
      {
        request: (pdu, frame, place) => this.#request(pdu, frame, place),
        malformed: (fault, frame, place) => this.#malformed(fault, frame, place),
        began: (session) => {
          this.#inbound.sessionBegan(session);
        },
        goodbye: (session) => {
          this.#inbound.goodbye(session);
        },
        ended: (session) => {
          this.#inbound.sessionEnded(session);
        },
        bound: (sessions) => {
          if (sessions > 0) this.#late?.connected();
          ctx.metrics.gauge('smpp_bound', sessions);
        },
        state: (state) => {
          ctx.state(state);
        },
      },
    );
    this.#outbound = new Outbound({ ctx, config, routes, receipts, binds: this.#binds });
    this.#capabilities = capabilitiesOf(config);
    const { lines } = ctx;
    if (!config.query) return;
    const asking = { binds: this.#binds, lines, plan: config };
    const { clock, log } = ctx;
    this.#late = new LateReceipts({ clock, log, background, sent, receipts, ask: (id) => askFor(id, asking) });
    // A send without an answer has no id that the carrier would know: only our own notes can say that it had one.
    this.query = (id, whose) => (whose === 'ours' ? Promise.resolve(sent.ofPosition(id)) : askCarrier(id, asking));
  }

  /** Resolves when the notes of an earlier process are taken in; binding goes on behind it. */
  async start(): Promise<void> {
    this.#ctx.state({ name: 'starting' });
    await this.#receipts.load();
    await this.#inbound.load();
    await this.#binds.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#outbound.stop();
    this.#late?.stop();
    await this.#binds.stop(deadlineMs * 0.8);
    this.#inbound.stop();
    this.#receipts.stop();
    await this.#idleWithin(deadlineMs * 0.2);
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(): Capabilities {
    return this.#capabilities;
  }

  refuses(message: Pick<OutboundMessage, 'text' | 'to'>): ReturnType<Outbound['refuses']> {
    return this.#outbound.refuses(message);
  }

  place(message: Pick<OutboundMessage, 'from' | 'to'>): ReturnType<Outbound['place']> {
    return this.#outbound.place(message);
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#outbound.send(message);
  }

  async #idleWithin(ms: number): Promise<void> {
    const enough = new AbortController();
    const idle = this.#background.idle().finally(() => {
      enough.abort();
    });
    await Promise.race([idle, wait(this.#ctx.clock, ms, enough.signal)]);
  }

  async #request(pdu: Pdu, frame: Buffer, { link, session }: Place): Promise<void> {
    const { sequence } = pdu;
    switch (pdu.command) {
      case 'deliver_sm':
      case 'data_sm': {
        const answer = await this.#inbound.receive(pdu, frame, session);
        const command = pdu.command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp';
        link.respond({ command, messageId: '', tlvs: [], status: answer.status, sequence }, answer.written);
        return;
      }
      case 'unbind':
        link.respond({ command: 'unbind_resp', status: status.ok, sequence });
        link.end();
        return;
      default:
        link.respond({ command: 'generic_nack', status: status.invalidCommandId, sequence });
    }
  }

  async #malformed(fault: Malformed, frame: Buffer, { link }: Place): Promise<void> {
    const command = commandOf(fault.commandId);
    if (command !== 'deliver_sm' && command !== 'data_sm') {
      link.respond({ command: 'generic_nack', status: fault.status, sequence: fault.sequence });
      return;
    }
    const answer = await this.#inbound.receiveMalformed(fault, frame);
    const reply = command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp';
    link.respond({ command: reply, messageId: '', tlvs: [], status: answer.status, sequence: fault.sequence });
  }
}
