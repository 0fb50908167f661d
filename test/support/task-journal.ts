/**
 * The part of a journal that tasks stand on, over a real SQLite file: positions, the table of tasks, one commit for
 * entries and settlements. Every `staff.notice` plans the tasks that its notice names: `lane kind, lane kind`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft, Entry } from '../../src/core/entry.ts';
import { lane, must, parseClassId, parsePosition, parseRoomId, parseUserId, taskIdFor } from '../../src/core/ids.ts';
import type { Lane, Position } from '../../src/core/ids.ts';
import { JournalDown, type Also, type Appended } from '../../src/core/ports/recorder.ts';
import type { Committed, Journal } from '../../src/journal/journal.ts';
import { epochTables, insertEpoch } from '../../src/journal/log/epochs.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createSchemas, type Schema } from '../../src/storage/schema.ts';
import { taskSink } from '../../src/tasks/task-store.ts';
import type { ManualClock } from './manual-clock.ts';

const user = must(parseUserId('@alice:acme.example'));
const room = must(parseRoomId('!r:acme.example'));

export class TaskJournal implements Pick<Journal, 'append' | 'read' | 'size' | 'onCommitted' | 'views'> {
  readonly entries: Entry[] = [];
  readonly views: Journal['views'];
  readonly #database: Database;
  readonly #dir: string;
  readonly #clock: ManualClock;
  readonly #listeners = new Set<(committed: Committed) => void>();
  /** While it is set, every append is refused. */
  down = false;
  /** Refuses an append by its drafts, as a schema would. */
  refuse: (drafts: readonly Draft[]) => boolean = () => false;

  private constructor(database: Database, dir: string, clock: ManualClock) {
    this.#database = database;
    this.#dir = dir;
    this.#clock = clock;
    const unsealed = (): never => {
      throw new Error('nothing is sealed here');
    };
    this.views = {
      read: (work) => database.read(work),
      sealer: { seal: unsealed, open: unsealed, lookup: unsealed },
    };
  }

  static async open(clock: ManualClock): Promise<TaskJournal> {
    const dir = await mkdtemp(join(tmpdir(), 'task-journal-'));
    const database = await openDatabase({ dialect: 'sqlite', file: join(dir, 'test.db') });
    const tables: Schema['tables'] = (dialect) => [...taskSink.schema(dialect), ...epochTables(dialect)];
    await createSchemas(database, [{ name: 'task', version: 1, tables }]);
    return new TaskJournal(database, dir, clock);
  }

  async append(drafts: readonly Draft[], also: Also = {}): Promise<readonly Appended[]> {
    if (this.down) throw new JournalDown('the disk is full');
    if (this.refuse(drafts)) throw new Error('this draft fits no schema');
    const from = this.entries.length + 1;
    const lanes: (Lane | undefined)[] = [];
    await this.#database.write(async (writing) => {
      for (const draft of drafts) {
        const position = must(parsePosition(this.entries.length + 1));
        this.entries.push(this.#entry(draft, position));
        for (const task of planned(draft, position)) {
          await taskSink.insert({ ...task, state: 'ready' }, writing);
          lanes.push(task.lane);
        }
      }
      for (const settlement of also.settle ?? []) lanes.push(await taskSink.settle(settlement, writing));
    });
    this.#tell(from, lanes);
    return drafts.map((_, n) => ({ position: must(parsePosition(from + n)), duplicate: false }));
  }

  #entry(draft: Draft, position: Position): Entry {
    return { ...draft, position, v: 1, recordedAt: this.#clock.now(), class: must(parseClassId('test')) };
  }

  #tell(from: number, lanes: readonly (Lane | undefined)[]): void {
    const committed = {
      from: must(parsePosition(from)),
      to: must(parsePosition(Math.max(from, this.entries.length))),
      lanes: lanes.filter((named) => named !== undefined),
    };
    for (const listener of this.#listeners) listener(committed);
  }

  /** Appends one entry that plans `tasks`. */
  async plan(tasks: string): Promise<Position> {
    const [appended] = await this.append([noticeOf(tasks, this.#clock)]);
    if (appended === undefined) throw new Error('nothing was appended');
    return appended.position;
  }

  /** A restore from a backup begins its epoch at `began`. */
  async restoredAt(began: Position): Promise<void> {
    const at = this.#clock.now();
    const epoch = { epoch: 2, began, restored: began - 1, at, origin: 'acme.example/gatehouse', size: 9, root: '' };
    await this.#database.write((writing) => writing.run(insertEpoch, epoch));
  }

  read(position: Position): Promise<Entry | undefined> {
    return Promise.resolve(this.entries[position - 1]);
  }

  size(): Promise<number> {
    return Promise.resolve(this.entries.length);
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  kinds(): readonly string[] {
    return this.entries.map((entry) => entry.kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true });
  }
}

export function noticeOf(notice: string, clock: ManualClock): Draft {
  const source = { system: 'gatehouse', id: notice, sure: false };
  return { kind: 'staff.notice', at: clock.now(), source, body: { user, room, notice } };
}

function planned(draft: Draft, position: Position) {
  if (draft.kind !== 'staff.notice' || draft.body.notice === '') return [];
  return draft.body.notice.split(', ').map((words) => {
    const [of = '', kind = 'send'] = words.split(' ');
    return { id: taskIdFor(position, kind), lane: lane('out', of), kind, position };
  });
}
