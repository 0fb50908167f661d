/** What networks bring: the bodies of the `network.*` kinds. `journal/entries/network-bodies.ts` checks them. */
import type { Address, ConnectorId, NetworkId, RemoteId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Mark } from './rich-text.ts';

interface OfConnector {
  readonly connector: ConnectorId;
  readonly network: NetworkId;
}

/** Who wrote, and to whom: `endsOf` says which of them is the line, the chat and the writer. */
export interface Ends {
  readonly from: Address;
  readonly to: Address;
  /** Written by the company's own account, elsewhere than here: then `from` is the line's address. */
  readonly own?: boolean;
  /** Written in a group: the chat is the group's, and `from` is the member who wrote. */
  readonly group?: Group;
}

export type Group = Readonly<{
  /** The group's own id, as an address: never equal to a person's. */
  id: Address;
  name?: string;
  /** Everybody in it but the line, where the network tells. */
  members?: readonly { readonly address: Address; readonly name?: string }[];
}>;

/** What a file is to the people who see it. */
export type FileKind = 'image' | 'video' | 'audio' | 'voice' | 'animation' | 'sticker' | 'file';

/** A file that came with a message. Its bytes are fetched and stored before anybody sees it (`file.stored`). */
export type Attachment = Readonly<{
  kind: FileKind;
  /** What the connector fetches it by; means nothing to anybody else. At most 2,048 characters. */
  ref: string;
  /** As its sender calls it. */
  name?: string;
  /** What the network says it is; never trusted. */
  type?: string;
  /** Bytes, as the network says. */
  size?: number;
  /** SHA-256 of the bytes as the network says, hex: other bytes are refused. */
  sha256?: string;
  durationMs?: number;
  width?: number;
  height?: number;
  /** The network would show it once only. */
  viewOnce?: boolean;
}>;

/** WGS 84, degrees. */
export type GeoPlace = Readonly<{
  latitude: number;
  longitude: number;
  /** Radius of uncertainty, metres. */
  accuracy?: number;
  name?: string;
  address?: string;
  /** It moves: this is where it began. */
  live?: boolean;
}>;

/** Somebody's card, sent as a message. */
export type SharedContact = Readonly<{
  name: string;
  /** As the card has them. */
  phones: readonly string[];
  emails?: readonly string[];
  organisation?: string;
}>;

export type RepliedTo = Readonly<{
  id: RemoteId;
  /** What the network quotes of it. */
  text?: string;
}>;

/** What a message says, whatever else it is. */
export interface MessageContent {
  /** The words, or the caption; empty where there are none. */
  readonly text: string;
  /** Over `text`; absent for plain text. */
  readonly marks?: readonly Mark[];
  readonly attachments?: readonly Attachment[];
  readonly location?: GeoPlace;
  readonly contacts?: readonly SharedContact[];
  /** It holds something that has no form here, in words for people: `a poll: "Lunch?"`, `an order of 3 things`. */
  readonly unsupported?: string;
  /** The part of its chat that it stands in, by its name: said below the words. */
  readonly topic?: string;
}

/** One received message as a connector decoded it. */
export interface NetworkMessage extends OfConnector, Ends, MessageContent {
  /** The name the network gives the writer, when it gives one. */
  readonly fromName?: string;
  /** The provider's own id, unique in the connector: what edits, deletions, reactions and replies name it by. */
  readonly remoteId?: RemoteId;
  readonly replyTo?: RepliedTo;
  readonly forwarded?: 'once' | 'often';
  /** The network would delete it by itself after so long; the record stays. */
  readonly expiresInMs?: number;
  /** Not anybody's words: the network says it of the chat, in words for people ("missed voice call"). */
  readonly service?: boolean;
  /** What is known to be missing: "part 2 of 3". */
  readonly missing?: string;
  /** How the wire carried it (data coding, parts, flags): for the officer, never acted on. */
  readonly wire?: JsonObject;
}

/** The writer changed it; what it said before stays on record. */
export interface NetworkEdit extends OfConnector, Ends, MessageContent {
  readonly target: RemoteId;
  /** What is still missing: "part 3 of 3". */
  readonly missing?: string;
}

/** The writer or the network took it back. The room hides it, the record keeps it. */
export interface NetworkRedaction extends OfConnector, Ends {
  readonly targets: readonly RemoteId[];
}

export interface NetworkReaction extends OfConnector, Ends {
  readonly target: RemoteId;
  /** All that `from` has on it now, as text; empty when the last one was taken away. */
  readonly keys: readonly string[];
}

export type ReceiptState = 'accepted' | 'delivered' | 'read' | 'failed' | 'expired' | 'unknown';

export interface NetworkReceipt extends OfConnector {
  /** The id as the receipt spells it. */
  readonly remoteId: RemoteId;
  /** The same id as the connector matched it against what it was given at sending, when it could. */
  readonly matches?: readonly RemoteId[];
  readonly state: ReceiptState;
  /** In a group: whose. */
  readonly by?: Address;
  readonly code?: string;
  readonly detail?: string;
}

export type ConnectorStateName =
  'starting' | 'connecting' | 'connected' | 'degraded' | 'bad-credentials' | 'logged-out' | 'stopped';

/** The network changed what a chat is. */
export interface NetworkChat extends OfConnector {
  readonly line: Address;
  readonly chat: Address;
  /** The chat has another address from now on: a group was upgraded, a customer took another number. */
  readonly movedTo?: Address;
  readonly name?: string;
}

export interface NetworkBodies {
  'network.message': NetworkMessage;
  'network.edit': NetworkEdit;
  'network.redaction': NetworkRedaction;
  'network.reaction': NetworkReaction;
  'network.receipt': NetworkReceipt;
  'network.chat': NetworkChat;
  /** An opt-out or opt-in that the network itself keeps. */
  'network.consent': OfConnector & {
    readonly from: Address;
    readonly to: Address;
    readonly action: 'stop' | 'start' | 'help';
    readonly detail?: string;
  };
  /** Something that belongs to no chat of ours, or can't be read: on record as what it is. */
  'network.unsupported': OfConnector & {
    readonly to?: Address;
    readonly from?: Address;
    readonly what: string;
  };
  /** What became of our account there; `alert` is told to compliance, in words for people. */
  'network.account': {
    readonly connector: ConnectorId;
    readonly state?: ConnectorStateName;
    readonly alert?: string;
    readonly detail?: string;
  };
}

/** Which end is which: the line's address, the chat's (a person or a group), and who wrote. */
export function endsOf({ from, to, own = false, group }: Ends): {
  readonly line: Address;
  readonly chat: Address;
  readonly writer: Address;
} {
  return { line: own ? from : to, chat: group?.id ?? (own ? to : from), writer: from };
}
