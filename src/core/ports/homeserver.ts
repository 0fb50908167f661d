/**
 * What the features need of the homeserver; `matrix/` implements it with the appservice's tokens.
 * Every call acts as one of our own users: `@gatehouse`, a ghost, `@compliance`.
 */
import type { EventId, MediaUri, Millis, Position, RoomAlias, RoomId, UserId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Result } from '../result.ts';

export type HomeserverFailure =
  /** No answer, or none that can be trusted (timeout, broken connection, 500, a proxy's 502 or 504): it may or may not have been done. */
  | { readonly kind: 'unclear'; readonly detail: string }
  /** Refused connection or 503; any failure of a call whose repeat does no harm: certainly not done, or safe to do again. */
  | { readonly kind: 'down'; readonly detail: string }
  | { readonly kind: 'rate-limited'; readonly afterMs: number }
  | { readonly kind: 'forbidden'; readonly errcode: string; readonly detail: string }
  | { readonly kind: 'not-found'; readonly errcode: string; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string }
  | { readonly kind: 'refused'; readonly status: number; readonly errcode: string; readonly detail: string };

export type Done<T> = Promise<Result<T, HomeserverFailure>>;

export interface SendEvent {
  readonly as: UserId;
  readonly room: RoomId;
  readonly type: string;
  readonly content: JsonObject;
  /** The entry that this shows; with `part` it makes the transaction id, so that a repeat is no second message. */
  readonly source: Position;
  /** Tells apart several events made from one entry: `text`, `mark-3`, `why`. */
  readonly part: string;
}

export type SoughtEvent = Pick<SendEvent, 'as' | 'room' | 'source' | 'part'> & {
  /** It can't be older than this by the homeserver's clock: the search ends there. */
  readonly since?: Millis;
};

export interface OwnReaction {
  readonly key: string;
  /** The reaction itself: what is redacted to take it away. */
  readonly event: EventId;
}

export interface NewRoom {
  readonly as: UserId;
  readonly name: string;
  readonly topic?: string;
  readonly invite: readonly UserId[];
  readonly creationContent: JsonObject;
  readonly initialState: readonly { readonly type: string; readonly state_key: string; readonly content: JsonObject }[];
  readonly powerLevels?: JsonObject;
  readonly alias?: RoomAlias;
  readonly isDirect?: boolean;
}

/** Bytes that are read as they go; what `open` throws goes on to the caller. */
export interface StreamedBytes {
  readonly size: number;
  /** From the first byte, each time it is called. */
  open(): AsyncIterable<Uint8Array>;
}

/** How an account of our own homeserver is: `away` is deactivated, locked or suspended by an admin. */
type AccountState = 'active' | 'away' | 'unknown';

export interface Homeserver {
  readonly domain: string;
  /** `@gatehouse:<domain>`. */
  readonly gatehouse: UserId;
  /** `@compliance:<domain>`. */
  readonly compliance: UserId;
  /** Whether this user is a ghost or one of our bots. */
  isOurs(user: UserId): boolean;

  send(event: SendEvent): Done<EventId>;
  /** The event that shows `source`/`part` in the room, if it is there: asked before a send that may be a repeat. */
  findEcho(sent: SoughtEvent): Done<EventId | undefined>;
  /** The reactions of `as` that stand on an event. */
  ownReactions(on: {
    readonly as: UserId;
    readonly room: RoomId;
    readonly event: EventId;
  }): Done<readonly OwnReaction[]>;
  redact(redaction: {
    readonly as: UserId;
    readonly room: RoomId;
    readonly event: EventId;
    readonly source: Position;
    readonly part: string;
    readonly reason?: string;
  }): Done<EventId>;
  setState(state: {
    readonly as: UserId;
    readonly room: RoomId;
    readonly type: string;
    readonly stateKey: string;
    readonly content: JsonObject;
  }): Done<EventId>;
  state(at: {
    readonly as: UserId;
    readonly room: RoomId;
    readonly type: string;
    readonly stateKey: string;
  }): Done<JsonObject | undefined>;
  createRoom(room: NewRoom): Done<RoomId>;
  resolveAlias(alias: RoomAlias): Done<RoomId | undefined>;
  /** A room of `as` whose creation content has `key` equal to `value`: looked for before it is created again. */
  findRoomMade(by: {
    readonly as: UserId;
    readonly key: string;
    readonly value: string;
    /** Rooms that are not meant, although they carry it. */
    readonly except?: readonly RoomId[];
  }): Done<RoomId | undefined>;
  /**
   * Registers the ghost and sets its name; doing it again is harmless. `again`: it may have been deactivated when all that
   * was left of its contact went; by the admin's token it is let in again, without one it stays refused.
   */
  ensureGhost(ghost: { readonly user: UserId; readonly name: string; readonly again?: boolean }): Done<void>;
  /** Makes `as` a member; `inviter` invites where needed. Doing it again is harmless. */
  ensureJoined(member: { readonly as: UserId; readonly room: RoomId; readonly inviter: UserId }): Done<void>;
  invite(invite: { readonly as: UserId; readonly room: RoomId; readonly user: UserId }): Done<void>;
  members(of: {
    readonly as: UserId;
    readonly room: RoomId;
  }): Done<readonly { readonly user: UserId; readonly membership: 'join' | 'invite' }[]>;
  /** Gives an alias of our own making free, so that another room can have it. Doing it again is harmless. */
  dropAlias?(of: { readonly as: UserId; readonly alias: RoomAlias }): Done<void>;
  /** By the admin's token: somebody local with power in the room gives it to `user`, and invites it. Absent without a token. */
  readonly takeCharge?: (of: { readonly user: UserId; readonly room: RoomId }) => Done<void>;
  /**
   * By the admin's token, in a room where we may be nobody: redacts one message, shown as its sender's own redaction. True
   * once it is redacted, by whomever; false where the homeserver can't: it is no message, or of another server's user.
   * Doing it again is harmless. A second message of that sender at the same millisecond in that room goes with it. Absent
   * without a token.
   */
  readonly takeBack?: (of: {
    readonly sender: UserId;
    readonly room: RoomId;
    readonly event: EventId;
    readonly type: string;
    /** `origin_server_ts`: that API knows events by their time alone. */
    readonly at: Millis;
    readonly reason: string;
  }) => Done<boolean>;
  /** By the admin's token; absent without one. */
  readonly account?: (user: UserId) => Done<AccountState>;
  upload(file: {
    readonly as: UserId;
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array | StreamedBytes;
  }): Done<string>;
  /**
   * Brings a file of any server's media repository, piece by piece: the next piece is read when `into` has resolved, and
   * what `into` throws goes on to the caller. A file that can't be had for reasons of its own is never `down`.
   */
  download(file: {
    readonly uri: MediaUri;
    /** A larger file is `too-large`; up to this many bytes were given to `into` by then. */
    readonly maxBytes: number;
    readonly signal: AbortSignal;
    readonly into: (piece: Uint8Array) => Promise<void>;
  }): Done<void>;
  /** Asks the homeserver to call the appservice: makes a backed-off one deliver at once. */
  ping(service: 'bridge' | 'archive'): Done<{ readonly ms: number }>;
}
