/** The bridge: what runs its tasks, and what the connectors' contexts put on record through it. */
import { connectorGate, type ConnectorId, type GateId, type NetworkId } from '../core/ids.ts';
import { refusedLogin } from '../core/refused-login.ts';
import type { LiveEvent } from '../core/ports/live-homeserver.ts';
import type { ConnectorHealth } from '../core/ports/health.ts';
import type { TaskHandler, TaskHandlers, TaskKind } from '../tasks/task.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { Delivery } from './inbound/deliver.ts';
import { LiveIn } from './inbound/live-in.ts';
import { LiveOut } from './outbound/live-out.ts';
import { remoteHandlers } from './inbound/remote-handlers.ts';
import { createInbound, type Inbound } from './inbound/inbound.ts';
import { createEditHandler } from './outbound/edit-out.ts';
import { createReactHandler } from './outbound/react-out.ts';
import { createWithdrawHandler } from './outbound/withdraw-out.ts';
import { MarkBudget } from './marks/mark-budget.ts';
import { Marks } from './marks/marks.ts';
import { createOpenHandler } from './rooms/open-chat.ts';
import { createPortalRooms } from './portals/portal-room.ts';
import { createRefusedPasswordHandler } from './outbound/refused-password.ts';
import { createLostHandler, createRoomGoneHandler } from './rooms/room-loss.ts';
import { People } from './rooms/people.ts';
import { roomLifeHandlers } from './rooms/room-life.ts';
import { Sender } from './outbound/send.ts';
import { settleKind } from './outbound/settle.ts';
import { createUnreadableHandler } from './inbound/unreadable.ts';
import { WaitingNotices } from './marks/waiting-notice.ts';
import { WhileReachable } from './while-reachable.ts';

/** Gates as the task runner keeps them. */
export interface GateKeeper {
  openGate(gate: GateId): void;
  closeGate(gate: GateId, reason: 'provider-down' | 'bad-credentials', detail?: string): void;
}

/** What a connector says of itself, or what is said of it. `detail` is safe to show. */
export interface ConnectorIs {
  readonly name: ConnectorHealth;
  readonly detail?: string;
}

export interface Bridge extends AsyncDisposable {
  readonly handlers: TaskHandlers;
  /** What the context of one connector needs; throws when no line uses the connector. */
  inbound(connector: ConnectorId): Inbound;
  /** What staff do that is no message; never throws. */
  heard(events: readonly LiveEvent[]): void;
  /** What customers do that is no message; never throws. */
  readonly shown: Pick<LiveIn, 'typing' | 'presence'>;
  /** A connector said how it is: its gate opens or closes, and health is told what a person should know. */
  connectorState(connector: ConnectorId, state: ConnectorIs, gates: GateKeeper): void;
}

export function createBridge(deps: BridgeDeps): Bridge {
  const budget = new MarkBudget(deps.clock);
  const notices = new WaitingNotices(deps, budget);
  const people = new People(deps);
  const rooms = createPortalRooms(deps);
  const delivery = new Delivery(deps, { rooms, people });
  const sender = new Sender(deps, notices);
  const marks = new Marks(deps, budget);
  const reachable = new WhileReachable();
  const only = (run: TaskHandler) => ({ run: reachable.of(run) });
  const liveOut = new LiveOut(deps);
  const refused = new Set<ConnectorId>();
  const known = new Map<ConnectorId, ConnectorHealth>();
  return {
    handlers: new Map<string, TaskKind>([
      ['deliver', { run: reachable.of(delivery.run), dead: delivery.dead }],
      ['send', { run: sender.run, dead: sender.dead }],
      ['settle', settleKind(deps)],
      ['open', only(createOpenHandler({ ...deps, people }, rooms))],
      ...remoteHandlers(deps).map(([kind, run]): [string, TaskKind] => [kind, only(run)]),
      ['edit', only(createEditHandler(deps))],
      ['withdraw', only(createWithdrawHandler(deps))],
      ['react', only(createReactHandler(deps))],
      ['mark', only(marks.run)],
      ['receipt', only(marks.run)],
      ['encrypted', only(createUnreadableHandler(deps))],
      ['lost', only(createLostHandler(deps))],
      ['room.gone', only(createRoomGoneHandler(deps))],
      ['gate.refused', only(createRefusedPasswordHandler(deps))],
      ...roomLifeHandlers(deps).map(([kind, run]): [string, TaskKind] => [kind, only(run)]),
    ]),
    inbound: (connector) => createInbound(connector, deps),
    heard: (events) => {
      liveOut.heard(events);
    },
    shown: deps.live === undefined ? NOBODY : new LiveIn(deps, deps.live),
    connectorState: (connector, state, gates) => {
      // What is tried again with a password that was rejected stays rejected until it is taken: told once, not each time.
      if (state.name === 'connecting' && refused.has(connector)) return;
      if (state.name === 'bad-credentials') refused.add(connector);
      else refused.delete(connector);
      // An outage of a day is one line in the log, however often it is tried to end it.
      if (known.get(connector) !== state.name) deps.log.info('connector.state', { connector, state: state.name });
      known.set(connector, state.name);
      onState({ connector, state, gates }, deps);
    },
    [Symbol.asyncDispose]: () => {
      budget.stop();
      return notices.stop();
    },
  };
}

const NOBODY = { typing: () => undefined, presence: () => undefined };

function onState(
  told: { readonly connector: ConnectorId; readonly state: ConnectorIs; readonly gates: GateKeeper },
  deps: Pick<BridgeDeps, 'warnings' | 'lines'>,
): void {
  const { connector, state, gates } = told;
  const warning = `connector:${connector}`;
  switch (state.name) {
    case 'connected':
      deps.warnings.clear(warning);
      gates.openGate(connectorGate(connector));
      return;
    case 'degraded':
      deps.warnings.set(warning, `${connector} works, but not well${because(state)}.`);
      gates.openGate(connectorGate(connector));
      return;
    case 'bad-credentials':
    case 'logged-out':
      deps.warnings.set(
        warning,
        `${connector} ${refusedLogin(networkOf(connector, deps))}${because(state)}: nothing can be sent on its lines.`,
      );
      gates.closeGate(connectorGate(connector), 'bad-credentials', state.detail);
      return;
    case 'failed':
      deps.warnings.set(
        warning,
        `${connector} can't begin${because(state)}. Nothing goes out or comes in on its lines; it is tried again by itself. Put that right, and after a change of the config restart Gatehouse.`,
      );
      gates.closeGate(connectorGate(connector), 'provider-down', state.detail);
      return;
    case 'starting':
    case 'connecting':
    case 'stopped':
      deps.warnings.set(warning, `${connector} is not connected (${state.name}${because(state)}).`);
      gates.closeGate(connectorGate(connector), 'provider-down', state.detail);
  }
}

function networkOf(connector: ConnectorId, { lines }: Pick<BridgeDeps, 'lines'>): NetworkId | undefined {
  return lines.find((line) => line.connector === connector)?.network;
}

function because(state: ConnectorIs): string {
  return state.detail === undefined ? '' : `: ${state.detail}`;
}
