/** The gate where it stands: the real bridge, journal, verdicts and engine, with a homeserver and a network of the test's own. */
import { textOnly } from '../../../support/capabilities.ts';
import { createBridge } from '../../../../src/bridge/bridge.ts';
import { leftOut } from '../../../../src/bridge/messages/left-out.ts';
import { messageAt, type Message } from '../../../../src/bridge/messages/message-store.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import type { Draft, Entry, EntryKind, EntryOf } from '../../../../src/core/entry.ts';
import {
  must,
  parsePosition,
  parseRemoteId,
  type Position,
  type RoomId,
  type UserId,
} from '../../../../src/core/ids.ts';
import type { Connector } from '../../../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../../../src/core/ports/outbound.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { failedVerdict } from '../../../../src/policy/engine/fail-modes.ts';
import { createGatekeeper } from '../../../../src/policy/judging/gatekeeper.ts';
import { leftOutTasks } from '../../../../src/policy/judging/left-out.ts';
import { ScannerAsked } from '../../../../src/policy/judging/scanner-asked.ts';
import { screenTasks } from '../../../../src/policy/judging/screen.ts';
import { DESK_TOLD, redactionWriterPart, SENDER_TOLD } from '../../../../src/policy/redaction/projections.ts';
import { REDACT, redactTask } from '../../../../src/policy/redaction/redact.ts';
import { newestVerdict } from '../../../../src/policy/verdicts/verdict-store.ts';
import { createTaskRunner } from '../../../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { DOMAIN, eventDraft, FakeHomeserver } from '../../bridge/fake-homeserver.ts';
import { alice, ann, bob, carrier, sales } from '../../bridge/house.ts';
import { EXPIRES_MS, judgingPartsWith, ruleChanged, setOf } from './judging-house.ts';

/** Cards, their ends and the ends of holds are others' to test. */
const others: TaskHandlers = new Map(
  ['policy.card', 'policy.card-done', 'policy.expire', 'policy.remind', 'policy.rules-told'].map((kind) => [
    kind,
    { run: () => Promise.resolve({ to: 'done' as const }) },
  ]),
);

/** Who would be told. */
function telling(told: string[]): TaskHandlers {
  return new Map(
    [DESK_TOLD, SENDER_TOLD].map((kind) => [
      kind,
      {
        run: (_task, entry) => {
          told.push(`${kind} ${entry.kind}`);
          return Promise.resolve({ to: 'done' as const });
        },
      },
    ]),
  );
}

export interface BridgedHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  /** What the network was given. */
  readonly sent: readonly string[];
  /** Staff of the line. */
  readonly onLine: Set<UserId>;
  /** From now on the engine breaks off at every message. */
  break(): void;
  receive(text: string): Promise<void>;
  /** By alice, in the chat with the customer. */
  write(text: string, more?: object): Promise<EntryOf<'matrix.event'>>;
  /** The same by somebody else. */
  writeAs(who: UserId, text: string, more?: object): Promise<EntryOf<'matrix.event'>>;
  /** Whose tasks tell a sender or a desk: `kind of-what`. */
  readonly told: readonly string[];
  append(draft: Draft): Promise<void>;
  /** The same, and nothing has followed. */
  put(draft: Draft): Promise<void>;
  /** All that follows has happened. */
  settle(): Promise<void>;
  /** As killed: what is under way stays so. */
  die(): Promise<void>;
  readonly homeserver: FakeHomeserver;
  readonly place: TestJournal['place'];
  message(of: Position): Promise<Message | undefined>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
}

/** What a house before left, and where this one dies. */
export interface BridgedKept {
  readonly place?: TestJournal['place'];
  readonly homeserver?: FakeHomeserver;
  readonly clock?: ManualClock;
  /** In place of the journal's own append. */
  readonly append?: (journal: Recorder) => Recorder['append'];
  /** What the network was given in place of what it had; without it the network can't change anything. */
  readonly edited?: string[];
  /** Called while the network is asked. */
  readonly during?: (what: 'send' | 'edit') => Promise<void>;
}

export async function openBridgedHouse(text: string, kept: BridgedKept = {}): Promise<BridgedHouse> {
  const { clock = new ManualClock(), place } = kept;
  const homeserver = kept.homeserver ?? new FakeHomeserver(clock);
  const test = await openTestJournal({
    parts: [bridgeWriterPart({ domain: DOMAIN }), ...judgingPartsWith(leftOut), redactionWriterPart()],
    clock,
    ...(place === undefined ? {} : { place }),
  });
  const journal = recording(test.journal, kept.append);
  const [log, metrics, sent, told] = [new KeptLog(), new KeptMetrics(), new Array<string>(), new Array<string>()];
  const set = setOf(text);
  const judge = createJudge(set, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  let isBroken = false;
  const onLine = new Set([alice, bob]);
  const scanner = new ScannerAsked(
    {
      judge: (...[message, context]) =>
        Promise.resolve(isBroken ? failedVerdict(set, message, context, 'crashed') : judge.value(message, context)),
    },
    clock,
  );
  const judging = {
    ...{ journal, scanner, clock, newestVerdict, lines: [sales], expiresMs: EXPIRES_MS },
    ...{ groupsOf: () => Promise.resolve([]), rules: { current: () => set } },
  };
  const bridge = createBridge({
    ...{ journal, homeserver, clock, log, metrics, lines: [sales], timezone: 'America/New_York' },
    connectors: (id) => (id === carrier ? network(sent, kept) : undefined),
    staff: {
      staffOf: () => Promise.resolve([alice, bob]),
      isStaff: (_, who) => Promise.resolve(onLine.has(who)),
      linesOf: () => Promise.resolve([sales]),
      everybody: () => Promise.resolve([alice, bob]),
    },
    warnings: { set: () => undefined, clear: () => undefined },
    gatekeeper: createGatekeeper(judging),
  });
  const handlers = new Map([
    ...[...bridge.handlers, ...screenTasks(judging), ...leftOutTasks({ ...judging, leftOut }), ...others],
    [REDACT, redactTask({ journal, homeserver, clock })],
    ...telling(told),
  ]);
  const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 8, random: () => 0 });
  runner.start();
  const settle = async (): Promise<void> => {
    for (;;) {
      await runner.idle();
      const events = homeserver.unseen.splice(0);
      if (events.length === 0) return;
      await journal.append(events.map((event) => eventDraft(event)));
    }
  };
  const entries = async <K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]> => {
    const positions = Array.from({ length: await journal.size() }, (_, at) => must(parsePosition(at + 1)));
    const all = await journal.readMany(positions);
    return all.filter((entry): entry is Entry & EntryOf<K> => !('erased' in entry) && entry.kind === kind);
  };
  const chat = async (): Promise<RoomId> => {
    const [opened] = await entries('portal.opened');
    if (opened === undefined) throw new Error('no chat');
    return opened.body.room;
  };
  const writeAs: BridgedHouse['writeAs'] = async (who, said, more = {}) => {
    const content = { msgtype: 'm.text', body: said, ...more };
    const event = homeserver.write(who, await chat(), { content });
    await settle();
    const found = (await entries('matrix.event')).find(({ source }) => source.id === event.event_id);
    if (found === undefined) throw new Error('not on record');
    return found;
  };
  if (place === undefined) await journal.append([ruleChanged(text)]);
  return {
    ...{ clock, sent, entries, told, writeAs, onLine, homeserver, settle },
    place: test.place,
    die: async () => {
      const stopped = runner.stop(1);
      clock.advance(10_000);
      await Promise.race([stopped, new Promise((resolve) => setImmediate(resolve))]);
      await test.close();
    },
    break: () => {
      isBroken = true;
    },
    receive: async (said) => {
      const at = clock.now();
      const message = { to: sales.address, from: ann, text: said };
      await bridge
        .inbound(carrier)
        .ingest({ kind: 'message', id: said, sure: true, at, raw: Buffer.from(said), message });
      await settle();
    },
    write: (said, more) => writeAs(alice, said, more),
    append: async (draft) => {
      await journal.append([draft]);
      await settle();
    },
    put: async (draft) => {
      await test.journal.append([draft]);
    },
    message: (of) => test.views.read((reading) => messageAt(reading, of)),
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      await bridge[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

function recording(own: TestJournal['journal'], append: BridgedKept['append']) {
  return {
    append: append?.(own) ?? ((...given: Parameters<Recorder['append']>) => own.append(...given)),
    read: (position: Position) => own.read(position),
    readMany: (positions: readonly Position[]) => own.readMany(positions),
    onCommitted: (listener: Parameters<typeof own.onCommitted>[0]) => own.onCommitted(listener),
    size: () => own.size(),
    stale: () => own.stale(),
    views: own.views,
  };
}

/** Takes everything but what is too long. */
function network(sent: string[], { edited, during }: BridgedKept): Connector {
  return {
    ...(edited === undefined ? {} : { edit: editing(edited, during) }),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    capabilities: () => (edited === undefined ? textOnly : { ...textOnly, edit: 2 }),
    refuses: ({ text }) => (text.length > 1_600 ? { reason: 'too-long', detail: '1600 characters' } : undefined),
    send: async ({ text, position }: OutboundMessage) => {
      sent.push(text);
      await during?.('send');
      return { state: 'sent', ids: [must(parseRemoteId(`id-${position}`))] };
    },
  };
}

function editing(edited: string[], during: BridgedKept['during']): NonNullable<Connector['edit']> {
  return async ({ text }) => {
    edited.push(text);
    await during?.('edit');
    return { state: 'sent', ids: [] };
  };
}
