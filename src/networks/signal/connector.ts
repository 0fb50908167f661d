/** Signal through a signal-cli daemon: joins session, inbox and outbound into the connector that the core knows. */
import { wait } from '../../core/clock.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type {
  Connector,
  ConnectorContext,
  FileFetched,
  FileWish,
  Refusal,
  Resolved,
} from '../../core/ports/connector.ts';
import type {
  OutboundEdit,
  OutboundMessage,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundTyping,
  SendResult,
} from '../../core/ports/outbound.ts';
import type { Result } from '../../core/result.ts';
import { signalCapabilities } from './capabilities.ts';
import type { SignalConfig } from './config.ts';
import { fetchSignalFile } from './fetch-file.ts';
import { Groups } from './groups.ts';
import { Inbox, positionKey } from './inbox.ts';
import { Outbound } from './outbound.ts';
import { resolveOnSignal } from './resolve.ts';
import { Session } from './session.ts';
import { Unread } from './unread.ts';

export class SignalConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #config: SignalConfig;
  readonly #session: Session;
  readonly #inbox: Inbox;
  readonly #outbound: Outbound;
  readonly #underWay = new Set<Promise<unknown>>();
  #isStopping = false;

  constructor(ctx: ConnectorContext, config: SignalConfig) {
    this.#ctx = ctx;
    this.#config = config;
    const unread = new Unread();
    this.#session = new Session({
      ctx,
      config,
      handlers: {
        notice: (notice) => {
          if (notice.unasked) this.#session.degraded(receivesByItself);
          this.#inbox.push(notice);
        },
        room: () => this.#inbox.room(),
        position: async (line) => {
          const value = await ctx.kv.get(positionKey(line));
          return value === undefined ? undefined : Buffer.from(value).toString('utf8');
        },
      },
    });
    const session = this.#session;
    const groups = new Groups({
      clock: ctx.clock,
      kv: ctx.kv,
      ask: (line, method, params, wish) => session.ask(line, method, params, wish),
    });
    this.#inbox = new Inbox({
      ctx,
      lines: () => session.lines,
      groups: (line, id, revision) => groups.look(line, id, revision),
      stuck: (stuck) => {
        this.#background(stuck ? session.hold() : session.resume());
      },
      recorded: (events) => {
        for (const event of events) unread.add(event);
      },
    });
    this.#outbound = new Outbound({ ctx, session, unread, sendTimeout: config.sendTimeout });
  }

  start(): Promise<void> {
    this.#session.start();
    return Promise.resolve();
  }

  /** Asks for nothing more, records what was handed over, and closes. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    const { clock } = this.#ctx;
    const until = clock.monotonic() + deadlineMs * 0.9;
    await this.#session.quiet(deadlineMs * 0.2);
    await this.#answeredWithin(deadlineMs * 0.3);
    await this.#inbox.stop(Math.max(0, until - clock.monotonic()));
    await this.#session.close();
    await Promise.allSettled(this.#underWay);
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(): Capabilities {
    return signalCapabilities;
  }

  refuses(message: Omit<OutboundMessage, 'position' | 'attempt' | 'from'>): Refusal | undefined {
    return this.#outbound.refuses(message);
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#change(() => this.#outbound.send(message));
  }

  edit(edit: OutboundEdit): Promise<SendResult> {
    return this.#change(() => this.#outbound.edit(edit));
  }

  redact(redaction: OutboundRedaction): Promise<SendResult> {
    return this.#change(() => this.#outbound.redact(redaction));
  }

  react(reaction: OutboundReaction): Promise<SendResult> {
    return this.#change(() => this.#outbound.react(reaction));
  }

  markRead(read: OutboundRead): Promise<void> {
    return this.#outbound.markRead(read);
  }

  typing(typing: OutboundTyping): Promise<void> {
    return this.#outbound.typing(typing);
  }

  resolve(written: string): Promise<Result<Resolved, string>> {
    return resolveOnSignal(written, { session: this.#session, kv: this.#ctx.kv });
  }

  fetchFile(wish: FileWish): Promise<FileFetched> {
    return fetchSignalFile(wish, { session: this.#session, folder: this.#config.attachments });
  }

  #change(work: () => Promise<SendResult>): Promise<SendResult> {
    if (this.#isStopping) return Promise.resolve(stopped);
    const running = work();
    this.#background(running);
    return running;
  }

  /** Stopping waits for it. */
  #background(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #answeredWithin(ms: number): Promise<void> {
    const enough = new AbortController();
    const done = Promise.allSettled(this.#underWay).finally(() => {
      enough.abort();
    });
    await Promise.race([done, wait(this.#ctx.clock, ms, enough.signal)]);
  }
}

const stopped: SendResult = {
  state: 'retry',
  afterMs: 5_000,
  scope: 'connector',
  reason: 'provider-down',
  detail: 'stopping',
};

const receivesByItself =
  'signal-cli receives by itself, so what comes while Gatehouse is away is lost: start it with --receive-mode=manual';
