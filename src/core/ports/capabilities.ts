/** What a network can do on a line or in a chat, in bridgev2's names (mautrix/go, event/capabilities.d.ts). */
import type { FileKind } from '../network-entries.ts';

/**
 * -2 rejected: nothing goes out and the room says so; -1 dropped: nothing goes out, nobody needs to know; 0 fallback: it
 * goes out in another form; 1 partial, 2 full. Never graded better than it is: a method is there exactly where its grade
 * is above 0.
 */
export type Level = -2 | -1 | 0 | 1 | 2;

export interface FileFeatures {
  /** What is sent as this kind; other types go as `file`, or not at all. `image/*` stands for all of a family. */
  readonly mime_types: readonly string[];
  /** Bytes. */
  readonly max_size: number;
  /**
   * Whether words go with it. Where this is not above 0 a file never comes with `text`: staff are told to send one after
   * the other.
   */
  readonly caption: Level;
}

export interface Capabilities {
  /** The provider means it to be used by programs. */
  readonly official: boolean;
  /** Who keeps inbound messages while we are down; with `list-call` the connector has `missed`. */
  readonly keepsInbound: 'provider-retries' | 'list-call' | 'nobody';
  /** For how long, milliseconds, as the provider says; absent where it doesn't say. */
  readonly keepsForMs?: number;
  /** What the network knows a send by: nothing means that an unclear send stays unclear. */
  readonly sendIdentifiedBy: 'our-id' | 'provider-id' | 'nothing';
  /** Code units of UTF-16; longer texts are refused by `refuses`. */
  readonly max_text_length: number;
  /** Bold and the like; with 0 the words go out with plain signs for lists, quotes and links. */
  readonly formatting: Level;
  /** Outbound, by kind; a kind that isn't there can't be sent. */
  readonly file: Readonly<Partial<Record<FileKind, FileFeatures>>>;
  readonly location_message: Level;
  /** With 0 the answer quotes what it answers. */
  readonly reply: Level;
  /** `edit`. */
  readonly edit: Level;
  /** Milliseconds after sending. */
  readonly edit_max_age?: number;
  /** `redact`. */
  readonly delete: Level;
  readonly delete_max_age?: number;
  /** `react`. */
  readonly reaction: Level;
  /** How many one person may have on a message. */
  readonly reaction_count?: number;
  /** Absent where any emoji will do. */
  readonly allowed_reactions?: readonly string[];
  readonly delivery_receipts: Level;
  /** `markRead`: ours told to the customer. */
  readonly read_receipts: Level;
  /** `typing`: ours told to the customer. */
  readonly typing_notifications: Level;
  /** It shows typing only by telling that it was read. */
  readonly typing_marks_read?: boolean;
  /** `presence`: ours told to the customer. */
  readonly presence: Level;
  readonly groups: Level;
  /** `templates`. */
  readonly templates: Level;
  /** Free text goes out only so long after the customer's last message, milliseconds. */
  readonly service_window?: number;
}

/** A connector type as docs/networks.md shows it: `most` is what it can do where the account allows everything. */
export interface NetworkFacts {
  /** "WhatsApp Business Cloud API". */
  readonly title: string;
  readonly most: Capabilities;
  /** What comes in, in words: "text, pictures, ...". */
  readonly receives: readonly string[];
  /** What can't be done and why, a sentence each. */
  readonly cannot: readonly string[];
}

/** Why an address can be no line's with a connector's settings, in words behind it; and what to do. */
export interface LineRefusal {
  readonly message: string;
  readonly fix: string;
}

/** A GET of the provider's, and the body that answers it. */
export interface FirstCall {
  /** Behind the question mark. */
  readonly query: string;
  readonly answer: string;
}
