/**
 * The contract of a connector (DESIGN 8), version 1. A connector translates between one provider and Gatehouse;
 * queue, order, retry, rate, consent and policy are the core's.
 *
 * Obligations: acknowledge a network only after `ingest` or `outcome` has resolved; when they reject, make the
 * network retry; one bad message never stops the next; `stop` returns by its deadline and leaves no timer; no
 * secret and no message text in a log; `send` never throws for what the network did; time only from `ctx.clock`.
 */
import type { ConnectorStateName } from '../network-entries.ts';
import type { FailureKind } from '../failures.ts';
import type { Clock } from '../clock.ts';
import type { Address, ConnectorId, Millis, NetworkId, RemoteId } from '../ids.ts';
import type {
  Attachment,
  Ends,
  NetworkBodies,
  NetworkChat,
  NetworkEdit,
  NetworkMessage,
  NetworkReaction,
  NetworkReceipt,
  NetworkRedaction,
  ReceiptState,
} from '../network-entries.ts';
import type { Result } from '../result.ts';
import type { Capabilities } from './capabilities.ts';
import type { KvChange } from './recorder.ts';
import type { Log, Metrics } from './log.ts';
import type {
  ChatRef,
  OutboundEdit,
  OutboundMessage,
  OutboundPresence,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundTyping,
  PresenceState,
  SendResult,
  Template,
} from './outbound.ts';
import type { ApiFetch, GuardedFetch } from './safe-fetch.ts';
import type { Webhook } from './webhook.ts';

export interface ConnectorModule<C> {
  readonly apiVersion: 1;
  /** The config's `type`: smpp, twilio, ... */
  readonly type: string;
  /** The network that a connector of this config reaches. */
  networkOf(config: C): NetworkId;
  /** Checks the connector's part of the config; throws with a message that names path and fix. */
  readonly config: { parse(value: unknown): C };
  create(ctx: ConnectorContext, config: C): Connector;
}

/** Without what the context knows of itself. */
type Told<T> = Omit<T, 'connector' | 'network'>;

/** What came in, and what has to commit with it. */
export type NetworkEvent = NetworkEventBase &
  (
    | { readonly kind: 'message'; readonly message: Told<NetworkMessage> }
    | { readonly kind: 'edit'; readonly edit: Told<NetworkEdit> }
    | { readonly kind: 'redaction'; readonly redaction: Told<NetworkRedaction> }
    | { readonly kind: 'reaction'; readonly reaction: Told<NetworkReaction> }
    | { readonly kind: 'chat'; readonly chat: Told<NetworkChat> }
    | { readonly kind: 'consent'; readonly consent: Told<NetworkBodies['network.consent']> }
    /** Something about our account that compliance must hear: `alert` in words for people. */
    | { readonly kind: 'account'; readonly alert: string }
    | { readonly kind: 'unsupported'; readonly what: string; readonly to?: Address; readonly from?: Address }
  );

interface NetworkEventBase {
  /** The provider's id, unique in the connector among all that it brings, or a likeness with `sure: false`. */
  readonly id: string;
  readonly sure: boolean;
  /** With `sure: false`: the answer to a look-alike was perhaps never received by the network. */
  readonly mayRepeat?: boolean;
  /** By the provider's clock where it tells, else by ours. */
  readonly at: Millis;
  readonly raw: Uint8Array;
}

/** A receipt or late result of a message that was sent. */
export type OutboundUpdate = Told<NetworkReceipt> & {
  readonly id: string;
  readonly sure: boolean;
  readonly at: Millis;
  readonly raw: Uint8Array;
};

/** Shown while it lasts and never recorded: it is no message. */
export interface RemoteTyping extends Ends {
  readonly on: boolean;
  /** Until when it is over by itself. Default 20 s. */
  readonly forMs?: number;
}

export interface RemotePresence {
  readonly from: Address;
  readonly state: PresenceState;
  readonly words?: string;
}

export interface ConnectorState {
  readonly name: ConnectorStateName;
  /** Safe to show: no secret, no message text. */
  readonly detail?: string;
}

export interface Kv {
  get(key: string): Promise<Uint8Array | undefined>;
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]>;
  /** Durable when it resolves. */
  apply(changes: readonly KvEdit[]): Promise<void>;
}
export type KvEdit = Omit<KvChange, 'connector'>;

/** The connector's own door on the internet: `/webhooks/<connector id>`, raw bodies. */
export interface ConnectorHttp {
  /** Where the provider reaches it, without a slash at the end; undefined where the config has no `publicUrl`. */
  readonly url: string | undefined;
  /** Once, in `create`. */
  onRequest(webhook: Webhook): void;
}

export interface ConnectorContext {
  readonly id: ConnectorId;
  /** The addresses of the lines on this connector, in the config's order. */
  readonly lines: readonly Address[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Aborted when the connector must stop. */
  readonly signal: AbortSignal;
  readonly kv: Kv;
  readonly http: ConnectorHttp;
  /** For addresses that came from outside: links to files. */
  readonly fetch: GuardedFetch;
  /** For the origin that the config names: the provider's API. @throws Error when `origin` is no http(s) origin */
  api(origin: string): ApiFetch;
  /** Puts what came in on record, with `kv` changes in the same commit. Acknowledge the network after it resolves. */
  ingest(events: NetworkEvent | readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<void>;
  outcome(update: OutboundUpdate, kv?: readonly KvEdit[]): Promise<void>;
  /** May be forgotten at any moment. */
  typing(typing: RemoteTyping): void;
  presence(presence: RemotePresence): void;
  /** Opens and closes the connector's gate, and shows on the health page. */
  state(state: ConnectorState): void;
}

/** How the bytes of an attachment came, or why they can't. */
export type FileFetched =
  | { readonly state: 'fetched' }
  /** The network hasn't got it (any more), or never gives it. */
  | { readonly state: 'gone'; readonly detail: string }
  | { readonly state: 'refused'; readonly detail: string }
  | { readonly state: 'too-large' }
  | { readonly state: 'retry'; readonly afterMs: number; readonly detail: string };

export interface FileWish {
  readonly attachment: Attachment;
  /** A larger file is `too-large`; up to this many bytes were given to `into` by then. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** The next piece is given when it has resolved; what it throws goes on to the caller. */
  readonly into: (piece: Uint8Array) => Promise<void>;
}

export interface Resolved {
  /** As the core compares addresses. */
  readonly address: Address;
  readonly name?: string;
}

export interface Connector {
  start(): Promise<void>;
  /** Stops taking in, lets what is under way finish, closes. Returns by `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
  /** Of the connector, or of one chat: never more than `most` of its module's facts. */
  capabilities(chat?: ChatRef): Capabilities;
  /**
   * Whose turn it is, for networks that take so many messages a second. Asked before the attempt is recorded, so that
   * nothing is on record as tried that only waited: undefined when `send` may follow at once, else a promise that
   * resolves when to ask again. A chat that asks twice keeps its place, and one that was told "too fast" is the next.
   */
  place?(chat: ChatRef): Promise<void> | undefined;
  /** Called for one message at a time per chat. Resolves with what is known; it never throws for what the network did. */
  send(message: OutboundMessage): Promise<SendResult>;
  /** Why this can't be sent, before anything is recorded as an attempt: too long, empty, the window is closed. */
  refuses?(message: Omit<OutboundMessage, 'position' | 'attempt'>): Refusal | undefined;
  /** What is written here, as an address of the network; the error is for the person who wrote it. */
  resolve?(written: string): Promise<Result<Resolved, string>>;
  /** Doing any of these three again does no harm: after a crash they are done again. */
  edit?(edit: OutboundEdit): Promise<SendResult>;
  redact?(redaction: OutboundRedaction): Promise<SendResult>;
  react?(reaction: OutboundReaction): Promise<SendResult>;
  /** These three are told at most and never repeated; they don't throw for what the network did. */
  markRead?(read: OutboundRead): Promise<void>;
  typing?(typing: OutboundTyping): Promise<void>;
  presence?(presence: OutboundPresence): Promise<void>;
  /** What the provider approved for the line. @throws FetchFailed when it can't be asked */
  templates?(line: Address): Promise<readonly Template[]>;
  /** Brings the bytes of an attachment that it brought. There where attachments come. */
  fetchFile?(wish: FileWish): Promise<FileFetched>;
  /**
   * What the provider itself lists of what came in since `since`, by its clock, oldest first and each under the sure id
   * that `ingest` has or would have given it: what is on record already is known by it. Ends early when `ctx.signal` is
   * aborted; throws when the provider can't be asked now. There exactly where `keepsInbound` is `list-call`.
   */
  missed?(since: Millis): AsyncIterable<NetworkEvent>;
  /**
   * Asks the provider what became of a message whose outcome is unknown. `ours`: `id` is the position of the entry that
   * was sent, for providers that know us by that; `theirs`: it is the provider's own.
   */
  query?(
    id: RemoteId,
    whose?: 'ours' | 'theirs',
  ): Promise<{ readonly state: ReceiptState; readonly ids?: readonly RemoteId[] } | undefined>;
}

export interface Refusal {
  readonly reason: FailureKind;
  readonly detail: string;
}
