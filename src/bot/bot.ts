/** The two bots: @gatehouse for staff, @compliance at the desks. */
import type { Clock } from '../core/clock.ts';
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { EventId } from '../core/ids.ts';
import type { Desk, StaffDirectory } from '../core/line.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { Log } from '../core/ports/log.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import { roomOfUse } from '../bridge/portals/room-store.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { armCardDoneTask, armCardTask } from './compliance/arm-card-task.ts';
import { backtestResultTask } from './compliance/backtest-result.ts';
import { cardDoneTask } from './compliance/card-done-task.ts';
import { cardTask } from './compliance/card-task.ts';
import { decideTask } from './compliance/decide-task.ts';
import { deskToldTask } from './compliance/desk-told.ts';
import { deskInvitedTask, deskLostTask } from './compliance/desk-place.ts';
import { deskCommandTask } from './compliance/desk-command-task.ts';
import type { DeskTools } from './compliance/desk-context.ts';
import { ensureDeskRoom } from './compliance/desk-rooms.ts';
import { dsarTasks } from './compliance/dsar-tasks.ts';
import { gapsResultTask } from './compliance/gaps-result.ts';
import { holdCardDoneTask, holdCardTask } from './compliance/hold-card-task.ts';
import { holdCoversTask } from './compliance/hold-covers.ts';
import { PageMemory } from './compliance/page-memory.ts';
import { remindTask } from './compliance/remind-task.ts';
import { ruleCardDoneTask, ruleCardTask } from './compliance/rule-card-task.ts';
import {
  certificateToldTask,
  disarmedToldTask,
  previewToldTask,
  refusedRunToldTask,
} from './compliance/retention-told.ts';
import { rulesToldTask } from './compliance/rules-told.ts';
import { tapHintTask } from './compliance/tap-hint-task.ts';
import { unmaskedToldTask } from './compliance/unmasked-told.ts';
import { RoomKeeper } from './room-keeper.ts';
import type { RoomMade } from './room-maker.ts';
import { staffToolsIn } from './staff/staff-tools.ts';
import type { StaffTools } from './staff/staff-context.ts';
import { staffCommandTask } from './staff/staff-command-task.ts';
import { holdAcknowledgeTask, holdToldTask } from './staff/hold-told.ts';
import { senderToldTask } from './staff/sender-told.ts';
import { refusedToldTask } from './staff/refused-told.ts';
import { ensureStaffRoom, type StaffRooms } from './staff/staff-rooms.ts';
import type { Recording } from './staff/staff-words.ts';
import { encryptedTask, greetTask, welcomeTask } from './staff/unasked.ts';
import { whereTask } from './staff/where-task.ts';

export interface BotDeps {
  readonly journal: Pick<Journal, 'append' | 'read' | 'views'>;
  /** The entry of a Matrix event; undefined where the archive never saw it. */
  readonly entryOfEvent: (event: EventId) => Promise<Entry | ErasedEntry | undefined>;
  readonly homeserver: Homeserver;
  readonly staff: StaffDirectory;
  readonly connectors: StaffTools['connectors'];
  readonly desks: readonly Desk[];
  readonly tools: DeskTools;
  /** What staff are told on their first day. */
  readonly recording: Recording;
  readonly clock: Clock;
  readonly log: Log;
  /** What health shows until a person put it right. */
  readonly warnings: Pick<Warnings, 'set'>;
}

export interface Bot extends AsyncDisposable {
  readonly handlers: TaskHandlers;
  /** Makes the desks' and the staff's rooms, going on in the background until all are there. Resolves at once. */
  start(): void;
  /** One round over all rooms: for a new staff member, or a new officer. Resolves with how many are still missing. */
  ensureRooms(): Promise<number>;
}

export function createBot(deps: BotDeps): Bot {
  const keeper = new RoomKeeper({ makers: () => roomMakers(deps), clock: deps.clock, log: deps.log });
  return {
    handlers: new Map([...handlersOf(deps), ...dsarTasks(deps)]),
    start: () => {
      keeper.start();
    },
    ensureRooms: () => keeper.round(),
    [Symbol.asyncDispose]: () => keeper.stop(),
  };
}

function handlersOf(deps: BotDeps): TaskHandlers {
  const { journal, homeserver, clock, log, desks } = deps;
  const { views } = journal;
  const read = journal.read.bind(journal);
  const { entryOfEvent } = deps;
  const tools = staffToolsIn(deps);
  const unasked = { homeserver, views, clock, recording: deps.recording };
  const place = { homeserver, recorder: journal, views, desks, clock, warnings: deps.warnings };
  const desk = { homeserver, recorder: journal, views, desks, tools: deps.tools, clock, log };
  const told = { rooms: staffRooms(deps), homeserver, journal, holds: deps.tools.holds, entryOfEvent };
  return new Map([
    ['staff.command', { run: staffCommandTask({ tools, homeserver }) }],
    ['staff.where', { run: whereTask({ read, portals: tools.portals, homeserver }) }],
    ['staff.welcome', { run: welcomeTask(unasked) }],
    ['staff.greet', { run: greetTask(unasked) }],
    ['staff.encrypted', { run: encryptedTask(unasked) }],
    ['reconcile.answer', { run: gapsResultTask({ homeserver, read, lines: deps.tools.lines }) }],
    ['policy.rules-told', { run: rulesToldTask({ homeserver, journal }) }],
    ['policy.backtest-answer', { run: backtestResultTask(desk) }],
    ['policy.desk-told', { run: deskToldTask(desk) }],
    ['policy.sender-told', { run: senderToldTask({ rooms: staffRooms(deps), homeserver, journal, clock }) }],
    ['policy.refused-told', { run: refusedToldTask({ homeserver, rooms: staffRooms(deps) }) }],
    ['policy.card', { run: cardTask(desk) }],
    ['policy.card-done', { run: cardDoneTask(desk) }],
    ['policy.remind', { run: remindTask(desk), patient: true }],
    ['policy.unmasked-told', { run: unmaskedToldTask({ homeserver, desks }) }],
    ['policy.rule-card', { run: ruleCardTask(desk) }],
    ['policy.rule-card-done', { run: ruleCardDoneTask(desk) }],
    ['policy.decide', { run: decideTask({ ...desk, decisions: deps.tools.decisions, entryOfEvent }) }],
    ['hold.covers', { run: holdCoversTask(desk) }],
    ['retention.arm-card', { run: armCardTask(desk) }],
    ['retention.arm-card-done', { run: armCardDoneTask(desk) }],
    ['retention.preview-told', { run: previewToldTask(desk) }],
    ['retention.refused-told', { run: refusedRunToldTask(desk) }],
    ['retention.certificate-told', { run: certificateToldTask(desk) }],
    ['retention.disarmed-told', { run: disarmedToldTask(desk) }],
    ['hold.card', { run: holdCardTask(desk) }],
    ['hold.card-done', { run: holdCardDoneTask(desk) }],
    ['hold.tell', { run: holdToldTask(told) }],
    ['hold.acknowledge', { run: holdAcknowledgeTask(told) }],
    ['desk.tap-hint', { run: tapHintTask(desk) }],
    ['desk.lost', { run: deskLostTask(place) }],
    ['desk.invited', { run: deskInvitedTask(place) }],
    ['desk.command', { run: deskCommandTask({ ...desk, pages: new PageMemory(clock) }) }],
  ]);
}

async function roomMakers(deps: BotDeps): Promise<readonly (() => Promise<RoomMade>)[]> {
  const { journal, homeserver, clock, desks, staff } = deps;
  const making = { homeserver, recorder: journal, clock };
  const rooms = staffRooms(deps);
  const everybody = await staff.everybody();
  return [
    ...desks.map((desk) => () => ensureDeskRoom(making, desk)),
    ...everybody.map((user) => () => ensureStaffRoom(rooms, user)),
  ];
}

function staffRooms({ journal, homeserver, clock }: BotDeps): StaffRooms {
  return {
    ...{ homeserver, recorder: journal, clock },
    known: (user) => journal.views.read((reading) => roomOfUse(reading, { kind: 'staff', user })),
  };
}
