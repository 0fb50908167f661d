/**
 * Entries about the record and the house themselves: what was missing and fetched, what was compared, what stood still,
 * what was copied and continued.
 */
import type { AlarmId, LineId, Millis, Position, RoomId } from './ids.ts';

/** Bodies by kind, version 1; part of `EntryBodies`. */
export interface WatchBodies {
  /** First entry of an epoch: which published head it follows, and the head it really stands on (the difference is lost). */
  'log.continued': {
    /** Of the epoch before. */
    readonly origin: string;
    readonly size: number;
    /** Base64, as in the checkpoint. */
    readonly root: string;
    /** Entries that were restored: the epoch's own entries follow these. */
    readonly restored: number;
    readonly why: string;
  };
  /** A backup was made while running: what a restore of it would bring back. */
  'backup.made': {
    readonly size: number;
    readonly root: string;
    readonly files: number;
    readonly bytes: number;
    /** When the copy of the keys is to be gone: erasure is final after that. */
    readonly keysUntil: Millis;
  };
  /** Events of one room that the homeserver has and did not bring. */
  'gap.found': GapIn & { readonly by: GapLook };
  /** One look's gaps, fetched and on record: what the desk is told once. */
  'gap.repaired': {
    readonly by: GapLook;
    /** The largest first; of more than 1,000 rooms only the totals. */
    readonly rooms: readonly (GapIn & { readonly found: Position })[];
    readonly events: number;
    /** Of these, events whose content was gone before we could read it. */
    readonly unreadable: number;
  };
  /** Homeserver, bridge ledger and record compared over a time: counts, and what differed. */
  'reconcile.report': ReconcileReport;
  /** Something that should move stands still; told once when raised, once when it is over. */
  'alarm.raised': { readonly alarm: AlarmId; readonly kind: AlarmKind; readonly words: string };
  'alarm.cleared': { readonly alarm: AlarmId; readonly kind: AlarmKind; readonly words: string };
  /** The computer's clock was set, or stood still: by how much it moved against the time that really passed. */
  'clock.jumped': { readonly byMs: number };
}

/** `restart`: after signs of a restart of the homeserver; `rounds`: the slow daily round; `asked`: somebody wanted it. */
export type GapLook = 'restart' | 'rounds' | 'asked';

/** Missing events of one room, by the homeserver's clock. */
export type GapIn = Readonly<{
  room: RoomId;
  events: number;
  unreadable: number;
  from: Millis;
  to: Millis;
}>;

/** What can stand still. */
export const alarmKinds = [
  'line-silent',
  'connector-stuck',
  'connector-failed',
  'capture-lag',
  'tasks-waiting',
  'homeserver-silent',
  'clock-jumped',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

export interface ReconcileReport {
  readonly by: 'daily' | 'desk' | 'cli';
  /** The time compared, by the homeserver's and the providers' clocks: `from`, where a day begins (UTC), to before `to`. */
  readonly from: Millis;
  readonly to: Millis;
  /** Absent where the homeserver was not asked, or did not answer to the end. */
  readonly homeserver?: {
    /** `ours`: there is no admin token, so only the rooms that our bots are in. */
    readonly reach: 'all' | 'ours';
    readonly rooms: number;
    /** Rooms that the homeserver lists and does not let us read. */
    readonly unreadRooms: number;
    readonly events: number;
    /** On the homeserver, not on record before: those that are now, and those that still aren't. */
    readonly fetched: number;
    readonly missing: number;
    /** Of those fetched, events whose content was gone before we could read it. */
    readonly unreadable: number;
    /** On record, no longer on the homeserver: deleted or purged there. */
    readonly goneThere: number;
  };
  readonly lines: readonly LineReconciled[];
  /** What no account explains, by the record that it is about; at most 100. */
  readonly findings: readonly LedgerFinding[];
  /** SHA-256, hex, over the digests of the ids of each room and of each line by day: the same for the same records. */
  readonly digest: string;
  /** Who was asked and did not answer: `homeserver`, `connector:<id>`. */
  readonly unanswered: readonly string[];
  /** Whoever was asked answered, nothing stays missing, and there are no findings. */
  readonly ok: boolean;
  /** The command at a desk that asked for it, and is answered with it. */
  readonly because?: Position;
}

/**
 * `unplaced`: received, but no portal has it. `forgotten`: it waits, and no task will go on with it. `attempt-open`: it
 * was given to the network ten minutes ago and nobody knows what came of it. `unsettled`: the network's own time to tell
 * what became of it is over by ten minutes.
 */
export type LedgerFinding = Readonly<{
  what: 'unplaced' | 'forgotten' | 'attempt-open' | 'unsettled';
  line: LineId;
  of: Position;
}>;

export type LineReconciled = Readonly<{
  line: LineId;
  received: number;
  /** Shown in the portal, still to be shown, and given up visibly: together they are `received`. */
  shown: number;
  waitingIn: number;
  failedIn: number;
  /** Taken by the network (of these, known to have arrived), still to go, given up or withdrawn, unclear: all that was written. */
  written: number;
  sent: number;
  delivered: number;
  waitingOut: number;
  failedOut: number;
  unknownOut: number;
  /** What the provider itself lists, where it has a list, and what of it was not on record before. */
  listed?: { inbound: number; takenIn: number };
}>;
