/**
 * Puts the files of a network's message on record: fetched by its connector, stored, then said to be stored. A file that
 * isn't there at once is tried for days in a lane of its own: networks keep media for a week, and are down for hours.
 */
import type { Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { connectorGate, type ConnectorId } from '../../core/ids.ts';
import type { Connector, FileFetched } from '../../core/ports/connector.ts';
import type { Metrics } from '../../core/ports/log.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { Task, TaskHandlers, TaskKind, Turn, TurnContext } from '../../tasks/task.ts';
import { countFile, type FileDraft } from './count-file.ts';
import { cleanFileName } from './file-name.ts';
import { missingDraft, storedDraft, type FileOfEntry } from './file-drafts.ts';
import { filesOnRecord } from './file-store.ts';
import type { FileJournal } from './file-states.ts';
import { attachmentsOf, bringsFiles, type NetworkFile, type WithAttachments } from './network-files.ts';
import { storeFile, type StoreFileDeps } from './store-file.ts';

export interface BringFilesDeps extends StoreFileDeps {
  readonly journal: FileJournal;
  readonly connectors: (id: ConnectorId) => Connector | undefined;
  /** Larger files are on record as `too-large`. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export const AGAIN = 'file.again';

/** At first, while others in the lane wait. */
const FIRST_WAITS_MS = [2_000, 10_000, 30_000];
/** Later, alone in its lane. */
const AGAIN_MS = 5 * 60_000;
const DISK_WAIT_MS = 30_000;
/** A connector that brings nothing for so long hangs. */
const FETCH_MS = 10 * 60_000;

type Failure = Exclude<FileFetched, { state: 'fetched' }>;
type Later = Extract<Failure, { state: 'retry' }>;

interface Bringing {
  readonly entry: WithAttachments;
  readonly signal: AbortSignal;
}

/** Task `file`, for the files of a network's message: all of them. */
export function bringFilesKind(deps: BringFilesDeps): TaskKind {
  return {
    run: (task, entry, context) =>
      bringsFiles(entry) ? bring(deps, { task, entry, context }) : Promise.resolve({ to: 'done' }),
    dead: async (_task, entry) => (bringsFiles(entry) ? givenUp(deps, entry, await unsettled(deps, entry)) : []),
  };
}

/** Task `file.again`, for one file that was not had at first. */
export function bringAgainHandlers(deps: BringFilesDeps): TaskHandlers {
  return new Map([
    [
      AGAIN,
      {
        run: (_task, entry, context) => again(deps, entry, context),
        dead: async (_task, entry) => {
          const [of, file] = await fileOf(deps, entry);
          return of === undefined || file === undefined ? [] : givenUp(deps, of, [file]);
        },
      },
    ],
  ]);
}

interface Played {
  readonly task: Task;
  readonly entry: WithAttachments;
  readonly context: TurnContext;
}

async function bring(deps: BringFilesDeps, { task, entry, context }: Played): Promise<Turn> {
  const closed = shut(entry, context);
  if (closed !== undefined) return closed;
  const waitMs = FIRST_WAITS_MS[task.attempts];
  const entries: FileDraft[] = [];
  let failed: Later | undefined;
  for (const file of await unsettled(deps, entry)) {
    const brought = await fetchOne(deps, file, { entry, signal: context.signal });
    const of = ofEntry(file, entry, deps);
    if (brought.ok) entries.push(brought.value);
    else if (brought.error === 'disk-full') return { to: 'retry', reason: 'disk-full', afterMs: DISK_WAIT_MS, entries };
    else if (isFinal(brought.error)) entries.push(missing(of, brought.error));
    else if (waitMs === undefined) entries.push(missingDraft(of, 'later', brought.error.detail));
    else failed = brought.error;
  }
  for (const draft of entries) countFile(draft, deps.metrics);
  if (failed === undefined || waitMs === undefined) return { to: 'done', entries };
  return { to: 'retry', reason: 'file-late', afterMs: Math.max(waitMs, failed.afterMs), entries };
}

async function again(deps: BringFilesDeps, entry: Entry | ErasedEntry, context: TurnContext): Promise<Turn> {
  const [of, file] = await fileOf(deps, entry);
  if (of === undefined || file === undefined) return { to: 'done' };
  const closed = shut(of, context);
  if (closed !== undefined) return closed;
  const brought = await fetchOne(deps, file, { entry: of, signal: context.signal });
  return brought.ok ? ended(deps, brought.value) : failedAgain(deps, ofEntry(file, of, deps), brought.error);
}

function failedAgain(deps: BringFilesDeps, of: FileOfEntry, failure: Failure | 'disk-full'): Turn {
  if (failure === 'disk-full') return { to: 'retry', reason: 'disk-full', afterMs: DISK_WAIT_MS };
  if (isFinal(failure)) return ended(deps, missing(of, failure));
  return { to: 'retry', reason: 'file-late', afterMs: Math.max(AGAIN_MS, failure.afterMs) };
}

function ended({ metrics }: BringFilesDeps, draft: FileDraft): Turn {
  countFile(draft, metrics);
  return { to: 'done', entries: [draft] };
}

/** Behind the closed gate of its connector nothing is fetched, and nothing counts as tried. */
function shut(entry: WithAttachments, context: TurnContext): Turn | undefined {
  const gate = connectorGate(entry.body.connector);
  if (context.closed?.(gate) !== true) return undefined;
  return { to: 'gate', gate, reason: context.why?.(gate) ?? 'provider-down' };
}

/** The files of which nothing is on record, or only that they were not had. */
async function unsettled({ journal }: BringFilesDeps, entry: WithAttachments): Promise<readonly NetworkFile[]> {
  const rows = await journal.views.read((reading) => filesOnRecord(reading, entry.position));
  const settled = new Set(rows.filter((row) => row.state !== 'gave-up').map((row) => row.part));
  return attachmentsOf(entry).filter(({ part }) => !settled.has(part));
}

/** The one that was late, unless it is on record by now. */
async function fileOf(
  { journal }: BringFilesDeps,
  entry: Entry | ErasedEntry,
): Promise<readonly [WithAttachments?, NetworkFile?]> {
  if ('erased' in entry || entry.kind !== 'file.missing') return [];
  const { of, part } = entry.body;
  const message = await journal.read(of);
  if (message === undefined || !bringsFiles(message)) return [];
  const rows = await journal.views.read((reading) => filesOnRecord(reading, of));
  if (rows.some((row) => row.part === part && row.state === 'stored')) return [];
  const file = attachmentsOf(message).find((one) => one.part === part);
  return file === undefined ? [] : [message, file];
}

async function fetchOne(
  deps: BringFilesDeps,
  file: NetworkFile,
  { entry, signal }: Bringing,
): Promise<Result<FileDraft, Failure | 'disk-full'>> {
  const { attachment } = file;
  const { name, sha256, size } = attachment;
  const connector = deps.connectors(entry.body.connector);
  if (connector?.fetchFile === undefined) return err({ state: 'refused', detail: 'no connector fetches it' });
  if (size !== undefined && size > deps.maxBytes) return err({ state: 'too-large' });
  const late = new AbortController();
  const until = AbortSignal.any([signal, late.signal]);
  const cancel = deps.clock.after(FETCH_MS, () => {
    late.abort();
  });
  const fetch = (into: (piece: Uint8Array) => Promise<void>): Promise<Result<void, Failure>> =>
    fetched(connector, { attachment, maxBytes: deps.maxBytes, signal: until, into });
  try {
    const kept = await storeFile({ name, sha256, encrypted: false, signal, fetch }, deps);
    if (kept.ok) return ok(storedDraft(ofEntry(file, entry, deps), kept.value));
    return err(kept.error === 'other-bytes' ? OTHER_BYTES : kept.error);
  } finally {
    cancel();
  }
}

const OTHER_BYTES: Failure = { state: 'refused', detail: 'its bytes are not those that the network announced' };
const HANGS: Later = { state: 'retry', afterMs: 0, detail: 'no answer in time' };

/** Bytes are counted here too, and nothing is written once it is over: a connector that forgets to does no harm. */
async function fetched(
  connector: Connector,
  wish: Parameters<NonNullable<Connector['fetchFile']>>[0],
): Promise<Result<void, Failure>> {
  const over = new AbortController();
  let size = 0;
  const into = async (piece: Uint8Array): Promise<void> => {
    size += piece.length;
    if (size > wish.maxBytes) over.abort();
    if (!over.signal.aborted && !wish.signal.aborted) await wish.into(piece);
  };
  const signal = AbortSignal.any([wish.signal, over.signal]);
  const asked = connector.fetchFile?.({ ...wish, signal, into });
  const answer = asked === undefined ? undefined : await unlessAborted(asked, signal);
  if (size > wish.maxBytes) return err({ state: 'too-large' });
  if (answer === undefined) return err(HANGS);
  return answer.state === 'fetched' ? ok(undefined) : err(answer);
}

function isFinal(failure: Failure): failure is Exclude<Failure, Later> {
  return failure.state !== 'retry';
}

function missing(of: FileOfEntry, failure: Exclude<Failure, Later>): FileDraft {
  switch (failure.state) {
    case 'gone':
      return missingDraft(of, 'not-found', failure.detail);
    case 'refused':
      return missingDraft(of, 'refused', failure.detail);
    case 'too-large':
      return missingDraft(of, 'too-large');
  }
}

function ofEntry({ part, attachment }: NetworkFile, entry: WithAttachments, { clock }: BringFilesDeps): FileOfEntry {
  const name = cleanFileName(attachment.name);
  return { file: { part, ...(name === undefined ? {} : { name }) }, entry, at: clock.now() };
}

function givenUp(deps: BringFilesDeps, entry: WithAttachments, files: readonly NetworkFile[]): readonly FileDraft[] {
  const drafts = files.map((file) => missingDraft(ofEntry(file, entry, deps), 'gave-up'));
  for (const draft of drafts) countFile(draft, deps.metrics);
  return drafts;
}
