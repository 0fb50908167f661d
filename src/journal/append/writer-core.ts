/**
 * The only writer. Callers that wait at the same moment share one commit and its fsync, each in a savepoint of its own;
 * whatever the reason for a failure, a caller is told of its own alone.
 */
import { must, nextPosition, parsePosition, type Position } from '../../core/ids.ts';
import type { Draft } from '../../core/entry.ts';
import { JournalDown, type Also, type Appended } from '../../core/ports/recorder.ts';
import { DatabaseDown, type Database, type Writing } from '../../storage/database.ts';
import { AppendRefused } from '../append-refused.ts';
import { allStale, lockHead, moveHead } from '../head-store.ts';
import type { Committed } from '../journal.ts';
import { applyKv } from '../kv-store.ts';
import { CompactTree } from '../merkle/tree.ts';
import { appendDraft } from './append-draft.ts';
import { Batch } from './batch.ts';
import { indexEntries } from './index-entries.ts';
import type { Setting } from './setting.ts';

/** Entries in one commit: beyond it, one fsync more costs nothing and the first callers would wait for the last. */
const COMMIT_ENTRIES = 1000;
/** Commits of others that one that erases lets go first: its transaction is long, and they would wait for it. */
const MOST_LET_GO = 16;

interface Waiting {
  readonly drafts: readonly Draft[];
  readonly also: Also;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

type Outcome =
  | { readonly of: Waiting; readonly appended: readonly Appended[] }
  | { readonly of: Waiting; readonly refused: AppendRefused };

interface Commit {
  readonly outcomes: readonly Outcome[];
  readonly batch: Batch;
  readonly before: Position | 0;
  readonly tree: CompactTree;
}

export interface WriterCoreOptions extends Setting {
  readonly database: Database;
  /** Called after each commit, before its callers are told. */
  readonly committed: (committed: Committed) => void;
  /** Puts the next commit off until everything that has already arrived is in the queue. */
  readonly yield: () => Promise<void>;
}

export class WriterCore implements AsyncDisposable {
  readonly #options: WriterCoreOptions;
  readonly #queue: Waiting[] = [];
  /** Those that erase. */
  readonly #erasing: Waiting[] = [];
  /** Commits since one that erases could have been the next. */
  #letGo = 0;
  #stale: ReadonlySet<string> = new Set();
  /** The tree after the last commit of this process; undefined when the head row has to be asked. */
  #tree: CompactTree | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  private constructor(options: WriterCoreOptions) {
    this.#options = options;
  }

  /** The tables must exist. */
  static async open(options: WriterCoreOptions): Promise<WriterCore> {
    const core = new WriterCore(options);
    const stale = await options.database.read((reading) => reading.all(allStale, {}));
    core.#stale = new Set(stale.map((row) => row.name));
    return core;
  }

  /** See `Recorder.append`. @throws JournalDown, AppendRefused */
  append(drafts: readonly Draft[], also: Also = {}): Promise<readonly Appended[]> {
    if (this.#closed) return Promise.reject(new JournalDown('the journal is closed'));
    return new Promise((resolve, reject) => {
      const erases = drafts.some(({ kind }) => kind === 'retention.erased');
      (erases ? this.#erasing : this.#queue).push({ drafts, also, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Commits what is waiting, then takes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#options.yield();
      while (this.#waits) {
        await this.#commit(this.#next());
        await this.#options.yield();
      }
    } finally {
      this.#running = undefined;
    }
  }

  get #waits(): boolean {
    return this.#queue.length > 0 || this.#erasing.length > 0;
  }

  /** The first callers, together; one that erases alone, when nobody else waits or others had their turn often enough. */
  #next(): readonly Waiting[] {
    const [erasing] = this.#erasing;
    if (erasing !== undefined && (this.#queue.length === 0 || this.#letGo >= MOST_LET_GO)) {
      this.#letGo = 0;
      return this.#erasing.splice(0, 1);
    }
    if (erasing !== undefined) this.#letGo += 1;
    let entries = 0;
    let callers = 0;
    for (const { drafts } of this.#queue) {
      entries += Math.max(drafts.length, 1);
      if (callers > 0 && entries > COMMIT_ENTRIES) break;
      callers += 1;
    }
    return this.#queue.splice(0, callers);
  }

  async #commit(callers: readonly Waiting[]): Promise<void> {
    let commit: Commit;
    try {
      commit = await this.#options.database.write((writing) => this.#transaction(callers, writing));
    } catch (error) {
      this.#tree = undefined;
      const down = downOf(error);
      for (const caller of callers) caller.reject(down);
      return;
    }
    this.#tree = commit.tree;
    this.#stale = commit.batch.stale;
    this.#tell(commit);
    for (const outcome of commit.outcomes) {
      if ('appended' in outcome) outcome.of.resolve(outcome.appended);
      else outcome.of.reject(outcome.refused);
    }
    await this.#stockUp(commit.batch.position);
  }

  async #transaction(callers: readonly Waiting[], writing: Writing): Promise<Commit> {
    const head = await writing.get(lockHead, {});
    if (head === undefined) throw new Error('the journal has no head row: restore a backup');
    const before = head.position === 0 ? 0 : must(parsePosition(head.position));
    const wanted = callers.reduce((sum, caller) => sum + caller.drafts.length, 0);
    await this.#options.stock.reserve(nextPosition(before), wanted);
    const { batch, outcomes } = await this.#record(callers, { writing, before });
    const tree = this.#tree?.size === before ? this.#tree.copy() : CompactTree.restore(head.tree);
    for (const leaf of batch.leaves) tree.append(leaf);
    if (batch.position !== before) await writing.run(moveHead, { position: batch.position, tree: tree.save() });
    return { outcomes, batch, before, tree };
  }

  /** Boldly, and with care when that fails. */
  async #record(
    callers: readonly Waiting[],
    at: { readonly writing: Writing; readonly before: Position | 0 },
  ): Promise<Pick<Commit, 'batch' | 'outcomes'>> {
    const from = { position: at.before, stale: this.#stale };
    const bold = new Batch(at.writing, from, false);
    try {
      return await at.writing.savepoint(() => this.#all(callers, bold));
    } catch (error) {
      if (error instanceof DatabaseDown) throw error;
      return this.#all(callers, new Batch(at.writing, from, true));
    }
  }

  async #all(callers: readonly Waiting[], batch: Batch): Promise<Pick<Commit, 'batch' | 'outcomes'>> {
    const outcomes: Outcome[] = [];
    for (const caller of callers) outcomes.push(await this.#caller(caller, batch));
    await indexEntries(batch, this.#options);
    return { outcomes, batch };
  }

  async #caller(caller: Waiting, batch: Batch): Promise<Outcome> {
    try {
      return { of: caller, appended: await batch.attempt(() => this.#take(caller, batch)) };
    } catch (error) {
      if (batch.endsWith(error)) throw error;
      return { of: caller, refused: refusalOf(error) };
    }
  }

  async #take({ drafts, also }: Waiting, batch: Batch): Promise<readonly Appended[]> {
    const appended: Appended[] = [];
    for (const draft of drafts) appended.push(await appendDraft(draft, batch, this.#options, also));
    for (const settlement of also.settle ?? []) {
      const lane = await this.#options.tasks.settle(settlement, batch.writing);
      if (lane !== undefined) batch.lanes.add(lane);
    }
    for (const change of also.kv ?? []) await applyKv(change, batch.writing, this.#options.keys.sealer);
    return appended;
  }

  #tell({ batch, before }: Commit): void {
    if (batch.position === 0 || (batch.position === before && batch.lanes.size === 0)) return;
    const lanes = [...batch.lanes];
    this.#options.committed({ from: nextPosition(before), to: batch.position, lanes });
  }

  /** Makes keys for the next entries while nobody waits; if it fails now, the append that needs them says so. */
  async #stockUp(position: Position | 0): Promise<void> {
    const { stock } = this.#options;
    const next = nextPosition(position);
    stock.usedBefore(next);
    if (this.#waits || !stock.isLow(next)) return;
    try {
      await stock.extend(next);
    } catch (error) {
      if (!(error instanceof DatabaseDown)) throw error;
    }
  }
}

function downOf(error: unknown): Error {
  if (error instanceof DatabaseDown) return new JournalDown(error.message, { cause: error });
  return error instanceof Error ? error : new JournalDown('the journal failed in an unknown way', { cause: error });
}

function refusalOf(error: unknown): AppendRefused {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown reason';
  return new AppendRefused(`this can't be recorded as it is (${why})`, { cause: error });
}
