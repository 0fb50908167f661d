/** What follows from verdicts, in its house: the real journal, tables, screening and task runner; rooms of the test's own. */
import type { Draft, Entry, EntryKind, EntryOf } from '../../../../src/core/entry.ts';
import { must, parseEventId, parsePosition, parseUserId, type EventId } from '../../../../src/core/ids.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../../../src/core/ports/homeserver.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { err, ok } from '../../../../src/core/result.ts';
import { leftOut } from '../../../../src/bridge/messages/left-out.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { screenTasks } from '../../../../src/policy/judging/screen.ts';
import { DESK_TOLD, redactionWriterPart, SENDER_TOLD } from '../../../../src/policy/redaction/projections.ts';
import { REDACT, redactTask } from '../../../../src/policy/redaction/redact.ts';
import { countTasks } from '../../../../src/tasks/open-tasks.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { began, domain, sales } from '../../../unit/policy/judging/made-entries.ts';
import { judgingPartsWith, ruleChanged, setOf } from '../judging/judging-house.ts';

type Redaction = Parameters<Homeserver['redact']>[0];
type Taking = Parameters<NonNullable<Homeserver['takeBack']>>[0];

const gatehouse = `@gatehouse:${domain}`;
const noMember: HomeserverFailure = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not in the room' };

/** Synapse as far as it redacts: the same transaction is one event, and what is redacted is left alone by its admin API. */
export class Rooms {
  /** What was redacted, in order, and as whom. */
  readonly done: string[] = [];
  /** Rooms in which @gatehouse may redact. */
  readonly ours = new Set<string>();
  /** What the admin's token can't take back. */
  readonly fixed = new Set<string>();
  readonly failures: HomeserverFailure[] = [];
  /** Called when it is done, before anybody is told. */
  after: () => Promise<void> = () => Promise.resolve();
  readonly #transactions = new Map<string, EventId>();
  readonly #gone = new Set<string>();

  async redact({ room, event, source, part }: Redaction): Done<EventId> {
    const failure = this.failures.shift();
    if (failure !== undefined) return err(failure);
    if (!this.ours.has(room)) return err(noMember);
    const known = this.#transactions.get(`${source} ${part}`);
    if (known !== undefined) return ok(known);
    this.done.push(`${gatehouse} ${event}`);
    const id = must(parseEventId(`$redaction-${this.done.length}`));
    this.#transactions.set(`${source} ${part}`, id);
    await this.after();
    return ok(id);
  }

  findEcho({ source, part }: Pick<Redaction, 'source' | 'part'>): Done<EventId | undefined> {
    return Promise.resolve(ok(this.#transactions.get(`${source} ${part}`)));
  }

  async takeBack({ event, sender, type }: Taking): Done<boolean> {
    const failure = this.failures.shift();
    if (failure !== undefined) return err(failure);
    if (type !== 'm.room.message' || this.fixed.has(event)) return ok(false);
    if (!this.#gone.has(event)) this.done.push(`${sender} ${event}`);
    this.#gone.add(event);
    await this.after();
    return ok(true);
  }
}

export interface RedactionHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly test: TestJournal;
  readonly rooms: Rooms;
  /** Tasks that tell somebody, as `kind position`. */
  readonly told: readonly string[];
  readonly runner: TaskRunner;
  put(...drafts: readonly Draft[]): Promise<void>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
  left(): Promise<number>;
}

export interface Kept {
  readonly place?: TestJournal['place'];
  readonly rooms?: Rooms;
  readonly clock?: ManualClock;
  /** Without an admin's token. */
  readonly noAdmin?: boolean;
  /** In place of the journal's own append. */
  readonly append?: (journal: Recorder) => Recorder['append'];
}

export async function openRedactionHouse(rule: string, kept: Kept = {}): Promise<RedactionHouse> {
  const clock = kept.clock ?? new ManualClock(began);
  const rooms = kept.rooms ?? new Rooms();
  const parts = [bridgeWriterPart({ domain }), ...judgingPartsWith(leftOut), redactionWriterPart()];
  const test = await openTestJournal({ parts, clock, ...(kept.place === undefined ? {} : { place: kept.place }) });
  const { journal } = test;
  const told: string[] = [];
  const runner = createTaskRunner({
    ...{ clock, log: new KeptLog(), metrics: new KeptMetrics(), parallel: 4, random: () => 0 },
    handlers: handlersOf({ test, rooms, clock, told, rule, noAdmin: kept.noAdmin === true }),
    journal: {
      append: kept.append?.(journal) ?? ((...given) => journal.append(...given)),
      read: (position) => journal.read(position),
      views: journal.views,
      onCommitted: (listener) => journal.onCommitted(listener),
      size: () => journal.size(),
    },
  });
  if (kept.place === undefined) await journal.append([ruleChanged(rule)]);
  runner.start();
  return {
    ...{ clock, test, rooms, told, runner },
    put: async (...drafts) => {
      await journal.append(drafts);
      await runner.idle();
    },
    entries: async (kind) => {
      const positions = Array.from({ length: await journal.size() }, (_, at) => must(parsePosition(at + 1)));
      const all = await journal.readMany(positions);
      return all.filter((entry): entry is Entry & EntryOf<typeof kind> => !('erased' in entry) && entry.kind === kind);
    },
    left: async () => (await journal.views.read(countTasks)).ready,
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

interface Handling {
  readonly test: TestJournal;
  readonly rooms: Rooms;
  readonly clock: ManualClock;
  readonly told: string[];
  readonly rule: string;
  readonly noAdmin: boolean;
}

function handlersOf({ test: { journal }, rooms, clock, told, rule, noAdmin }: Handling): TaskHandlers {
  const set = setOf(rule);
  const judge = createJudge(set, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  const screening = {
    ...{ journal, clock, lines: [sales], rules: { current: () => set }, groupsOf: () => Promise.resolve([]) },
    scanner: {
      judge: (...[, message, context]: readonly [unknown, ...Parameters<typeof judge.value>]) =>
        Promise.resolve(judge.value(message, context)),
    },
  };
  const own = {
    gatehouse: must(parseUserId(gatehouse)),
    redact: (redaction: Redaction) => rooms.redact(redaction),
    findEcho: (sought: Redaction) => rooms.findEcho(sought),
  };
  const homeserver = noAdmin ? own : { ...own, takeBack: (of: Taking) => rooms.takeBack(of) };
  const note = (kind: string): [string, TaskHandlers extends ReadonlyMap<string, infer H> ? H : never] => [
    kind,
    {
      run: (_task, entry) => {
        told.push(`${kind} ${entry.kind}`);
        return Promise.resolve({ to: 'done' as const });
      },
    },
  ];
  return new Map([
    ...screenTasks(screening),
    [REDACT, redactTask({ journal, homeserver, clock })],
    ...[DESK_TOLD, SENDER_TOLD, 'send', 'mark', 'policy.expire', 'policy.rules-told'].map(note),
  ]);
}
