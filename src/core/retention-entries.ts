/** Entries of the retention family: how long what is kept, what may not go, and what went. Numbers and ids, never text. */
import type { ClassId, EventId, HoldId, LineId, Millis, NetworkId, Position, RoomId, UserId } from './ids.ts';

/** A length of time by the calendar (UTC) and the clock: years are counted as the law counts them. */
export type Period = Readonly<{ years?: number; ms?: number }>;

export type KeptClass = Readonly<{
  id: ClassId;
  /** At least. */
  keep: Period;
  /** At most; absent, it stays until somebody decides. */
  erase?: Period;
  /** The paragraph that asks for it. */
  authority: string;
  /** Nobody but the company asks for it: a person's own wish to be erased goes before its minimum. */
  own?: true;
}>;

/** What a class is given to: everything that is named must fit. */
export type AssignedTo = Readonly<{
  line?: LineId;
  /** One of these: a room, or the rooms of a tag. */
  rooms?: readonly RoomId[];
  /** One of these said it: a group's members. */
  users?: readonly UserId[];
  network?: NetworkId;
  /** A kind or a family: `matrix.event`, `policy`. */
  kind?: string;
  /** `flagged`, `quarantined`, `unscanned` or a rule's id. */
  verdict?: string;
}>;

export type Assignment = Readonly<{
  /** The same as long as it means the same to people: `config:deals`, `desk:!room:acme.example`. */
  name: string;
  class: ClassId;
  to: AssignedTo;
}>;

/** From `from` to `to`, both included. */
export type Span = readonly [from: Position, to: Position];

/** Why a record stays although its time is over. */
export const stayReasons = [
  'hold',
  'open-task',
  'open-item',
  'needed',
  'spoken-of',
  'longer-class',
  'duty',
  'others',
  'not-captured',
] as const;
export type StayReason = (typeof stayReasons)[number];

export type LeftOut = Readonly<{ position: Position; why: StayReason; hold?: HoldId }>;

export type ClassCount = Readonly<{ class: ClassId; entries: number; files: number; from: Millis; to: Millis }>;
export type StayCount = Readonly<{ why: StayReason; hold?: HoldId; entries: number }>;

/** Where an officer asked for something: the command, answered in reply to it. */
export type AskedAt = Readonly<{ by: UserId; room: RoomId; event: EventId }>;

/** What a hold covers, as it is meant for good: names were resolved when it was placed. */
export type HoldSelector = Readonly<{
  /** As it was typed: said in answers. */
  query: string;
  /** The query understood: JSON of `retention/holds`. */
  meant: string;
  from?: Millis;
  until?: Millis;
}>;

/** One store's part in a run. */
export type StoreCount = Readonly<{
  store:
    | 'journal'
    | 'keys'
    | 'index'
    | 'blobs'
    | 'copies'
    | 'homeserver-events'
    | 'homeserver-rooms'
    | 'homeserver-media'
    | 'homeserver-users';
  gone: number;
  stayed: number;
  /** Why what stayed stayed, in words. */
  why?: string;
}>;

/** Bodies by kind, version 1; part of `EntryBodies`. */
export interface RetentionBodies {
  /** The classes and assignments in force from here on, all of them. A change disarms. */
  'retention.classes': {
    readonly classes: readonly KeptClass[];
    readonly default: ClassId;
    readonly assignments: readonly Assignment[];
    /** SHA-256, hex, of the three above as JCS. */
    readonly digest: string;
    readonly by?: UserId;
    readonly approvedBy?: UserId;
  };
  /** An officer wants a class that keeps shorter, where a second one has to want the same. */
  'retention.set-asked': {
    /** The assignment's. */
    readonly name: string;
    /** Absent: it should end. */
    readonly class?: ClassId;
    readonly by: UserId;
  };
  /** Somebody, or the clock, asks for a look or a run. */
  'retention.asked': { readonly act: 'preview' | 'run'; readonly at?: AskedAt };
  'retention.previewed': {
    readonly because: Position;
    /** Digest of the classes that it was counted by. */
    readonly classes: string;
    /** What is older than its class by then. */
    readonly until: Millis;
    readonly due: readonly ClassCount[];
    readonly stays: readonly StayCount[];
  };
  /** An officer read the preview and asks for a second one. */
  'retention.arm-requested': { readonly classes: string; readonly preview: Position; readonly by: UserId };
  /** Two officers read the preview and let runs delete; or, with `armed: false`, one took it back, or classes changed. */
  'retention.armed': {
    readonly armed: boolean;
    readonly classes: string;
    readonly preview?: Position;
    /** The first officer's word, which this ends. */
    readonly request?: Position;
    readonly why: 'asked' | 'classes-changed';
    readonly by?: UserId;
    readonly approvedBy?: UserId;
  };
  /** A run begins, or says why it does not. */
  'retention.run': {
    readonly because: Position;
    /** A person's erasure: it erases what that request covers, of whatever age, and needs no arming. */
    readonly dsar?: Position;
    readonly classes: string;
    readonly until: Millis;
    readonly refused?: 'not-armed' | 'clock';
    readonly armed?: Position;
    /** The tree's head before anything goes. */
    readonly size: number;
    readonly root: string;
  };
  /** These are erased: keys, search words, files and copies follow from this entry, however often it is begun again. */
  'retention.erased': {
    readonly run: Position;
    readonly class: ClassId;
    readonly authority: string;
    readonly spans: readonly Span[];
    readonly entries: number;
    /** Settled in the commit itself: what a hold or task of that very moment kept. */
    readonly leftOut: readonly LeftOut[];
  };
  'retention.certificate': {
    readonly run: Position;
    /** The person's request that it was done for. */
    readonly dsar?: Position;
    readonly classes: string;
    readonly until: Millis;
    readonly approvers: readonly UserId[];
    readonly gone: readonly ClassCount[];
    readonly stays: readonly StayCount[];
    readonly stores: readonly StoreCount[];
    readonly before: Readonly<{ size: number; root: string }>;
    readonly after: Readonly<{ size: number; root: string }>;
    /** From then on no backup of keys opens what went. */
    readonly finalAt: Millis;
    /** Of the certificate's file: SHA-256, hex, and the Ed25519 signature over its bytes, base64. */
    readonly sha256: string;
    readonly signature: string;
  };
  /** An officer says that the clock, which jumped, is right. */
  'retention.clock-confirmed': { readonly by: UserId; readonly byMs: number };
  'hold.placed': {
    readonly hold: HoldId;
    readonly case?: string;
    readonly selector: HoldSelector;
    /** They are told, and asked to say that they read it. */
    readonly custodians: readonly UserId[];
    readonly by: UserId;
    /** The command that placed it: what it covers is told there. */
    readonly at?: AskedAt;
  };
  'hold.acknowledged': { readonly hold: HoldId; readonly by: UserId };
  /** It stands until a second officer agrees; with `refused` one said no, or who asked took it back, and it stands on. */
  'hold.release-requested': {
    readonly hold: HoldId;
    readonly placed: Position;
    readonly by: UserId;
    readonly refused?: true;
  };
  'hold.released': {
    readonly hold: HoldId;
    readonly placed: Position;
    readonly by: UserId;
    readonly approvedBy?: UserId;
  };
}
