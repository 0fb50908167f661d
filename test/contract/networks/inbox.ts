/**
 * A network of the tests' own whose provider keeps an inbox: it calls while somebody is connected, and lists what came in
 * at any time. Its connector is the smallest one with `missed`.
 */
import { textOnly } from '../../support/capabilities.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { must, parseAddress, parseMillis, parseRemoteId, type Millis } from '../../../src/core/ids.ts';
import type { Connector, ConnectorContext, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../../src/core/ports/outbound.ts';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import type { Network } from '../connector-kit.ts';

const KEY = 'inbox-key-of-ours';
const AGAIN_MS = 5;
const LONGEST = 1_600;

interface Mail {
  readonly id: string;
  readonly at: Millis;
  readonly text: string | undefined;
}
type Called = (mail: Mail) => Promise<void>;

/** The provider. */
class Inbox {
  readonly mails: Mail[] = [];
  readonly sent: string[] = [];
  answersLost = false;
  readonly #taken = new Map<string, () => void>();
  #called: Called | undefined;
  #broken: (() => void) | undefined;

  connect(called: Called, broken: () => void): void {
    this.#called = called;
    this.#broken = broken;
  }

  disconnect(): void {
    this.#called = undefined;
    this.#broken = undefined;
  }

  cut(): void {
    const broken = this.#broken;
    this.disconnect();
    this.answersLost = false;
    broken?.();
  }

  /** Resolves with true when somebody was handed it and took it, now or from the list. */
  async receive(text: string | undefined): Promise<boolean> {
    const at = must(parseMillis(Math.max(systemClock.now(), (this.mails.at(-1)?.at ?? 0) + 1)));
    const mail = { id: `mail-${String(this.mails.length + 1)}`, at, text };
    this.mails.push(mail);
    const taken = new Promise<boolean>((resolve) => {
      this.#taken.set(mail.id, () => {
        resolve(true);
      });
    });
    await this.#call(mail);
    return taken;
  }

  /** The newest one once more. */
  async repeat(): Promise<boolean> {
    const newest = this.mails.at(-1);
    if (newest === undefined) return false;
    await this.#call(newest);
    return true;
  }

  took(id: string): void {
    this.#taken.get(id)?.();
  }

  /** Calls until it is taken, or nobody is there any more. */
  async #call(mail: Mail): Promise<void> {
    while (this.#called !== undefined) {
      try {
        await this.#called(mail);
        this.took(mail.id);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}

const inboxCapabilities: Capabilities = {
  ...textOnly,
  keepsInbound: 'list-call',
  max_text_length: LONGEST,
  delivery_receipts: -2,
};

class InboxConnector implements Connector {
  readonly #inbox: Inbox;
  readonly #ctx: ConnectorContext;
  #stopped = false;
  #cancel: () => void = () => undefined;
  readonly #unanswered = new Set<(result: SendResult) => void>();

  constructor(inbox: Inbox, ctx: ConnectorContext) {
    this.#inbox = inbox;
    this.#ctx = ctx;
  }

  start(): Promise<void> {
    this.#connect(this.#ctx.clock);
    return Promise.resolve();
  }

  #connect(clock: Clock): void {
    const called = (mail: Mail): Promise<void> => this.#ctx.ingest(eventOf(mail));
    this.#inbox.connect(called, () => {
      this.#settle();
      this.#ctx.state({ name: 'connecting' });
      this.#cancel = clock.after(AGAIN_MS, () => {
        this.#connect(clock);
      });
    });
    this.#ctx.state({ name: 'connected' });
  }

  #settle(): void {
    for (const answer of this.#unanswered) answer({ state: 'unknown', detail: 'the connection broke' });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#settle();
    this.#cancel();
    this.#inbox.disconnect();
    this.#ctx.state({ name: 'stopped' });
    return Promise.resolve();
  }

  capabilities(): Capabilities {
    return inboxCapabilities;
  }

  refuses({ text }: Pick<OutboundMessage, 'text'>) {
    return text.length > LONGEST ? { reason: 'too-long' as const, detail: `${String(LONGEST)} at most` } : undefined;
  }

  send({ text }: OutboundMessage): Promise<SendResult> {
    if (this.#stopped) {
      return Promise.resolve({ state: 'retry', afterMs: 1_000, scope: 'connector', reason: 'provider-down' });
    }
    this.#inbox.sent.push(text);
    const id = must(parseRemoteId(`sent-${String(this.#inbox.sent.length)}`));
    if (!this.#inbox.answersLost) return Promise.resolve({ state: 'sent', ids: [id] });
    return new Promise((resolve) => {
      this.#unanswered.add(resolve);
    });
  }

  async *missed(since: Millis): AsyncGenerator<NetworkEvent> {
    for (const mail of this.#inbox.mails) {
      if (this.#ctx.signal.aborted) return;
      if (mail.at < since) continue;
      yield await Promise.resolve(eventOf(mail));
      // Asked for the next one, it has taken this one.
      this.#inbox.took(mail.id);
    }
  }
}

function eventOf({ id, at, text }: Mail): NetworkEvent {
  const base = { id, sure: true, at, raw: Buffer.from(text ?? 'a sticker') };
  if (text === undefined) return { ...base, kind: 'unsupported', what: 'a sticker' };
  const [to, from] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];
  return { ...base, kind: 'message', message: { to, from, text } };
}

export function inboxNetwork(): Promise<Network> {
  const inbox = new Inbox();
  return Promise.resolve({
    facts: { title: 'An inbox', most: inboxCapabilities, receives: ['text'], cannot: [] },
    link: 'socket',
    open: (ctx) => new InboxConnector(inbox, ctx),
    customerWrites: (text) => inbox.receive(text),
    repeats: () => inbox.repeat(),
    poison: () => inbox.receive(undefined),
    sendsStrange: () => inbox.receive(undefined),
    givesUp: () => undefined,
    received: () => inbox.sent,
    loseAnswers: () => {
      inbox.answersLost = true;
    },
    cut: () => {
      inbox.cut();
    },
    secrets: [KEY],
    close: () => Promise.resolve(),
  });
}
