/** The bots in their house: the real journal, tables, task runner and search, with a homeserver in memory. */
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import { createBot, type Bot } from '../../../src/bot/bot.ts';
import type { StaffConnector } from '../../../src/bot/staff/staff-context.ts';
import type { DeskRules, Persons, RetentionRuns } from '../../../src/bot/compliance/desk-context.ts';
import { deskToolsIn, type DeskToolsGiven } from '../../../src/bot/compliance/desk-tools.ts';
import { botWriterPart } from '../../../src/bot/projections.ts';
import { createQueryResolver } from '../../../src/bridge/messages/query-resolver.ts';
import { gapsWriterPart } from '../../../src/bridge/gaps/projections.ts';
import { reconcileWriterPart } from '../../../src/bridge/reconcile/projections.ts';
import { reconcileTasks } from '../../../src/bridge/reconcile/reconcile-tasks.ts';
import type { Reconciler } from '../../../src/bridge/reconcile/reconcile.ts';
import { filesWriterPart } from '../../../src/bridge/files/projections.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import type { Draft, Entry, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import type { SuspectClock } from '../../../src/core/ports/trusted-time.ts';
import { must, parseEventId, parsePosition, type RoomId, type UserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Desk, StaffDirectory } from '../../../src/core/line.ts';
import { err } from '../../../src/core/result.ts';
import { expireTask } from '../../../src/policy/quarantine/expire.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { policyMarks } from '../../../src/policy/verdicts/mark-store.ts';
import { classesWriterPart } from '../../../src/retention/classes/projections.ts';
import { DeskHolds } from '../../../src/retention/holds/desk-holds.ts';
import { holdsWriterPart } from '../../../src/retention/holds/projections.ts';
import { createSearch } from '../../../src/journal/search/search.ts';
import type { WriterPart } from '../../../src/journal/projection.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../../src/tasks/task.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { FakeHomeserver } from '../../unit/bot/fake-homeserver.ts';
import { alice, bob, desk, domain, now, sales } from '../../unit/bot/samples.ts';

const staff: StaffDirectory = {
  staffOf: () => Promise.resolve([alice, bob]),
  isStaff: (_, who) => Promise.resolve(who === alice || who === bob),
  linesOf: (who) => Promise.resolve(who === alice || who === bob ? [sales] : []),
  everybody: () => Promise.resolve([alice, bob]),
};

/** The bridge's own tasks are not what is tested here. */
const bridgeTasks: TaskHandlers = new Map(
  [
    'file',
    'open',
    'deliver',
    'send',
    'mark',
    'edit',
    'withdraw',
    'receipt',
    'encrypted',
    'lost',
    'invited',
    'room.moved',
  ].map((kind) => [kind, { run: () => Promise.resolve({ to: 'done' as const }) }]),
);

/** Compares nothing, and says that all is well. */
const noReconciler: Pick<Reconciler, 'reconcile'> = {
  reconcile: ({ by, since, because }) =>
    Promise.resolve({
      kind: 'reconcile.report',
      at: since,
      source: { system: 'gatehouse', id: `reconcile/${String(because)}`, sure: true },
      body: {
        ...{ by, from: since, to: since, lines: [], findings: [], digest: 'd', unanswered: [], ok: true },
        ...(because === undefined ? {} : { because }),
      },
    }),
};

export interface House extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly test: TestJournal;
  readonly bot: Bot;
  readonly log: KeptLog;
  /** A Matrix event reaches the record; resolves when all that follows has happened. */
  event(
    from: UserId,
    room: RoomId,
    content: JsonObject,
    more?: { type?: string; stateKey?: string },
  ): Promise<EntryOf<'matrix.event'>>;
  say(from: UserId, room: RoomId, body: string, more?: JsonObject): Promise<EntryOf<'matrix.event'>>;
  append(draft: Draft): Promise<void>;
  settle(): Promise<void>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
  /** What our bots said in a room, as their bodies and reactions. */
  said(room: RoomId): readonly string[];
  /** What is known of the clock's jumps. */
  readonly time: { suspect: SuspectClock | undefined };
  /** Stops as a kill would, after the last commit. */
  stop(): Promise<void>;
}

export type Kept = Pick<House, 'homeserver' | 'clock'> & { readonly place: TestJournal['place'] };

let counted = 0;

/** Parts that only some tests need. */
export interface Joined {
  readonly parts?: readonly WriterPart[];
  readonly rules?: (test: TestJournal) => DeskRules;
  readonly backtests?: (test: TestJournal) => DeskToolsGiven['backtests'];
  readonly handlers?: (test: TestJournal) => TaskHandlers;
  readonly retention?: (test: TestJournal) => RetentionRuns;
  readonly persons?: (test: TestJournal) => Persons;
  readonly desks?: readonly Desk[];
  readonly connector?: StaffConnector;
  /** Whether the release of a hold waits for a second officer. */
  readonly fourEyes?: boolean;
}

export async function openHouse(kept?: Kept, joined: Joined = {}): Promise<House> {
  const clock = kept?.clock ?? new ManualClock(now);
  const homeserver = kept?.homeserver ?? new FakeHomeserver();
  const log = new KeptLog();
  const parts = [
    bridgeWriterPart({ domain }),
    filesWriterPart({ domain }),
    gapsWriterPart(),
    reconcileWriterPart(),
    verdictsWriterPart(),
    classesWriterPart(),
    holdsWriterPart(keepingDeps),
    botWriterPart({ domain }),
    ...(joined.parts ?? []),
  ];
  const test = await openTestJournal(kept === undefined ? { parts, clock } : { parts, clock, place: kept.place });
  const { journal } = test;
  const bot = botIn(test, { homeserver, clock, log }, joined);
  const time: House['time'] = { suspect: undefined };
  const expire = expireTask({ views: journal.views, clock, time: { suspect: () => time.suspect } });
  const comparing = reconcileTasks({ reconciler: noReconciler, homeserver, journal, lines: [sales], clock });
  const handlers = new Map([
    ...[...bridgeTasks, ...comparing, ...bot.handlers, ...(joined.handlers?.(test) ?? [])],
    ['policy.expire', { run: expire }],
  ]);
  const metrics = new KeptMetrics();
  const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 4, random: () => 0 });
  runner.start();
  const event: House['event'] = async (from, room, content, more = {}) => {
    const draft = eventDraft({ from, room, content, clock, ...more });
    const [appended] = await journal.append([draft]);
    await runner.idle();
    const entry = await journal.read(must(parsePosition(appended?.position)));
    if (entry?.kind !== 'matrix.event' || 'erased' in entry) throw new Error('not on record');
    return entry;
  };
  const stop = stopOf(runner, bot, test);
  return {
    clock,
    homeserver,
    test,
    bot,
    log,
    time,
    event,
    say: (from, room, body, more = {}) => event(from, room, { msgtype: 'm.text', body, ...more }),
    append: async (draft) => {
      await journal.append([draft]);
      await runner.idle();
    },
    settle: () => runner.idle(),
    entries: async (kind) => (await allOf(test)).filter((entry) => isKind(entry, kind)),
    said: (room) => homeserver.sentIn(room).map(({ content }) => bodyOf(content)),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await test[Symbol.asyncDispose]();
    },
  };
}

function botIn(test: TestJournal, given: Pick<House, 'homeserver' | 'clock' | 'log'>, joined: Joined): Bot {
  const { journal } = test;
  const { homeserver, clock, log } = given;
  const resolver = createQueryResolver({ views: journal.views, domain, lines: [sales] });
  const search = createSearch({ journal, index: journal.search, resolver, marks: policyMarks });
  const verdict = { ok: true, size: 1, root: '', covered: 1, uncovered: 0, erased: 0, firstBad: null };
  const backtests = joined.backtests?.(test);
  const tools = deskToolsIn({
    journal,
    search,
    verify: () => Promise.resolve(verdict),
    prove: (position) =>
      Promise.resolve(
        position === 1
          ? { ok: true, value: 'c2sp.org/tlog-proof@v1\n' }
          : err({ reason: 'not-published-yet', message: '' }),
      ),
    lines: [sales],
    holds: new DeskHolds({ journal, resolver, clock, marks: policyMarks, fourEyes: joined.fourEyes === true }),
    lastLook: () => undefined,
    health: () => Promise.reject(new Error('the health page is broken')),
    ...(joined.rules === undefined ? {} : { rules: joined.rules(test) }),
    ...(backtests === undefined ? {} : { backtests }),
    ...(joined.retention === undefined ? {} : { retention: joined.retention(test) }),
    ...(joined.persons === undefined ? {} : { persons: joined.persons(test) }),
  });
  return createBot({
    journal,
    entryOfEvent: async (id) => {
      const [position] = await journal.reader.bySource({ system: 'matrix', id });
      return position === undefined ? undefined : journal.read(position);
    },
    homeserver,
    staff,
    connectors: () => joined.connector,
    desks: joined.desks ?? [desk],
    tools,
    recording: { rooms: 'all', keptFor: '6 years', readers: [...desk.officers] },
    clock,
    log,
    warnings: { set: () => undefined },
  });
}

function stopOf(runner: TaskRunner, bot: Bot, test: TestJournal): () => Promise<void> {
  let stopped = false;
  return async () => {
    if (stopped) return;
    stopped = true;
    await runner[Symbol.asyncDispose]();
    await bot[Symbol.asyncDispose]();
    await test.close();
  };
}

function eventDraft(given: {
  from: UserId;
  room: RoomId;
  content: JsonObject;
  clock: ManualClock;
  type?: string;
  stateKey?: string;
}): Draft {
  counted += 1;
  const { from: sender, room, content, clock, type = 'm.room.message', stateKey } = given;
  const id = must(parseEventId(`$typed${counted}`));
  const at = clock.now();
  const state = stateKey === undefined ? {} : { state_key: stateKey };
  return {
    kind: 'matrix.event',
    at,
    source: { system: 'matrix', id, sure: true },
    actor: sender,
    room,
    body: { event_id: id, type, room_id: room, sender, origin_server_ts: at, content, ...state },
  };
}

async function allOf(test: TestJournal): Promise<readonly Entry[]> {
  const all = await test.journal.reader.entriesFrom(must(parsePosition(1)), 1_000);
  return all.flatMap((entry) => ('erased' in entry ? [] : [entry]));
}

function isKind<K extends EntryKind>(entry: Entry, kind: K): entry is Extract<Entry, { kind: K }> & EntryOf<K> {
  return entry.kind === kind;
}

function bodyOf(content: JsonObject): string {
  const relation = content['m.relates_to'];
  if (typeof content['body'] === 'string') return content['body'];
  return JSON.stringify(relation);
}
