/** Entries: one thing that happened, each with a position in the journal. Bodies are checked by `journal/entries`. */
import type {
  Address,
  ClassId,
  ContactId,
  DeskId,
  EventId,
  GateId,
  LineId,
  MediaUri,
  Millis,
  NetworkId,
  PortalId,
  Position,
  RemoteId,
  RoomId,
  TaskId,
  UserId,
} from './ids.ts';
import type { FailureKind } from './failures.ts';
import type { Json, JsonObject } from './json.ts';
import type { NetworkBodies } from './network-entries.ts';
import type { Judged, PolicyBodies } from './policy-entries.ts';
import type { PersonBodies } from './person-entries.ts';
import type { RetentionBodies } from './retention-entries.ts';
import type { WatchBodies } from './watch-entries.ts';

export type Direction = 'inbound' | 'outbound' | 'internal' | 'external';

/** Where an entry came from. `(system, id)` with the same content is one thing that happened, seen again. */
export interface Source {
  /** `matrix`, `network:<connector id>`, `gatehouse`. */
  readonly system: string;
  /** The event id, the provider's message id, or an id of our own making. */
  readonly id: string;
  /** False where the id is only a likeness (SMPP): then nothing is ever dropped as a duplicate. */
  readonly sure: boolean;
  /** With `sure: false`: the peer may be repeating a message whose first copy's answer it perhaps never got. */
  readonly mayRepeat?: boolean;
  /** Set by the journal: the first entry under this id, which has other content. */
  readonly conflictWith?: Position;
  /** Set by the journal: the look-alike that this may repeat. */
  readonly possibleDuplicateOf?: Position;
  /** Set by the journal: this Matrix event is only our own showing of that entry, so it is no second hit in a search. */
  readonly echoOf?: Position;
  /** Set where it was not brought to us but fetched. For display and counting: nothing that follows may depend on it. */
  readonly late?: LateSource;
}

/** How a Matrix event came on record that the homeserver did not bring by itself. */
export type LateSource = Readonly<{
  /** `gap`: it should have been brought; `walk-back`: it is older than Gatehouse's own first look at the room. */
  by: 'gap' | 'walk-back';
  /** The event that it follows in its room, by the homeserver's order; absent where that is not known. */
  after?: EventId;
}>;

/** What two events with one id are compared by; `age`, `unsigned` and `user_id` differ by the path they came. */
export interface MatrixEvent {
  readonly event_id: EventId;
  readonly type: string;
  readonly room_id: RoomId;
  readonly sender: UserId;
  readonly origin_server_ts: number;
  readonly content: JsonObject;
  readonly state_key?: string;
  readonly redacts?: EventId;
}

/**
 * Which file of which message: `part` is 0 for the file itself, 1 its thumbnail, 2 and 3 the same of an edit. Of what a
 * network brought it is twice the attachment's place in its list.
 */
interface FileOf {
  readonly of: Position;
  readonly part: number;
  /** Where the homeserver has it; absent for what a network brought. */
  readonly uri?: MediaUri;
  /** As its sender calls it. */
  readonly name?: string;
}

/** The bytes of a file that an event names: they lie encrypted under `data/blobs`, and only this body opens them. */
export interface StoredFile extends FileOf {
  /** What the bytes are, looked at; not what the sender says they are. */
  readonly type: string;
  /** Of the plain bytes. */
  readonly size: number;
  /** SHA-256 of the plain bytes, hex. */
  readonly sha256: string;
  /** Its name on disk: SHA-256 of the encrypted bytes, hex. */
  readonly blob: string;
  /** AES-256 key of the blob, base64. It is on disk nowhere else: an erased entry takes its file with it. */
  readonly key: string;
  /** True where the sender encrypted it: the bytes are what the homeserver has, and the event holds the key. */
  readonly encrypted?: boolean;
  /** What a scanner said, when one was asked. */
  readonly scan?: FileScan;
}

/** What a scanner for malware said of a file. */
export type FileScan = Readonly<{
  /** `clamd`, `icap`, `command`. */
  by: string;
  /** `failed`: it could not be asked, or can't read this file. */
  result: 'clean' | 'found' | 'failed';
  /** Of `found` the name of what it is; of `failed` why. */
  detail?: string;
  /** With `failed`: it is asked again, and what it says then is a `file.scanned`. */
  again?: true;
}>;

export interface MissingFile extends FileOf {
  /**
   * `later`: not had yet, and tried again for days. `gave-up`: it could not be had for as long as it was tried; its task is
   * dead and can be tried again.
   */
  readonly why: 'too-large' | 'not-found' | 'refused' | 'later' | 'gave-up';
  /** As whoever had it said. */
  readonly detail?: string;
}

/** Bodies by kind, version 1. Kinds of parts that are not built yet are added with those parts. */
export interface EntryBodies extends NetworkBodies, PersonBodies, PolicyBodies, RetentionBodies, WatchBodies {
  'matrix.event': MatrixEvent;
  'file.stored': StoredFile;
  'file.missing': MissingFile;
  /** The scanner answered at last; `stored` is the file's record, `of` its message. */
  'file.scanned': {
    readonly of: Position;
    readonly part: number;
    readonly stored: Position;
    readonly scan: FileScan;
  };
  'matrix.malformed': { readonly reason: string; readonly eventId?: string; readonly roomId?: string };
  /** About to send `of`; if nothing follows, the outcome is unknown. */
  'delivery.attempt': {
    readonly of: Position;
    readonly attempt: number;
    readonly target: 'network' | 'matrix';
    readonly text?: string;
    /** By which rules this very text was let go; absent where nothing is judged. */
    readonly judged?: Judged;
  };
  'delivery.outcome': {
    readonly of: Position;
    readonly target: 'network' | 'matrix';
    readonly state: 'sent' | 'pending' | 'failed' | 'unknown';
    readonly ids?: readonly RemoteId[];
    readonly eventId?: EventId;
    /** Where it took several events: those behind the first. */
    readonly further?: readonly EventId[];
    /** With target `matrix`: the parts of it that are files and weren't there to be shown with it. They follow. */
    readonly lacking?: readonly number[];
    readonly reason?: FailureKind;
    readonly code?: string;
    readonly detail?: string;
    /** True where a repeat can't be ruled out: the send followed an unknown outcome. */
    readonly maybeTwice?: boolean;
    /** With `pending`: until when the network means to tell what became of it. */
    readonly settleBy?: Millis;
  };
  /** A person asked to try `of` again. */
  'delivery.retry': { readonly of: Position; readonly by: UserId };
  /** Staff wrote `behind` before `of`, and it reached us after it: `of` is sent behind it. */
  'delivery.deferred': { readonly of: Position; readonly behind: Position };
  'delivery.abandoned': { readonly of: Position; readonly reason: FailureKind; readonly by?: UserId };
  'portal.opened': {
    readonly portal: PortalId;
    readonly room: RoomId;
    readonly line: LineId;
    readonly contact: ContactId;
    readonly network: NetworkId;
    /** The wish that it was opened for; absent where a customer's text was the reason. */
    readonly because?: Position;
  };
  'portal.moved': { readonly portal: PortalId; readonly from: RoomId; readonly to: RoomId };
  'portal.closed': {
    readonly portal: PortalId;
    /** Absent where it never had one. */
    readonly room?: RoomId;
    readonly why: string;
    /**
     * Nothing is left of its contact but what the house is built on: all of it ends here, the contact's name and user too.
     * Counts only if nothing of the contact was recorded after `asOf`: a message that came meanwhile keeps the portal.
     */
    readonly over?: { readonly contact: ContactId; readonly asOf: Position };
  };
  /** Staff asked for a chat with `address`; makes contact and portal. */
  'portal.wanted': {
    readonly line: LineId;
    readonly network: NetworkId;
    readonly address: Address;
    readonly by: UserId;
    readonly because: Position;
    readonly text?: string;
    /** The ready text that `text` was made of: the provider's, as which it goes out, or without a language our own. */
    readonly template?: { readonly name: string; readonly language?: string; readonly values: readonly string[] };
  };
  'ghost.made': {
    readonly user: UserId;
    readonly network: NetworkId;
    readonly address: Address;
    readonly name: string;
  };
  /** A room of our own making that is no portal: a line's space, a desk, a chat with a staff member. */
  'room.made': { readonly room: RoomId; readonly use: RoomUse };
  'room.gone': { readonly room: RoomId; readonly portal?: PortalId; readonly why: string };
  'line.assigned': { readonly line: LineId; readonly portal: PortalId; readonly to: UserId; readonly by: UserId };
  'contact.changed': { readonly contact: ContactId; readonly name: string; readonly by: UserId };
  'staff.notice': { readonly user: UserId; readonly room: RoomId; readonly notice: string };
  /** Words of ours in a room, so that what staff were told is on record too. `refs` are the records it quotes. */
  'desk.command': {
    readonly desk: DeskId;
    readonly room: RoomId;
    readonly event: EventId;
    readonly command: string;
    readonly code: AnswerCode;
    readonly positions: readonly Position[];
  };
  /** An act at the command line: which command, who was logged in, and which records it showed. Never its words. */
  'cli.command': { readonly command: string; readonly user: string; readonly positions: readonly Position[] };
  'system.started': { readonly version: string; readonly epoch: number; readonly config: string };
  'system.stopped': { readonly why: string };
  'config.changed': { readonly digest: string };
  'gate.changed': { readonly gate: GateId; readonly open: boolean; readonly reason: string };
  'task.dead': { readonly task: TaskId; readonly of: Position; readonly reason: string };
  'checkpoint.published': {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    readonly where: string;
  };
}

export type RoomUse =
  | { readonly kind: 'space'; readonly line: LineId }
  | { readonly kind: 'desk'; readonly desk: DeskId }
  | { readonly kind: 'staff'; readonly user: UserId };

export type AnswerCode = 'ok' | 'denied' | 'usage' | 'not-found' | 'pending' | 'failed';

export type EntryKind = keyof EntryBodies;

/** Who and where, as far as known when it is appended; the journal adds what its projections know (see `Placing`). */
export interface Where {
  readonly actor?: string;
  readonly room?: RoomId;
  readonly portal?: PortalId;
  readonly line?: LineId;
  readonly contact?: ContactId;
  readonly direction?: Direction;
  readonly class?: ClassId;
}

export interface DraftOf<K extends EntryKind> extends Where {
  readonly kind: K;
  /** When it happened, by the peer's clock. */
  readonly at: Millis;
  readonly source: Source;
  readonly body: EntryBodies[K];
  /** The wire's own bytes. */
  readonly raw?: Uint8Array;
}
export type Draft = { readonly [K in EntryKind]: DraftOf<K> }[EntryKind];

export interface EntryOf<K extends EntryKind> extends Omit<DraftOf<K>, 'class'> {
  readonly position: Position;
  readonly v: number;
  readonly recordedAt: Millis;
  readonly class: ClassId;
}
/** An opened entry: a union that narrows by `kind`. */
export type Entry = { readonly [K in EntryKind]: EntryOf<K> }[EntryKind];

/** An entry whose key is gone: what stays is what the tree holds. */
export interface ErasedEntry {
  readonly position: Position;
  readonly kind: EntryKind;
  readonly at: Millis;
  readonly recordedAt: Millis;
  readonly class: ClassId;
  readonly erased: true;
}

/** Any further JSON that a part keeps with a command or answer. */
export type Data = Readonly<Record<string, Json>>;
