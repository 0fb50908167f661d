/** A watch in its house: the real journal, runner and handler; the facts and the homeserver are the test's own. */
import { alarms, type AlarmRow } from '../../../../src/bridge/alarms/alarm-store.ts';
import { AlarmWatch } from '../../../../src/bridge/alarms/alarm-watch.ts';
import type { Facts } from '../../../../src/bridge/alarms/facts.ts';
import { standardLimits } from '../../../../src/bridge/alarms/limits.ts';
import { alarmsWriterPart } from '../../../../src/bridge/alarms/projections.ts';
import { createAlarmHandler } from '../../../../src/bridge/alarms/tell-alarms.ts';
import { roomMadeDraft } from '../../../../src/bridge/drafts.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import type { Entry } from '../../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseDeskId,
  parseLineId,
} from '../../../../src/core/ids.ts';
import { parseNetworkId, parsePosition, type RoomId } from '../../../../src/core/ids.ts';
import type { Line } from '../../../../src/core/line.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { DOMAIN, eventDraft, FakeHomeserver, user } from '../fake-homeserver.ts';

export const carrier = must(parseConnectorId('carrier'));

export function line(id: string, name: string): Line {
  return {
    id: must(parseLineId(id)),
    name,
    connector: carrier,
    network: must(parseNetworkId('sms')),
    address: must(parseAddress('+12025550100')),
    supervisors: [],
    routing: 'shared',
    class: must(parseClassId('us-finra-6y')),
  };
}

export const calm: Facts = {
  lines: [],
  connectors: [],
  capture: { events: 0, usualMs: 0, worstMs: 0 },
  gates: [],
  homeserver: { pinged: true, pushes: 'moves' },
  upMs: 24 * 3_600_000,
};

/** A line that usually has traffic and has none. */
export function silent({ id }: Line): Facts['lines'][number] {
  return { line: id, reachable: true, windows: [{ hours: 4, now: 0, before: [30, 30, 30, 30] }] };
}

export class WatchHouse implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly log = new KeptLog();
  facts: Facts = calm;
  desk: RoomId | undefined;
  readonly test: TestJournal;
  readonly runner: TaskRunner;
  readonly #watch: AlarmWatch;

  private constructor(
    kept: Pick<WatchHouse, 'clock' | 'homeserver' | 'desk'>,
    test: TestJournal,
    lines: readonly Line[],
  ) {
    this.clock = kept.clock;
    this.homeserver = kept.homeserver;
    this.desk = kept.desk;
    this.test = test;
    const { journal } = test;
    const [clock, log, timezone] = [this.clock, this.log, 'America/New_York'];
    const run = createAlarmHandler({ journal, homeserver: this.homeserver, clock, timezone, lines });
    this.runner = createTaskRunner({
      ...{ journal, clock, log, metrics: new KeptMetrics(), parallel: 4, random: () => 0 },
      handlers: new Map([['alarm', { run }]]),
    });
    this.#watch = new AlarmWatch({
      ...{ journal, lines, clock, log, timezone, limits: standardLimits },
      facts: () => Promise.resolve(this.facts),
    });
    this.runner.start();
  }

  static async open(lines: readonly Line[], before?: WatchHouse): Promise<WatchHouse> {
    const clock = before?.clock ?? new ManualClock();
    const homeserver = before?.homeserver ?? new FakeHomeserver(clock);
    const parts = [bridgeWriterPart({ domain: DOMAIN }), alarmsWriterPart()];
    const place = before === undefined ? {} : { place: before.test.place };
    const test = await openTestJournal({ parts, clock, ...place });
    const house = new WatchHouse({ clock, homeserver, desk: before?.desk }, test, lines);
    if (before === undefined) await house.openDesk();
    return house;
  }

  async openDesk(): Promise<void> {
    const { homeserver, clock } = this;
    const made = await homeserver.createRoom({
      as: homeserver.compliance,
      ...{ name: 'Compliance', invite: [user('olivia')], creationContent: {}, initialState: [] },
    });
    if (!made.ok) throw new Error('no desk');
    this.desk = made.value;
    const use = { kind: 'desk', desk: must(parseDeskId('main')) } as const;
    await this.test.journal.append([roomMadeDraft(clock.now(), { room: made.value, use })]);
    await this.settle();
  }

  /** One look, half a minute after the last. */
  async look(facts: Partial<Facts> = {}): Promise<void> {
    this.facts = { ...calm, ...facts };
    await this.#watch.look();
    await this.settle();
    await this.pass(30_000);
  }

  async pass(ms: number): Promise<void> {
    await this.settle();
    for (let left = ms; left > 0; left -= 10_000) {
      this.clock.advance(Math.min(left, 10_000));
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (;;) {
      await this.runner.idle();
      const events = this.homeserver.unseen.splice(0);
      if (events.length === 0) return;
      await this.test.journal.append(events.map((event) => eventDraft(event)));
    }
  }

  /** What the desk was told, in order. */
  told(): readonly string[] {
    const events = this.desk === undefined ? [] : (this.homeserver.rooms.get(this.desk)?.events ?? []);
    return events.flatMap(({ content: { body } }) => (typeof body === 'string' ? [body] : []));
  }

  async entries(): Promise<readonly Entry[]> {
    const size = await this.test.journal.size();
    const all = await this.test.journal.readMany(Array.from({ length: size }, (_, n) => must(parsePosition(n + 1))));
    return all.flatMap((entry) => ('erased' in entry ? [] : [entry]));
  }

  async changes(): Promise<readonly string[]> {
    const kept = (await this.entries()).filter(({ kind }) => kind === 'alarm.raised' || kind === 'alarm.cleared');
    return kept.map(({ kind, body }) => `${kind.slice(6)} ${'alarm' in body ? body.alarm : ''}`);
  }

  rows(): Promise<readonly AlarmRow[]> {
    return this.test.views.read(alarms);
  }

  /** Ends as a kill does after the last commit. */
  async stop(): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
    await this.runner[Symbol.asyncDispose]();
    await this.test.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.test[Symbol.asyncDispose]();
  }
}
