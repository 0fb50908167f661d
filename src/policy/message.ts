/** What a rule judges: a pure value, made from an entry (or from a pre-send question) by `judging/message-of.ts`. */
import type { Direction } from '../core/entry.ts';
import type { LineId, Millis, NetworkId, Position, RoomId } from '../core/ids.ts';
import type { Unread } from '../core/policy-words.ts';

/** One text of a message. `html` is the text of formatted_body; it is matched only where it says more than the body. */
export interface Piece {
  readonly what: 'body' | 'html' | 'caption' | 'file-name' | 'file' | 'topic' | 'name' | 'option' | 'reaction';
  readonly text: string;
  /** The `file.stored` entry whose text it is. */
  readonly file?: Position;
  /** Ranges that quote somebody else: `> …`, mx-reply, blockquote. */
  readonly quoted: readonly { readonly start: number; readonly end: number }[];
}

export interface JudgedMessage {
  /** The message; absent before it exists (pre-send). */
  readonly of?: Position;
  /** The newest edit, when it is the edit's text that is judged. */
  readonly version?: Position;
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unread[];
  /** SHA-256, hex, over the JCS of what would go out or stand in the room: what an approval and a "send anyway" are good for. */
  readonly content: string;
}

export interface MessageContext {
  readonly direction: Direction;
  readonly at: Millis;
  readonly sender: string;
  /** The config's groups that the sender is in. */
  readonly senderGroups: readonly string[];
  readonly room?: RoomId;
  readonly tags: readonly string[];
  readonly line?: LineId;
  readonly network?: NetworkId;
  /** Where national numbers are read: ISO 3166. */
  readonly country?: string;
  /** This sender's previous messages in the room, newest first, at most 5 and at most 5 minutes old. */
  readonly before: readonly { readonly of: Position; readonly text: string; readonly at: Millis }[];
}
