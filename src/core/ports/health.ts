/** How it goes, for `/readyz`, `!c health` and the CLI. No message text, no secrets. */
import type { ConnectorStateName } from '../network-entries.ts';
import type { AlarmId, ConnectorId, GateId, Millis } from '../ids.ts';
import type { AlarmKind } from '../watch-entries.ts';
import type { SuspectClock } from './trusted-time.ts';

/** A warning of those below, that whoever finds the same out by asking need not repeat. */
export const homeserverSilent = "The homeserver doesn't answer.";

/** What a connector says of itself; `failed`: it could not begin, and is tried again. */
export type ConnectorHealth = ConnectorStateName | 'failed';

/** Something that stands still, in the words that the desk was told. */
export interface OpenAlarm {
  readonly alarm: AlarmId;
  readonly kind: AlarmKind;
  readonly since: Millis;
  readonly words: string;
}

/** What Synapse asked and was told. */
export interface PresendStatus {
  /** When it last asked, or pinged. */
  readonly asked?: Millis;
  readonly refused: number;
  readonly unjudged: number;
  /** Milliseconds within which 99 of 100 of the latest answers were given. */
  readonly slowMs?: number;
}

export interface PolicyFigures {
  /** In force and enabled. */
  readonly rules: number;
  /** When what is in force, or proposed, changed last. */
  readonly changed?: Millis;
  /** Messages that wait for an officer, at most 1,000. */
  readonly quarantined: number;
  /** How long the oldest of them has waited, in milliseconds. */
  readonly oldestMs?: number;
  /** Messages of the last 24 hours in which something can't be read. */
  readonly unscanned: number;
  /** Messages of the last 24 hours that the engine could not judge. */
  readonly failed: number;
}

export interface HealthReport {
  readonly ok: boolean;
  readonly database: 'ok' | 'down';
  readonly homeserver: 'ok' | 'down' | 'unknown';
  readonly connectors: Readonly<Record<ConnectorId, ConnectorHealth>>;
  /** Projections that threw and wait for `gatehouse rebuild`. */
  readonly stale: readonly string[];
  readonly closedGates: readonly { readonly gate: GateId; readonly since: Millis; readonly reason: string }[];
  readonly tasks: { readonly ready: number; readonly dead: number; readonly oldestReadyMs: number };
  readonly record: { readonly size: number; readonly checkpoint: number };
  /** Oldest first. Absent, like what follows, where nobody watches: nothing runs, or nothing could be read. */
  readonly alarms?: readonly OpenAlarm[];
  /** How late events of the last two minutes came on record, in milliseconds: 95 of 100, and the latest. */
  readonly capture?: { readonly usualMs: number; readonly worstMs: number };
  readonly gaps?: {
    /** Found and not yet repaired. */
    readonly open: number;
    /** When the homeserver was last compared with the record, all of it. */
    readonly lookedAt?: Millis;
  };
  /** Absent where nothing is judged. */
  readonly policy?: PolicyFigures;
  /** Present where Synapse asks before messages exist, since this start. */
  readonly presend?: PresendStatus;
  /** Rooms that nobody can read any more, because somebody switched encryption on. */
  readonly unreadable?: { readonly rooms: number; readonly messages: number; readonly names: readonly string[] };
  /** Rooms in which people are whom a barrier keeps apart. */
  readonly crossed?: number;
  /** Of the disk that the data lie on. */
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Present while the clock can't be believed. */
  readonly clock?: SuspectClock;
  /** What a person should know, in plain words. */
  readonly warnings: readonly string[];
}

export type Health = () => Promise<HealthReport>;
