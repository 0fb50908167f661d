/** What the core asks a connector to do, and what it answers. */
import type { FailureKind } from '../failures.ts';
import type { Address, Position, RemoteId } from '../ids.ts';
import type { FileKind, GeoPlace } from '../network-entries.ts';
import type { Mark } from '../rich-text.ts';

/** Where: the line's address and the chat's (a person or a group). */
export interface ChatRef {
  readonly from: Address;
  readonly to: Address;
}

/** A file whose bytes are stored, hashed and scanned. */
export interface OutboundFile {
  readonly kind: FileKind;
  readonly name: string;
  /** What the bytes are, looked at. */
  readonly type: string;
  readonly size: number;
  /** Of the bytes, hex. */
  readonly sha256: string;
  /** How long it plays, milliseconds, as its sender's client says: never more than a hint. */
  readonly durationMs?: number;
  /** From the first byte, each time it is called. */
  open(): AsyncIterable<Uint8Array>;
  /**
   * An address at which the provider can fetch it for so long, also from a process that comes after this one; for
   * providers that take files by a link. @throws Error where the config has no `publicUrl`
   */
  link(openMs: number): string;
}

export interface AnsweredMessage {
  readonly id: RemoteId;
  /** Who wrote what is answered: the line itself, or somebody of the chat. */
  readonly by: Address;
  /** What it says, for networks that quote. */
  readonly text: string;
}

export interface OutboundMessage extends ChatRef {
  /** The entry that this sends: the idempotency key where the provider has one. */
  readonly position: Position;
  readonly attempt: number;
  /** The words or the caption. Where `formatting` is 0 they hold their own plain signs and `marks` is absent. */
  readonly text: string;
  readonly marks?: readonly Mark[];
  /** One at most, of a kind that the capabilities name and no larger than they say. */
  readonly file?: OutboundFile;
  readonly location?: GeoPlace;
  /** Where `reply` is above 0. */
  readonly replyTo?: AnsweredMessage;
  /** An approved text of the provider's, in place of words of our own; `text` is what the customer will read. */
  readonly template?: ChosenTemplate;
}

export interface ChosenTemplate {
  readonly name: string;
  readonly language: string;
  readonly values: readonly string[];
}

/** A text that the provider approved. `{{1}}` and so on stand for values. */
export interface Template {
  readonly name: string;
  readonly language: string;
  readonly text: string;
  readonly values: number;
  /** Why it can't be sent now, in words that end a sentence: "WhatsApp has paused it". Absent where it can. */
  readonly unusable?: string;
}

/** Of a message that stands in the chat already. `position` is of the wish; doing it again does no harm. */
interface OutboundChange extends ChatRef {
  readonly position: Position;
  /** All parts of it, as the network calls them. */
  readonly ids: readonly RemoteId[];
  /** Who wrote it: the line itself, or somebody of the chat. */
  readonly by: Address;
}

export interface OutboundEdit extends OutboundChange {
  readonly text: string;
  readonly marks?: readonly Mark[];
  /** What is edited is a file's caption. */
  readonly caption: boolean;
}

export type OutboundRedaction = OutboundChange;

export interface OutboundReaction extends OutboundChange {
  /** All that the line has on it from now on, the newest last; empty takes the last one away. */
  readonly keys: readonly string[];
}

export interface OutboundRead extends ChatRef {
  /** The newest that was read; what came before it was read too. */
  readonly id: RemoteId;
  readonly by: Address;
}

export interface OutboundTyping extends ChatRef {
  readonly on: boolean;
  /** The customer's newest message. */
  readonly last?: RemoteId;
}

/** RFC 6121, `show`: `chat` is free for chat, `xa` away for longer. */
export type PresenceState = 'available' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline';

export interface OutboundPresence {
  readonly from: Address;
  readonly state: PresenceState;
  readonly words?: string;
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
