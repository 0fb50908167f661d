/**
 * Puts the files of an event on record: fetched, stored, then said to be stored. Killed before the entry is on record:
 * the blob is an orphan that the next start removes, and the task is played again. Killed after: the task is done.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf, Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { homeserverGate } from '../../core/ids.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { Metrics } from '../../core/ports/log.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Views } from '../../journal/journal.ts';
import type { Task, TaskKind, Turn, TurnContext } from '../../tasks/task.ts';
import { filesOf, type EventFile } from './event-files.ts';
import { fateOf, type Fate } from './file-failure.ts';
import { missingDraft, storedDraft } from './file-drafts.ts';
import { filesOnRecord } from './file-store.ts';
import { countFile, type FileDraft } from './count-file.ts';
import { storeFile, type NotStored, type StoreFileDeps } from './store-file.ts';

export interface KeepFilesDeps extends StoreFileDeps {
  readonly homeserver: Pick<Homeserver, 'download'>;
  readonly views: Views;
  /** Larger files are on record as `too-large`. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Space does not come back by the second, and each try fetches the file again. */
const DISK_WAIT_MS = 30_000;

type OfEvent = EntryOf<'matrix.event'>;

/** Task `file`, for an event's files. */
export function keepFilesKind(deps: KeepFilesDeps): TaskKind {
  return {
    run: (task, entry, context) => run(deps, task, entry, context),
    dead: (_task, entry) => giveUp(deps, entry),
  };
}

/** One task for whatever brings files: those of an event by `events`, those of a network by `networks`. */
export function eitherKind(events: TaskKind, networks: TaskKind): TaskKind {
  const of = (entry: Entry | ErasedEntry): TaskKind => (entry.kind === 'matrix.event' ? events : networks);
  return {
    run: (task, entry, context) => of(entry).run(task, entry, context),
    dead: (task, entry, reason) => of(entry).dead?.(task, entry, reason) ?? Promise.resolve([]),
  };
}

async function run(deps: KeepFilesDeps, task: Task, entry: Entry | ErasedEntry, context: TurnContext): Promise<Turn> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return { to: 'done' };
  if (context.closed?.(homeserverGate) === true) {
    return { to: 'gate', gate: homeserverGate, reason: 'homeserver-down' };
  }
  return keepAll(deps, { entry, attempts: task.attempts, signal: context.signal });
}

interface Keeping {
  readonly entry: OfEvent;
  readonly attempts: number;
  readonly signal: AbortSignal;
}

async function keepAll(deps: KeepFilesDeps, { entry, attempts, signal }: Keeping): Promise<Turn> {
  const at = deps.clock.now();
  const entries: FileDraft[] = [];
  const failed: EventFile[] = [];
  for (const file of await unsettled(deps, entry)) {
    const kept = await keep(deps, { file, entry, signal });
    const fate = kept.ok ? kept : fateOfFile(kept.error, attempts);
    if ('ok' in fate) entries.push(fate.value);
    else if (fate.is === 'missing') entries.push(missingDraft({ file, entry, at }, fate.why));
    else if (fate.is === 'given-up') failed.push(file);
    else return { ...fate.turn, entries: counted(deps, entries) };
  }
  // With nothing to show for it the task is dead, so that a person can try it again.
  if (failed.length > 0 && entries.length === 0) return { to: 'dead', reason: 'homeserver-refused' };
  const givenUp = failed.map((file) => missingDraft({ file, entry, at }, 'gave-up'));
  return { to: 'done', entries: counted(deps, [...entries, ...givenUp]) };
}

function fateOfFile(failure: HomeserverFailure | NotStored, attempts: number): Fate {
  if (typeof failure !== 'string') return fateOf(failure, attempts);
  return { is: 'later', turn: { to: 'retry', reason: 'disk-full', afterMs: DISK_WAIT_MS } };
}

async function giveUp(deps: KeepFilesDeps, entry: Entry | ErasedEntry): Promise<readonly FileDraft[]> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return [];
  const at = deps.clock.now();
  const files = await unsettled(deps, entry);
  return counted(
    deps,
    files.map((file) => missingDraft({ file, entry, at }, 'gave-up')),
  );
}

/** The files of which nothing final is on record. */
async function unsettled({ views }: KeepFilesDeps, entry: OfEvent): Promise<readonly EventFile[]> {
  const rows = await views.read((reading) => filesOnRecord(reading, entry.position));
  const settled = new Set(rows.filter((row) => row.state !== 'gave-up').map((row) => row.part));
  return filesOf(entry.body).filter((file) => !settled.has(file.part));
}

async function keep(
  deps: KeepFilesDeps,
  { file, entry, signal }: { readonly file: EventFile; readonly entry: OfEvent; readonly signal: AbortSignal },
): Promise<Result<DraftOf<'file.stored'>, HomeserverFailure | NotStored>> {
  const { uri, encrypted, name } = file;
  const fetch = (into: (piece: Uint8Array) => Promise<void>) =>
    deps.homeserver.download({ uri, maxBytes: deps.maxBytes, signal, into });
  const kept = await storeFile({ name, encrypted, signal, fetch }, deps);
  return kept.ok ? ok(storedDraft({ file, entry, at: deps.clock.now() }, kept.value)) : kept;
}

function counted({ metrics }: KeepFilesDeps, drafts: readonly FileDraft[]): readonly FileDraft[] {
  for (const draft of drafts) countFile(draft, metrics);
  return drafts;
}
