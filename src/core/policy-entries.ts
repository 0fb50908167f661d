/** Entries of the policy family, and the words that they share with the engine. Bodies by kind, version 1; part of `EntryBodies`. */
import type { EventId, Millis, Position, RoomId, UserId } from './ids.ts';
import type { JsonObject } from './json.ts';

/** What is done, the mildest first; `notify` is told beside any of them. */
export const consequences = ['observe', 'flag', 'warn', 'redact', 'quarantine', 'block'] as const;
export type Consequence = (typeof consequences)[number];

/** Why something could not be read. */
export const unreadables = [
  ...(['image', 'voice', 'video', 'location', 'poll'] as const),
  ...(['locked', 'encrypted', 'too-large', 'unknown-type', 'damaged', 'took-too-long', 'missing', 'engine'] as const),
] as const;
export type Unreadable = (typeof unreadables)[number];

export const engineFailures = ['took-too-long', 'crashed', 'not-ready'] as const;
export type EngineFailure = (typeof engineFailures)[number];

export type Severity = 'low' | 'medium' | 'high';

/** What can't be read in a message: part 0 is its file, 1 the thumbnail (as in `file.stored`); absent for the message itself. */
export type Unread = Readonly<{ why: Unreadable; part?: number }>;

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

export type PresendCallback =
  'check_event_for_spam' | 'user_may_invite' | 'user_may_join_room' | 'federated_user_may_invite';

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
  };
  /** One rule or lexicon, with its text as loaded: an old rule set can always be made again. */
  'policy.rule-changed': {
    readonly what: 'rule' | 'lexicon';
    readonly id: string;
    readonly change: 'added' | 'changed' | 'removed' | 'switched' | 'proposed' | 'refused';
    readonly version: string;
    /** YAML or lexicon text, at most 256 KiB; absent with `removed` and `switched`. */
    readonly text?: string;
    readonly set?: Readonly<{ enabled?: boolean; dryRun?: boolean; consequence?: Consequence }>;
    /** Digest of the whole set after it. */
    readonly rules: string;
    readonly by?: UserId;
    readonly approvedBy?: UserId;
  };
  /** Groups that a barrier keeps apart are in one room all the same. */
  'policy.barrier-crossed': {
    readonly room: RoomId;
    readonly between: readonly [string, string];
    readonly because: Position;
  };
  /** What a back-test found: counts by rule, and the records that are its examples. */
  'policy.backtested': {
    readonly rule: string;
    readonly version: string;
    readonly from: Position;
    readonly to: Position;
    readonly scanned: number;
    readonly erased: number;
    readonly hits: number;
    readonly decided: Readonly<{ violation: number; falsePositive: number; other: number }>;
    readonly examples: readonly Position[];
    readonly because?: Position;
  };
}
