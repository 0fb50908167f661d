/**
 * One life of Gatehouse: the real writer, receivers, task runner, bridge and staff commands over the simulated world.
 * Killed, it is cut off: what it waited for never happens, and what it would do next reaches nobody.
 */
import { withoutNetwork } from '../../support/without-network.ts';
import { createBridge, type Bridge } from '../../../src/bridge/bridge.ts';
import { portalsIn } from '../../../src/bot/portals.ts';
import { warningsIn } from '../../../src/bot/staff/warnings.ts';
import { staffCommandTask } from '../../../src/bot/staff/staff-command-task.ts';
import { whereTask } from '../../../src/bot/staff/where-task.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { ConnectorId, EventId } from '../../../src/core/ids.ts';
import type { Homeserver } from '../../../src/core/ports/homeserver.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import { listKv, readKv } from '../../../src/journal/kv-store.ts';
import { Actors } from '../../../src/matrix/actors.ts';
import { homeserverOf } from '../../../src/matrix/homeserver.ts';
import { createReceiver, type Answer, type BroughtTransaction, type Receive } from '../../../src/matrix/receive.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import type { TaskHandlers, TaskKind } from '../../../src/tasks/task.ts';
import { WordGatekeeper } from '../../support/word-gatekeeper.ts';
import { defaultClass, directory, DOMAIN, lines } from './house-rules.ts';
import { decide } from './officer.ts';
import { SimulatedConnector } from './provider-connector.ts';
import { logInto, noMetrics } from './quiet-house.ts';
import { entriesFrom } from './recorded.ts';
import { SimulatedJournal } from './simulated-journal.ts';
import { ghostsOf } from './synapse-client.ts';
import type { Service } from './synapse.ts';
import type { Place } from './template.ts';
import type { World } from './world.ts';

const PARALLEL = 8;

export class Process {
  readonly number: number;
  readonly journal: SimulatedJournal;
  readonly #world: World;
  readonly #clock: ProcessClock;
  readonly #log: Log;
  readonly #receivers: Readonly<Record<Service, Receive>>;
  readonly #connectors = new Map<ConnectorId, SimulatedConnector>();
  readonly #bridge: Bridge;
  readonly #runner: TaskRunner;

  private constructor(number: number, world: World, journal: SimulatedJournal, clock: ProcessClock) {
    this.number = number;
    this.journal = journal;
    this.#world = world;
    this.#clock = clock;
    this.#log = logInto(world.trace);
    const homeserver = this.#homeserver();
    const deps = { journal, homeserver, clock, log: this.#log, metrics: noMetrics, staff: directory };
    this.#bridge = createBridge({
      ...deps,
      connectors: (id) => this.#connectors.get(id),
      lines,
      warnings: { set: () => undefined, clear: () => undefined },
      timezone: 'UTC',
      gatekeeper: new WordGatekeeper(() => entriesFrom(world, 1), clock),
    });
    this.#runner = createTaskRunner({
      ...deps,
      handlers: this.#watched(new Map([...this.#bridge.handlers, ...commandsOf(deps, world.place)])),
      parallel: PARALLEL,
      random: world.random,
    });
    this.#receivers = { bridge: this.#receiver('bridge'), archive: this.#receiver('archive') };
  }

  static async start(number: number, world: World): Promise<Process> {
    const clock = new ProcessClock(world.clock);
    const journal = await SimulatedJournal.open(number, world, clock);
    const process = new Process(number, world, journal, clock);
    for (const line of lines) process.#open(line);
    process.#runner.start();
    for (const connector of process.#connectors.values()) connector.start().catch(rethrow);
    return process;
  }

  /** Of what its record has; nobody decides while it is dead. */
  decide(what: Parameters<typeof decide>[0]): void {
    decide(what, this.#world, this.journal).catch(rethrow);
  }

  bring(service: Service, transaction: BroughtTransaction): Promise<Answer> {
    return this.#receivers[service](transaction);
  }

  connector(id: ConnectorId): SimulatedConnector {
    const found = this.#connectors.get(id);
    if (found === undefined) throw new Error('no such connector');
    return found;
  }

  /** @param onWire which of its requests, if any, reaches its peer all the same. */
  kill(onWire: number | undefined): void {
    for (const of of this.journal.attempting) this.#world.provider.unclear.add(of);
    this.#world.steps.abandon(this.number, onWire);
    this.#world.provider.disconnect();
    this.#clock.stop();
  }

  #homeserver(): Homeserver {
    const { number } = this;
    const { steps, judge } = this.#world;
    const ghosts = ghostsOf({
      process: number,
      add: (step) => {
        steps.add(step);
      },
      handle: async (call) => {
        await judge.heard(call);
        return this.#world.synapse.handle(call);
      },
    });
    const actors = new Actors({
      domain: DOMAIN,
      url: 'http://homeserver.invalid',
      bridgeToken: 'token',
      archiveToken: 'token',
      ghosts,
    });
    return homeserverOf(actors, { domain: DOMAIN, clock: this.#clock });
  }

  #receiver(service: Service): Receive {
    const { journal } = this;
    return createReceiver({
      service,
      recorder: journal,
      class: defaultClass,
      clock: this.#clock,
      log: this.#log,
      metrics: noMetrics,
    });
  }

  #open(line: (typeof lines)[number]): void {
    const { journal } = this;
    const { views } = journal;
    const { connector: id } = line;
    const inbound = this.#bridge.inbound(id);
    const { steps, provider, judge } = this.#world;
    const wire = {
      process: this.number,
      provider,
      add: steps.add.bind(steps),
      heard: judge.submitted.bind(judge),
    };
    const connector = new SimulatedConnector(line, wire, {
      ...withoutNetwork,
      ...{ id, log: this.#log, metrics: noMetrics, clock: this.#clock, signal: new AbortController().signal },
      kv: {
        get: (key) => views.read((reading) => readKv({ connector: id, key }, reading, views.sealer)),
        list: (prefix) => views.read((reading) => listKv({ connector: id, prefix }, reading, views.sealer)),
        apply: async (changes) => {
          await journal.append([], { kv: changes.map((change) => ({ ...change, connector: id })) });
        },
      },
      ingest: async (events, kv) => {
        await inbound.ingest(events, kv);
      },
      outcome: (update, kv) => inbound.outcome(update, kv),
      state: (state) => {
        this.#bridge.connectorState(id, state, this.#runner);
      },
    });
    this.#connectors.set(id, connector);
  }

  /** The judge is told of each turn's beginning: none may begin while the record can't be written. */
  #watched(handlers: TaskHandlers): TaskHandlers {
    const watched = new Map<string, TaskKind>();
    for (const [name, kind] of handlers) {
      const run: TaskKind['run'] = (task, entry, context) => {
        this.#world.trace(`  turn of ${task.id} in ${task.lane} begins`);
        this.#world.judge.turnBegins(task, this.journal.refused);
        return kind.run(task, entry, context);
      };
      watched.set(name, { ...kind, run });
    }
    return watched;
  }
}

function commandsOf(
  deps: { readonly journal: SimulatedJournal; readonly homeserver: Homeserver; readonly clock: Clock },
  place: Place,
): TaskHandlers {
  const { journal, homeserver, clock } = deps;
  const { views } = journal;
  const read = journal.read.bind(journal);
  const entryOfEvent = async (event: EventId) => {
    const [first] = await place.reader.bySource({ system: 'matrix', id: event });
    return first === undefined ? undefined : read(first);
  };
  const found = { views, read, entryOfEvent, isOurs: homeserver.isOurs.bind(homeserver) };
  const portals = portalsIn(found);
  const known = { portals, warnings: warningsIn(found), connectors: () => undefined };
  const tools = { domain: DOMAIN, recorder: journal, staff: directory, ...known, clock };
  return new Map([
    ['staff.command', { run: staffCommandTask({ tools, homeserver }) }],
    ['staff.where', { run: whereTask({ read, portals, homeserver }) }],
  ]);
}

/** The world's clock, as one process has it: its timers end with it. */
class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): ReturnType<Clock['now']> {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, callback: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(stop);
      callback();
    });
    const stop = (): void => {
      this.#timers.delete(stop);
      cancel();
    };
    this.#timers.add(stop);
    return stop;
  }

  stop(): void {
    for (const stop of this.#timers) stop();
  }
}

/** Nothing here fails by itself; if it does, the history ends. */
function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
