/**
 * A journal with all that retention does in it, and the tasks that follow: no homeserver, no desks. Its wall clock is set
 * by hand; what waits, waits for real.
 */
import { systemClock, wait, type Clock } from '../../src/core/clock.ts';
import type { Draft, DraftOf, Entry, ErasedEntry } from '../../src/core/entry.ts';
import { must, parseClassId, parseMillis, parsePosition, parseUserId, type Millis } from '../../src/core/ids.ts';
import type { Position } from '../../src/core/ids.ts';
import type { SuspectClock } from '../../src/core/ports/trusted-time.ts';
import type { Assignment, KeptClass } from '../../src/core/retention-entries.ts';
import type { OpenJournal } from '../../src/journal/open-journal.ts';
import type { Place } from '../../src/journal/open-writer.ts';
import type { WriterPart } from '../../src/journal/projection.ts';
import { createNoteSigner } from '../../src/journal/merkle/signed-note.ts';
import { keepingDeps } from '../../src/app/retention-holds.ts';
import { digestOf } from '../../src/retention/classes/wanted.ts';
import { classesWriterPart } from '../../src/retention/classes/projections.ts';
import { eraseHandlers } from '../../src/retention/erase/erase-task.ts';
import { eraseWriterPart } from '../../src/retention/erase/projections.ts';
import { freezingBy } from '../../src/retention/holds/freezing.ts';
import { holdsWriterPart } from '../../src/retention/holds/projections.ts';
import { openWork } from '../../src/retention/open/open-work.ts';
import { personEraseTask } from '../../src/retention/person/erase-task.ts';
import { lookTask } from '../../src/retention/person/look-task.ts';
import type { PersonPorts } from '../../src/retention/person/person.ts';
import { DSAR_ERASE, DSAR_LOOK, personWriterPart } from '../../src/retention/person/projections.ts';
import { openRun } from '../../src/retention/run/run-store.ts';
import { runWriterPart } from '../../src/retention/run/projections.ts';
import { runHandlers, type RunDeps } from '../../src/retention/run/run-task.ts';
import { erasingStanding } from '../../src/retention/run/staying.ts';
import { verdictsWriterPart } from '../../src/policy/verdicts/projections.ts';
import { createTaskRunner, type TaskRunner } from '../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../src/tasks/task.ts';
import { openTestJournal, type TestJournal } from './journal.ts';
import type { TestPostgres } from './postgres.ts';
import { KeptLog, KeptMetrics } from './quiet.ts';
import { noHomeserver } from './no-homeserver.ts';

export const DAY_MS = 86_400_000;
export const START = 1_750_000_000_000;
const OURS = ['@compliance:acme.example', '@gatehouse:acme.example'];
export const olivia = must(parseUserId('@olivia:acme.example'));
export const omar = must(parseUserId('@omar:acme.example'));

/** What desks are told: nobody is there. */
const TOLD = [
  'retention.arm-card',
  'retention.arm-card-done',
  'retention.preview-told',
  'retention.refused-told',
  'retention.certificate-told',
  'retention.disarmed-told',
  'hold.tell',
  'hold.covers',
  'dsar.looked-told',
  'dsar.card',
  'dsar.card-done',
  'dsar.copy',
  'dsar.erased-told',
  'dsar.remind',
];

/** Nobody has an address or a room: people are known by their contact, and by who wrote. */
const strangers: PersonPorts = {
  ghostsOf: () => Promise.resolve([]),
  roomsOf: () => Promise.resolve([]),
  receiptOf: keepingDeps.receiptOf,
};

/** Timers are the computer's own; the wall clock is set. */
export class SetClock implements Clock {
  #now: number;
  constructor(now: number) {
    this.#now = now;
  }
  now(): Millis {
    return must(parseMillis(this.#now));
  }
  set(now: number): void {
    this.#now = now;
  }
  pass(ms: number): void {
    this.#now += ms;
  }
  monotonic(): number {
    return systemClock.monotonic();
  }
  after(ms: number, callback: () => void): () => void {
    return systemClock.after(ms, callback);
  }
}

export interface HouseOptions {
  readonly clock: SetClock;
  readonly place?: Place;
  readonly parts?: readonly WriterPart[];
  readonly cleaner?: RunDeps['cleaner'];
  /** What else works in the house. */
  readonly works?: (house: { readonly journal: OpenJournal; readonly log: KeptLog }) => Works;
  /** Use this server instead of SQLite. */
  readonly postgres?: TestPostgres | undefined;
}

export interface Works extends Partial<Pick<RunDeps, 'cleaner' | 'places'>> {
  readonly handlers?: TaskHandlers;
  /** What the bridge knows of people. */
  readonly people?: PersonPorts;
}

export class RetentionHouse implements AsyncDisposable {
  readonly clock: SetClock;
  readonly test: TestJournal;
  readonly log = new KeptLog();
  suspect: SuspectClock | undefined;
  readonly #runner: TaskRunner;
  readonly #stopping = new AbortController();
  #made = 0;

  private constructor(clock: SetClock, test: TestJournal, { cleaner, works }: HouseOptions) {
    this.clock = clock;
    this.test = test;
    const { journal } = test;
    const { handlers = new Map(), people = strangers, ...onHomeserver } = works?.({ journal, log: this.log }) ?? {};
    const deps: RunDeps = {
      ...{
        journal,
        clock,
        cleaner: cleaner ?? noHomeserver,
        ...onHomeserver,
        log: this.log,
        stopping: this.#stopping.signal,
        keepKeysMs: 30 * DAY_MS,
      },
      ...{ receiptOf: keepingDeps.receiptOf, marks: keepingDeps.marks },
      staying: [freezingBy(keepingDeps).erasing, openWork(keepingDeps), erasingStanding],
      time: { suspect: () => this.suspect, look: () => Promise.resolve(false) },
      signer: createNoteSigner('gatehouse/acme.example', journal.keys.signing),
    };
    const keeping = [freezingBy(keepingDeps).erasing, openWork(keepingDeps)];
    const persons = { ...deps, journal, ...people, keeping, standing: erasingStanding };
    this.#runner = createTaskRunner({
      ...{ journal, clock, log: this.log, metrics: new KeptMetrics(), parallel: 4, random: () => 0.5 },
      handlers: new Map([
        ...runHandlers(deps),
        [DSAR_LOOK, { run: lookTask(persons) }],
        [DSAR_ERASE, { run: personEraseTask(persons) }],
        ...TOLD.map((kind) => [kind, { run: () => Promise.resolve({ to: 'done' } as const) }] as const),
        ...eraseHandlers({ journal, blobs: { erase: () => Promise.resolve() } }),
        ...handlers,
      ]),
    });
  }

  /** All that runs in its writer. */
  static partsWith(parts: readonly WriterPart[]): readonly WriterPart[] {
    return [
      ...parts,
      verdictsWriterPart(),
      classesWriterPart(),
      holdsWriterPart(keepingDeps),
      personWriterPart(keepingDeps),
      runWriterPart({ isOurs: (user) => OURS.includes(user), receiptOf: keepingDeps.receiptOf }),
      eraseWriterPart(),
    ];
  }

  static async open(options: HouseOptions): Promise<RetentionHouse> {
    const { clock, place, parts = [], postgres } = options;
    const test = await openTestJournal({
      clock,
      parts: RetentionHouse.partsWith(parts),
      postgres,
      ...(place === undefined ? {} : { place }),
    });
    return new RetentionHouse(clock, test, options);
  }

  start(): void {
    this.#runner.start();
  }

  /** Until nothing is left to do. */
  async idle(): Promise<void> {
    const { views } = this.test.journal;
    await this.#runner.idle();
    // A run that waits for the disk has stepped aside: nobody runs, and it is not over.
    while ((await views.read(openRun)) !== undefined) {
      await wait(systemClock, 20);
      await this.#runner.idle();
    }
  }

  async append<K extends Draft['kind']>(
    kind: K,
    body: DraftOf<K>['body'],
    more: Partial<DraftOf<K>> = {},
  ): Promise<Position> {
    this.#made += 1;
    const source = { system: 'gatehouse', id: `house-${String(this.clock.now())}-${String(this.#made)}`, sure: true };
    const draft = { kind, at: this.clock.now(), source, body, ...more };
    return this.put(draft);
  }

  async put(draft: { readonly kind: Draft['kind'] } & Omit<Draft, 'kind' | 'body'> & { readonly body: unknown }) {
    const drafts: readonly Draft[] = [draft].flatMap((one) => (isDraft(one) ? [one] : []));
    const [appended] = await this.test.journal.append(drafts);
    if (appended === undefined) throw new Error('nothing was appended');
    return appended.position;
  }

  classes(
    classes: readonly KeptClass[],
    otherwise: string,
    assignments: readonly Assignment[] = [],
  ): Promise<Position> {
    const says = { classes, default: must(parseClassId(otherwise)), assignments };
    return this.append('retention.classes', { ...says, digest: digestOf(says) });
  }

  async digest(): Promise<string> {
    const newest = (await this.of('retention.classes')).at(-1);
    if (newest === undefined) throw new Error('no classes');
    return newest.body.digest;
  }

  preview(): Promise<Position> {
    return this.append('retention.asked', { act: 'preview' });
  }

  run(): Promise<Position> {
    return this.append('retention.asked', { act: 'run' });
  }

  /** By two officers, after a preview. */
  async arm(): Promise<void> {
    const classes = await this.digest();
    const request = await this.append('retention.arm-requested', { classes, preview: position(1), by: olivia });
    await this.append('retention.armed', {
      ...{ armed: true, classes, request, why: 'asked', by: olivia, approvedBy: omar },
    });
  }

  async all(): Promise<readonly (Entry | ErasedEntry)[]> {
    const size = await this.test.journal.size();
    const entries: (Entry | ErasedEntry)[] = [];
    while (entries.length < size) {
      entries.push(...(await this.test.journal.reader.entriesFrom(position(entries.length + 1))));
    }
    return entries;
  }

  async of<K extends Entry['kind']>(kind: K): Promise<readonly (Entry & { readonly kind: K })[]> {
    return (await this.all()).filter(
      (entry): entry is Entry & { readonly kind: K } => !('erased' in entry) && entry.kind === kind,
    );
  }

  async erased(): Promise<readonly number[]> {
    return (await this.all()).filter((entry) => 'erased' in entry).map((entry) => entry.position);
  }

  /** Nothing is begun any more; what is appended waits for the next life. */
  halt(): Promise<void> {
    return this.#runner.stop(0);
  }

  /** What goes on at shutdown, before the tasks are stopped. */
  interrupt(): void {
    this.#stopping.abort();
  }

  /** As at shutdown; its files stay. What is under way has so many milliseconds to end. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#stopping.abort();
    await this.#runner.stop(graceMs);
    await this.test.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.test[Symbol.asyncDispose]();
  }
}

function isDraft(draft: { readonly kind: string }): draft is Draft {
  return draft.kind !== '';
}

export function position(n: number): Position {
  return must(parsePosition(n));
}

export function keptClass(id: string, keepDays: number, eraseDays?: number): KeptClass {
  return {
    id: must(parseClassId(id)),
    keep: { ms: keepDays * DAY_MS },
    authority: `the paragraph of ${id}`,
    ...(eraseDays === undefined ? {} : { erase: { ms: eraseDays * DAY_MS } }),
  };
}
