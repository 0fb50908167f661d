/** Entries of the policy family: what was judged, what was decided about it, by which rules. */
import type { DeskId, EventId, Millis, Position, RoomId, UserId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Consequence, EngineFailure, Severity, Unread } from './policy-words.ts';

/** A part of a finding in an earlier message, in UTF-16 units: begins `fromEnd` before the end of its text, `length` long. */
type KeptPart = Readonly<{ of: Position; fromEnd: number; length: number }>;

/** One finding as it is kept: where, how sure, masked; never the value. */
export type KeptFinding = Readonly<{
  /** `detector:card`, `lexicon:off-channel-en#12`, `pattern:0`. */
  by: string;
  /** body, html, caption, file-name, file, ... */
  what: string;
  file?: Position;
  /** UTF-16 units in that text, half-open. */
  start: number;
  end: number;
  confidence: number;
  /** `ends 1111`; empty for words. */
  masked: string;
  /** HMAC of the canonical value, hex. */
  value?: string;
  /** `assembled`, `spaced`, `look-alike`, ... */
  tricks: readonly string[];
  /** Earlier messages that it stretches over. */
  over: readonly Position[];
  /** Where in them. */
  parts?: readonly KeptPart[];
}>;

export type KeptHit = Readonly<{
  rule: string;
  /** SHA-256, hex, of the rule as it was. */
  version: string;
  says: string;
  severity: Severity;
  consequence: Consequence;
  dryRun: boolean;
  notify: boolean;
  count: number;
  /** At most 20. */
  findings: readonly KeptFinding[];
}>;

/** By which rules a text was let go, and the record of its verdict where there is one. */
export type Judged = Readonly<{ rules: string; verdict?: Position }>;

export type PresendCallback =
  'check_event_for_spam' | 'user_may_invite' | 'user_may_join_room' | 'federated_user_may_invite';

/** Bodies by kind, version 1; part of `EntryBodies`. */
export interface PolicyBodies {
  /** Written where there is a hit, something unread, or a failure of the engine; a clean message has none. */
  'policy.verdict': {
    readonly of: Position;
    /** The edit whose text was judged. */
    readonly version?: Position;
    /** A file's text, judged by itself when it was stored. */
    readonly file?: Position;
    readonly rules: string;
    /** SHA-256, hex: the very content that was judged. */
    readonly content: string;
    readonly hits: readonly KeptHit[];
    readonly unread: readonly Unread[];
    /** What is done; of hits that are dry runs nothing is. */
    readonly consequence: Consequence | 'none';
    readonly failed?: EngineFailure;
    /** With quarantine and warn: when it ends undecided. */
    readonly until?: Millis;
    /** Written to a customer, and never asked about at the gate: what stands in the room was judged. */
    readonly afterwards?: true;
  };
  /** Refused before it existed (`shadow`: it would have been). The only place where its content is. */
  'policy.refused': {
    readonly callback: PresendCallback;
    readonly user: UserId;
    readonly room: RoomId;
    readonly event?: JsonObject;
    readonly invitee?: UserId;
    readonly rules: string;
    readonly content: string;
    readonly hits: readonly KeptHit[];
    /** The barrier: its two groups. */
    readonly barrier?: readonly [string, string];
    readonly shadow: boolean;
    readonly failed?: EngineFailure;
    /** The sender may say "send anyway" until then. */
    readonly until?: Millis;
  };
  /** `of` is the message, `verdict` the card that was decided, `content` what the officer saw. */
  'policy.approved': {
    readonly of: Position;
    readonly verdict: Position;
    readonly content: string;
    readonly by: UserId;
    readonly note?: string;
  };
  'policy.rejected': {
    readonly of: Position;
    readonly verdict: Position;
    readonly content: string;
    readonly by: UserId;
    readonly note?: string;
  };
  'policy.expired': { readonly of: Position; readonly verdict: Position };
  /** The sender's "send anyway", with the reason: good for this content until `until`. `of` is the verdict or refusal that warned. */
  'policy.overridden': {
    readonly of: Position;
    readonly message?: Position;
    readonly content: string;
    readonly by: UserId;
    readonly reason: string;
    readonly until: Millis;
  };
  /** A redaction by us: asked for, and what came of it. */
  'policy.redacted': {
    readonly of: Position;
    readonly verdict: Position;
    readonly event: EventId;
    readonly how: 'own-power' | 'admin' | 'not-possible';
    /** Its verdict's. */
    readonly afterwards?: true;
  };
  /** Somebody at a desk was shown the record `of` with its numbers: before they were shown, by the command `event`. */
  'policy.unmasked': {
    readonly of: Position;
    /** Earlier messages, shown with it: what was found goes on from them. */
    readonly also?: readonly Position[];
    readonly desk: DeskId;
    /** The desk's. */
    readonly room: RoomId;
    readonly event: EventId;
    readonly by: UserId;
    readonly reason: string;
  };
  /** One rule or lexicon, with its text as loaded: an old rule set can always be made again. */
  'policy.rule-changed': {
    readonly what: 'rule' | 'lexicon';
    readonly id: string;
    readonly change: 'added' | 'changed' | 'removed' | 'switched' | 'proposed' | 'refused';
    readonly version: string;
    /**
     * YAML or lexicon text, at most 256 KiB; absent with `removed` and `switched`, and where either is proposed. With
     * `refused` what is wrong: `id` is the file then.
     */
    readonly text?: string;
    /** With `switched` what a desk switched; with `added` and `changed` what stays so; empty, a proposal is taken back. */
    readonly set?: Readonly<{ enabled?: boolean; dryRun?: boolean; consequence?: Consequence }>;
    /** Digest of the whole set in force once its append is on record. */
    readonly rules: string;
    readonly by?: UserId;
    readonly approvedBy?: UserId;
  };
  /** A desk asks what one rule would have found in what came on record since `from`. */
  'policy.backtest-asked': {
    readonly rule: string;
    readonly from: Millis;
    readonly by: UserId;
    readonly room: RoomId;
    /** The command. */
    readonly event: EventId;
  };
  'policy.backtested': Backtested;
  /** Somebody else changed what reading a room rests on: seen afterwards, in whatever way it came about. */
  'policy.room-changed': {
    readonly room: RoomId;
    readonly what: RoomChange;
    readonly event: EventId;
    readonly by: UserId;
    /** `not-possible`: by nobody, or not by us; `no`: it was undone too often, and is left alone. */
    readonly undone: 'yes' | 'not-possible' | 'no';
  };
  /** People whom a barrier keeps apart are in one room, or, with `over`, are not any more. */
  'policy.barrier-crossed': {
    readonly room: RoomId;
    /** The two groups. */
    readonly barrier: readonly [string, string];
    /** Of both groups, at most 20 of each. */
    readonly users: readonly UserId[];
    /** `found`: they were there when we looked, or the barrier is newer than they. */
    readonly how: 'invite' | 'join' | 'found';
    readonly event?: EventId;
    readonly by?: UserId;
    readonly over: boolean;
  };
}

/** Encryption switched on, messages to be deleted by age, a bot of ours put out of its room, its power there taken. */
export const roomChanges = ['encrypted', 'retention', 'bot-removed', 'power-taken'] as const;
export type RoomChange = (typeof roomChanges)[number];

/** What one rule would have found; numbers of messages. */
export type Backtested = Readonly<{
  /** The asking. */
  because: Position;
  rule: string;
  /** SHA-256, hex, of the rule as it was judged by; absent where there was none. */
  version?: string;
  /** It was found like this: on record, or in a file that is not loaded yet. */
  as?: 'in-force' | 'off' | 'proposed' | 'in-files';
  from: Millis;
  to: Millis;
  judged: number;
  flagged: number;
  /** Of what is erased nothing can be said; `failed` are those that the engine could not judge. */
  erased: number;
  failed: number;
  /** By UTC, `2026-03`, oldest first; months without a message are left out. */
  months: readonly Readonly<{ month: string; judged: number; flagged: number }>[];
  /** What people had decided about the flagged ones: not sent, or let go. */
  violations: number;
  falsePositives: number;
  /** The newest flagged ones, at most 5. */
  examples: readonly Position[];
  /** Why nothing was judged: the rule is gone, or the engine can't work by it. */
  unfit?: 'gone' | 'not-compiled';
}>;
