/** What the commands on the record need of the house; `app.ts` joins them. */
import type { DraftOf } from '../../core/entry.ts';
import type { Millis, Position } from '../../core/ids.ts';
import type { HealthReport } from '../../core/ports/health.ts';
import type { PresendTried } from '../../core/ports/presend.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Result } from '../../core/result.ts';
import type { Clock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ClassTable } from '../../retention/classes/class-table.ts';

/** DESIGN 11: a record as people read it. */
export interface RecordLine {
  readonly position: Position;
  readonly kind: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly line?: string | undefined;
  readonly room?: string | undefined;
  readonly text?: string | undefined;
  readonly erased: boolean;
}

interface Found {
  readonly positions: readonly Position[];
  readonly total: number;
  /** False when the walk was cut: there are at least `total`. */
  readonly complete: boolean;
}

/** DESIGN 11. */
interface Verified {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly covered: number;
  readonly uncovered: number;
  readonly erased: number;
  /** How the record itself explains what is erased. */
  readonly gaps?: {
    readonly certified: number;
    readonly begun: number;
    readonly unexplained: number;
    readonly certificates: readonly number[];
  };
  readonly firstBad: { readonly position: number; readonly what: string } | null;
  /** What a restore could not bring back. */
  readonly lost?: readonly {
    readonly epoch: number;
    readonly from: number;
    readonly to: number;
    readonly words: string;
  }[];
}

export interface Rebuilt {
  readonly ok: boolean;
  /** The first difference, by table and row; holds no personal value. */
  readonly difference?: string;
  /** Why nothing was done, in words for the admin. */
  readonly refused?: string;
}

interface Watched {
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

interface BackedUp {
  /** Its name in the backup folder, UTC. */
  readonly time: string;
  readonly size: number;
  readonly root: string;
  readonly files: number;
  readonly bytes: number;
  readonly newBlobs: number;
  readonly keysUntil: number;
  readonly keysRemoved: number;
  /** Attachments that are not what was stored. */
  readonly damaged: readonly string[];
  readonly tookMs: number;
}

/** A legal hold; times as ISO 8601, UTC. */
export interface HoldListed {
  readonly hold: string;
  /** The record by which it was placed. */
  readonly placed: Position;
  readonly state: 'standing' | 'release-asked' | 'released';
  readonly at: string;
  readonly by: string;
  readonly case: string | null;
  readonly query: string;
  readonly custodians: readonly { readonly user: string; readonly acknowledged: string | null }[];
}

/** What came of a run or a preview: in words, and for programs. */
export interface RetentionOutcome {
  readonly did: 'previewed' | 'ran' | 'refused';
  readonly words: readonly string[];
  readonly body: JsonObject;
}

export interface RecordDeps {
  readonly clock: Clock;
  readonly append: Recorder['append'];
  size(): Promise<number>;
  lines(positions: readonly Position[]): Promise<readonly RecordLine[]>;
  search(query: string, limit: number): Promise<Result<Found, string>>;
  stats(): Promise<JsonObject>;
  /** Those that stand, oldest first, then those released. */
  holds(): Promise<readonly HoldListed[]>;
  /** Undefined before the first classes are on record. */
  classes(): Promise<ClassTable | undefined>;
  /** Resolves when something was committed after `position`, or when `signal` is aborted. */
  newerThan(position: number, signal: AbortSignal): Promise<void>;
  /** `checkpoint` is the text of a checkpoint file. */
  verify(options: Watched & { readonly checkpoint?: string }): Promise<Verified>;
  /** The text of a tlog-proof. */
  prove(position: Position): Promise<Result<string, string>>;
  /** With `check` nothing is written. */
  rebuild(options: Watched & { readonly check: boolean }): Promise<Rebuilt>;
  /** `to`: an absolute path. Plain words where nothing was done. */
  backup(options: Watched & { readonly to: string }): Promise<Result<BackedUp, string>>;
  /** The report is not on record yet. */
  reconcile(
    options: Watched & { readonly since: Millis },
  ): Promise<{ readonly report: DraftOf<'reconcile.report'>; readonly words: readonly string[] } | 'stopped'>;
  /** Done by the running process alone: there the clock is watched, and nobody else deletes. */
  readonly retention: (
    options: Watched & { readonly act: 'preview' | 'run'; readonly user: string },
  ) => Promise<RetentionOutcome | 'stopped' | 'not-running'>;
  health(): Promise<HealthReport>;
  /** What Synapse's module does without a judgement. Absent where nothing runs, or Synapse doesn't ask. */
  readonly tryPresend?: (() => Promise<PresendTried | 'busy'>) | undefined;
}
