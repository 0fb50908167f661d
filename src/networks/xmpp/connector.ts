/** XMPP as an external component (XEP-0114): joins the stream, what comes in and what goes out. */
import { randomBytes } from 'node:crypto';
import { wait } from '../../core/clock.ts';
import type { Result } from '../../core/result.ts';
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
  ChatRef,
  OutboundEdit,
  OutboundMessage,
  OutboundPresence,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundTyping,
  SendResult,
} from '../../core/ports/outbound.ts';
import { xmppCapabilities } from './capabilities.ts';
import { readStanza, typingStanza } from './compose.ts';
import type { XmppConfig } from './config.ts';
import { fetchFile } from './fetch-file.ts';
import { readWritten } from './jid.ts';
import { wireIdOf } from './message-ids.ts';
import { Parts } from './parts.ts';

const idsKey = 'ids-key';

export class XmppConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #config: XmppConfig;
  readonly #parts: Parts;
  #stopping = false;

  /** @throws Error with what to change in the config */
  constructor(ctx: ConnectorContext, config: XmppConfig) {
    this.#ctx = ctx;
    this.#config = config;
    this.#parts = new Parts(ctx, config);
  }

  /** Resolves when the notes of an earlier process are taken in; connecting goes on behind it. */
  async start(): Promise<void> {
    const { kv } = this.#ctx;
    this.#ctx.state({ name: 'starting' });
    const known = await kv.get(idsKey);
    const key = known ?? randomBytes(32);
    if (known === undefined) await kv.apply([{ key: idsKey, value: key }]);
    await this.#parts.load(key);
    this.#parts.session.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    await this.#parts.stop(deadlineMs * 0.9);
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(chat?: ChatRef): Capabilities {
    const isRoom = chat !== undefined && this.#parts.rooms.isRoom(chat);
    return xmppCapabilities(this.#parts.upload.maxBytes, isRoom);
  }

  refuses(message: Omit<OutboundMessage, 'position' | 'attempt' | 'from'>): Refusal | undefined {
    return this.#parts.outbound.refuses(message);
  }

  resolve(written: string): Promise<Result<Resolved, string>> {
    const read = readWritten(written);
    return Promise.resolve(read.ok ? { ok: true, value: { address: read.value } } : read);
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#unlessStopping(() => this.#parts.outbound.send(message));
  }

  edit(edit: OutboundEdit): Promise<SendResult> {
    return this.#unlessStopping(() => this.#parts.outbound.edit(edit));
  }

  redact(redaction: OutboundRedaction): Promise<SendResult> {
    return this.#unlessStopping(() => this.#parts.outbound.redact(redaction));
  }

  react(reaction: OutboundReaction): Promise<SendResult> {
    return this.#unlessStopping(() => this.#parts.outbound.react(reaction));
  }

  /** XEP-0333: of messages that ask for it. */
  markRead(read: OutboundRead): Promise<void> {
    const { notes, outbound, session } = this.#parts;
    if (notes.isMarkable(read.id)) session.write(readStanza(outbound.envelope(read, ''), wireIdOf(read.id)));
    return Promise.resolve();
  }

  typing(typing: OutboundTyping): Promise<void> {
    const { notes, outbound, session } = this.#parts;
    if (notes.takesStates(typing.from, typing.to)) {
      session.write(typingStanza(outbound.envelope(typing, ''), typing.on));
    }
    return Promise.resolve();
  }

  presence(presence: OutboundPresence): Promise<void> {
    this.#parts.presence.tell(presence);
    return Promise.resolve();
  }

  fetchFile(wish: FileWish): Promise<FileFetched> {
    return fetchFile(this.#ctx, wish);
  }

  async #unlessStopping(work: () => Promise<SendResult>): Promise<SendResult> {
    if (!this.#stopping) return work();
    // Lets the stream be closed before it is asked again.
    await wait(this.#ctx.clock, 0);
    const reason = 'provider-down';
    return { state: 'retry', afterMs: this.#config.reconnect.first, scope: 'connector', reason, detail: 'stopping' };
  }
}
