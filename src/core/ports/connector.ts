/**
 * The contract of a connector (DESIGN 8), version 1. A connector translates between one provider and Gatehouse;
 * queue, order, retry, rate, consent and policy are the core's.
 *
 * Obligations: acknowledge a network only after `ingest` or `outcome` has resolved; when they reject, make the
 * network retry; one bad message never stops the next; `stop` returns by its deadline and leaves no timer; no
 * secret and no message text in a log; `send` never throws for what the network did; time only from `ctx.clock`.
 */
import type { ConnectorStateName, NetworkMessage, NetworkReceipt, ReceiptState } from '../entry.ts';
import type { FailureKind } from '../failures.ts';
import type { Clock } from '../clock.ts';
import type { Address, ConnectorId, Millis, NetworkId, Position, RemoteId } from '../ids.ts';
import type { KvChange } from './recorder.ts';
import type { Log, Metrics } from './log.ts';

export interface ConnectorModule<C> {
  readonly apiVersion: 1;
  /** The config's `type`: smpp, twilio, ... */
  readonly type: string;
  readonly network: NetworkId;
  /** Checks the connector's part of the config; throws with a message that names path and fix. */
  readonly config: { parse(value: unknown): C };
  create(ctx: ConnectorContext, config: C): Connector;
}

/** What came in, and what has to commit with it. */
export type NetworkEvent =
  | (NetworkEventBase & { readonly kind: 'message'; readonly message: Omit<NetworkMessage, 'connector' | 'network'> })
  | (NetworkEventBase & {
      readonly kind: 'unsupported';
      readonly what: string;
      readonly to?: Address;
      readonly from?: Address;
    });

interface NetworkEventBase {
  /** The provider's id, or a likeness with `sure: false`. */
  readonly id: string;
  readonly sure: boolean;
  /** With `sure: false`: the answer to a look-alike was perhaps never received by the network. */
  readonly mayRepeat?: boolean;
  /** By the provider's clock where it tells, else by ours. */
  readonly at: Millis;
  readonly raw: Uint8Array;
}

/** A receipt or late result of a message that was sent. */
export type OutboundUpdate = Omit<NetworkReceipt, 'connector' | 'network'> & {
  readonly id: string;
  readonly sure: boolean;
  readonly at: Millis;
  readonly raw: Uint8Array;
};

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

export interface ConnectorContext {
  readonly id: ConnectorId;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Aborted when the connector must stop. */
  readonly signal: AbortSignal;
  readonly kv: Kv;
  /** Puts what came in on record, with `kv` changes in the same commit. Acknowledge the network after it resolves. */
  ingest(events: NetworkEvent | readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<void>;
  outcome(update: OutboundUpdate, kv?: readonly KvEdit[]): Promise<void>;
  /** Opens and closes the connector's gate, and shows on the health page. */
  state(state: ConnectorState): void;
}

export interface OutboundMessage {
  /** The entry that this sends: the idempotency key where the provider has one. */
  readonly position: Position;
  readonly attempt: number;
  /** The line's address. */
  readonly from: Address;
  readonly to: Address;
  readonly text: string;
}

export type SendResult =
  /** The network has it. */
  | { readonly state: 'sent'; readonly ids: readonly RemoteId[] }
  | { readonly state: 'pending'; readonly ids?: readonly RemoteId[]; readonly settleWithinMs: number }
  /** Certainly not sent; try again. Scope connector or line closes that gate, chat holds back this chat. */
  | {
      readonly state: 'retry';
      readonly afterMs: number;
      readonly scope: 'connector' | 'line' | 'chat' | 'message';
      readonly reason: FailureKind;
      readonly detail?: string;
    }
  /** Certainly not sent, and trying again won't help. */
  | { readonly state: 'failed'; readonly reason: FailureKind; readonly code?: string; readonly detail?: string }
  /** May have been sent. */
  | { readonly state: 'unknown'; readonly ids?: readonly RemoteId[]; readonly detail: string };

/** -2 rejected, -1 dropped, 0 fallback, 1 partial, 2 full: bridgev2's names. */
export type Level = -2 | -1 | 0 | 1 | 2;

export interface Capabilities {
  readonly official: boolean;
  /** Who keeps inbound messages while we are down; with `list-call` the connector has `missed`. */
  readonly keepsInbound: 'provider-retries' | 'list-call' | 'nobody';
  /** What the network knows a send by: nothing means that an unclear send stays unclear. */
  readonly sendIdentifiedBy: 'our-id' | 'provider-id' | 'nothing';
  readonly max_text_length: number;
  readonly delivery_receipts: Level;
  readonly read_receipts: Level;
  readonly typing_notifications: Level;
  readonly edit: Level;
  readonly delete: Level;
  readonly reaction: Level;
  readonly reply: Level;
  readonly media: Level;
}

export interface Connector {
  start(): Promise<void>;
  /** Stops taking in, lets what is under way finish, closes. Returns by `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
  capabilities(): Capabilities;
  /**
   * Whose turn it is, for networks that take so many messages a second. Asked before the attempt is recorded, so that
   * nothing is on record as tried that only waited: undefined when `send` may follow at once, else a promise that
   * resolves when to ask again. A chat that asks twice keeps its place, and one that was told "too fast" is the next.
   */
  place?(chat: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined;
  /** Called for one message at a time per chat. Resolves with what is known; it never throws for what the network did. */
  send(message: OutboundMessage): Promise<SendResult>;
  /** Why this text can't be sent, before anything is recorded as an attempt: too long, empty. */
  refuses?(
    message: Pick<OutboundMessage, 'text' | 'to'>,
  ): { readonly reason: FailureKind; readonly detail: string } | undefined;
  /**
   * What the provider itself lists of what came in since `since`, by its clock, oldest first and each under the sure id
   * that `ingest` has or would have given it: what is on record already is known by it. Ends early when `ctx.signal` is
   * aborted; throws when the provider can't be asked now. There exactly where `keepsInbound` is `list-call`.
   */
  missed?(since: Millis): AsyncIterable<NetworkEvent>;
  /** Asks the provider what became of a message whose outcome is unknown. */
  query?(id: RemoteId): Promise<{ readonly state: ReceiptState } | undefined>;
}
