/**
 * Homeserver, bridge ledger, providers and record compared over a time. What can be had is fetched on the way; what was
 * found is a report, which whoever asked puts on record.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf } from '../../core/entry.ts';
import { must, parseMillis, parsePosition, type LineId, type Millis, type Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { GapSweep } from '../../core/ports/gap-sweep.ts';
import type { Log } from '../../core/ports/log.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import type { RoomHistory } from '../../core/ports/room-history.ts';
import type { LedgerFinding, LineReconciled, ReconcileReport } from '../../core/watch-entries.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Received, ReceivedSources } from '../../journal/received-sources.ts';
import { pacedHistory } from '../gaps/paced-history.ts';
import { compareHomeserver, type HomeserverCompared } from './compare-homeserver.ts';
import { FINDINGS_MOST, readLedger, unplaced } from './ledger.ts';
import type { ProviderLists } from './missed.ts';
import { listingsOf, RunNotes } from './run-notes.ts';
import { dayOf, digestOf, survey, type Survey } from './survey.ts';

export interface ReconcilerDeps {
  readonly journal: Pick<Journal, 'append' | 'read' | 'size' | 'views'>;
  readonly sources: ReceivedSources;
  readonly lines: readonly Pick<Line, 'id' | 'connector' | 'address'>[];
  /** Absent where the homeserver can't be asked at all. */
  readonly history?: RoomHistory;
  readonly sweep?: Pick<GapSweep, 'sweep'>;
  readonly lists: ProviderLists;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Asked {
  readonly by: ReconcileReport['by'];
  /** From the beginning of the day that this is in, by UTC, until now. */
  readonly since: Millis;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
  /** The command that asks. */
  readonly because?: Position;
}

/** A draft to put on record, or why there is none. */
export type Reconciled = DraftOf<'reconcile.report'> | 'stopped';

/** One reconciliation at a time; another one waits for its turn. */
export class Reconciler {
  readonly #deps: ReconcilerDeps;
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** @throws what reading the record throws. */
  reconcile(asked: Asked): Promise<Reconciled> {
    const signal = AbortSignal.any([asked.signal, this.#stopping.signal]);
    const mine = this.#last.then(() => (signal.aborted ? 'stopped' : run(this.#deps, { ...asked, signal })));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** What is under way ends without a report, and so does every later one. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#last;
  }
}

async function run(deps: ReconcilerDeps, asked: Asked): Promise<Reconciled> {
  const { clock, journal, lines, sources } = deps;
  const { by, because, signal } = asked;
  const fresh = { from: await firstTime(asked.since, deps), to: clock.now() };
  const notes = await RunNotes.open({ by, id: runId(asked), span: fresh }, journal);
  const span = { from: must(parseMillis(notes.span.from)), to: must(parseMillis(notes.span.to)) };
  const unanswered: string[] = [];
  const listed = await takeListsOnce(deps, notes, { since: span.from, signal, unanswered });
  const findings: LedgerFinding[] = [];
  const messages = async (some: readonly Received[]): Promise<void> => {
    findings.push(...(await unplaced(some, journal)).slice(0, FINDINGS_MOST - findings.length));
  };
  const surveyed = await survey({ sources, span, signal, messages, newest: await journal.size() });
  const homeserver = await readHomeserver(deps, { ...asked, survey: surveyed, notes, unanswered });
  const ledger = await readLedger({ journal, lines, span, clock, signal });
  findings.push(...ledger.findings.slice(0, FINDINGS_MOST - findings.length));
  const digest = await digestAfter(homeserver, surveyed, async () =>
    survey({ sources, span, signal, newest: await journal.size() }),
  );
  if (signal.aborted) return 'stopped';
  return draftOf({
    ...{ by, ...span },
    ...(homeserver === undefined ? {} : { homeserver }),
    lines: ledger.lines.map((line) => withListed(line, listed.get(line.line))),
    ...{ findings, digest, unanswered },
    ok: isWell({ homeserver, findings, unanswered }),
    ...(because === undefined ? {} : { because }),
  });
}

/** A run that was cut off goes on: what a desk asked for once, and the night's that is of the same days. */
function runId({ by, because, since }: Asked): string | undefined {
  if (by === 'daily') return `daily/${String(dayOf(since))}`;
  return by === 'desk' && because !== undefined ? `desk/${String(because)}` : undefined;
}

function isWell({
  homeserver,
  findings,
  unanswered,
}: Pick<ReconcileReport, 'findings' | 'unanswered'> & {
  readonly homeserver: HomeserverCompared | undefined;
}): boolean {
  return unanswered.length === 0 && findings.length === 0 && (homeserver?.missing ?? 0) === 0;
}

/** What was fetched belongs to what was compared. */
async function digestAfter(
  homeserver: HomeserverCompared | undefined,
  before: Survey,
  after: () => Promise<Survey>,
): Promise<string> {
  return digestOf(homeserver === undefined || homeserver.fetched === 0 ? before : await after());
}

/** What was there before Gatehouse was nobody's to bring. */
async function firstTime(since: Millis, { journal }: ReconcilerDeps): Promise<Millis> {
  const first = await journal.read(must(parsePosition(1)));
  return must(parseMillis(Math.max(dayOf(since), first?.recordedAt ?? 0)));
}

function withListed(line: Omit<LineReconciled, 'listed'>, listed: LineReconciled['listed']): LineReconciled {
  return listed === undefined ? line : { ...line, listed };
}

interface Listing {
  readonly since: Millis;
  readonly signal: AbortSignal;
  readonly unanswered: string[];
}

type Listed = ReadonlyMap<LineId, NonNullable<LineReconciled['listed']>>;

/** Asked once in a run: asked again, a provider would list what was taken in as nothing new. */
async function takeListsOnce(deps: ReconcilerDeps, notes: RunNotes, listing: Listing): Promise<Listed> {
  if (notes.listed === undefined) {
    const byLine = await takeLists(deps, listing);
    if (!listing.signal.aborted) await notes.lists(listingsOf(byLine, listing.unanswered));
    return byLine;
  }
  listing.unanswered.push(...notes.listed.unanswered);
  return new Map(notes.listed.lines.map(({ line, ...listed }) => [line, listed]));
}

/** What each line's provider lists; a provider that can't be asked keeps nobody else from being asked. */
async function takeLists(
  { lists, lines, log }: ReconcilerDeps,
  { since, signal, unanswered }: Listing,
): Promise<Listed> {
  const byLine = new Map<LineId, NonNullable<LineReconciled['listed']>>();
  for (const connector of new Set(lines.map((line) => line.connector))) {
    try {
      const listed = await lists.takeIn(connector, since, signal);
      if (listed === undefined) continue;
      for (const { id, address } of lines.filter((line) => line.connector === connector)) {
        byLine.set(id, listed.get(address) ?? { inbound: 0, takenIn: 0 });
      }
    } catch (error) {
      if (error instanceof JournalDown) throw error;
      log.warn('reconcile.list-failed', { connector });
      unanswered.push(`connector:${connector}`);
    }
  }
  return byLine;
}

async function readHomeserver(
  { history, sweep, sources, journal, clock }: ReconcilerDeps,
  given: Asked & { readonly survey: Survey; readonly notes: RunNotes; readonly unanswered: string[] },
): Promise<HomeserverCompared | undefined> {
  if (history === undefined) return undefined;
  const { by, signal, survey: surveyed, notes, progress = () => undefined } = given;
  const compared = await compareHomeserver({
    history: pacedHistory(history, { slow: by === 'daily', clock, signal }),
    reading: { clock, signal },
    ...{ sources, survey: surveyed, span: notes.span, notes, progress },
    size: () => journal.size(),
    ...(sweep === undefined ? {} : { sweep }),
  });
  if (compared.ok) return compared.value;
  given.unanswered.push('homeserver');
  return undefined;
}

function draftOf(body: ReconcileReport): DraftOf<'reconcile.report'> {
  const id = `reconcile/${body.by}/${String(body.to)}/${String(body.because ?? '')}`;
  return { kind: 'reconcile.report', at: body.to, source: { system: 'gatehouse', id, sure: true }, body };
}
