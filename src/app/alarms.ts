/** What watches that everything moves, joined to the record and to the parts that it watches. */
import { AlarmWatch } from '../bridge/alarms/alarm-watch.ts';
import { alarms } from '../bridge/alarms/alarm-store.ts';
import { ClockKeeper } from '../bridge/alarms/clock-keeper.ts';
import { jumpedSince, jumpPositions, suspectOnRecord } from '../bridge/alarms/clock-store.ts';
import { FactFinder } from '../bridge/alarms/fact-finder.ts';
import { HomeserverSilence } from '../bridge/alarms/homeserver-silence.ts';
import { LagMeter } from '../bridge/alarms/lag-meter.ts';
import { Passing } from '../bridge/alarms/passing.ts';
import { rememberedSkew, type SkewAt } from '../bridge/alarms/skew-memory.ts';
import { knownSkewAt, type SkewReader } from '../bridge/alarms/skew-on-record.ts';
import { StartClock } from '../bridge/alarms/start-clock.ts';
import { createAlarmHandler } from '../bridge/alarms/tell-alarms.ts';
import { TrafficWatch } from '../bridge/alarms/traffic-watch.ts';
import { countOpenGaps } from '../bridge/gaps/gap-store.ts';
import type { AlarmLimits } from '../bridge/alarms/limits.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { ClockBefore } from '../core/clock-watch.ts';
import { must, parsePosition, type Millis, type Position } from '../core/ids.ts';
import type { GapSweep } from '../core/ports/gap-sweep.ts';
import type { HealthReport, OpenAlarm } from '../core/ports/health.ts';
import type { Done, Homeserver } from '../core/ports/homeserver.ts';
import type { Pushing } from '../core/ports/pushing.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { Captured } from '../matrix/recording.ts';
import type { PingResult, Service } from '../matrix/ping.ts';
import type { TaskRunner } from '../tasks/runner.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { diskOf } from './disk.ts';
import { firstTimezone } from './timezone.ts';

/** Shown by health; more open alarms than these say that everything is wrong. */
const SHOWN_MAX = 20;
/** Of the newest entries the times are compared with the clock. */
const NEWEST = 50;

/** What health is told by those who watch. */
export type WatchedHealth = Pick<
  HealthReport,
  'alarms' | 'capture' | 'gaps' | 'disk' | 'clock' | 'presend' | 'unreadable' | 'crossed'
>;

/** What watching stands on. */
export interface WatchSetting {
  readonly config: Pick<Config, 'desks' | 'lines' | 'data' | 'homeserver'>;
  readonly journal: OpenJournal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: AlarmLimits;
}

interface Joined {
  readonly runner: Pick<TaskRunner, 'waiting' | 'gates'>;
  readonly pushing: Pushing;
  readonly gaps: Pick<GapSweep, 'last'>;
  /** What time the homeserver says it is. */
  readonly homeserverTime: () => Done<Millis | undefined>;
}

export class Watching implements AsyncDisposable {
  readonly passing: Passing;
  readonly skewAt: SkewAt;
  /** Whether the clock can be believed. */
  readonly time: ClockKeeper;
  /** Called when the wall clock was set. */
  clockWasSet: () => void = () => undefined;
  readonly #setting: WatchSetting;
  readonly #lag: LagMeter;
  readonly #unlisten: () => void;
  #silence: HomeserverSilence | undefined;
  #watch: AlarmWatch | undefined;
  #gaps: Pick<GapSweep, 'last'> | undefined;
  readonly #skewReader: SkewReader;
  /** The newest position that was there before this process. */
  readonly #before: number;
  #startClock: StartClock | undefined;

  private constructor(setting: WatchSetting, before: ClockBefore, size: number) {
    const { config, journal, clock, log } = setting;
    this.#setting = setting;
    this.passing = new Passing(clock);
    this.#lag = new LagMeter(clock, config.homeserver.domain);
    const jumped = (): void => {
      this.#lag.jumped();
      this.clockWasSet();
    };
    this.#unlisten = journal.onCommitted(({ from, to }) => {
      setting.metrics.count('commits');
      setting.metrics.count('entries', {}, to - from + 1);
    });
    this.time = new ClockKeeper({ journal, clock, log, before, jumped });
    const jumps = (): Promise<readonly Position[]> => journal.views.read(jumpPositions);
    const { reader } = journal;
    this.#before = size;
    this.#skewReader = {
      ...{ rows: (range) => reader.rows(range), read: (at) => journal.read(at), size: () => journal.size(), jumps },
    };
    const skewAt = rememberedSkew(this.#skewReader, clock, () => this.time.look());
    this.skewAt = async (at) => {
      if (at > size) await this.#startClock?.known();
      return skewAt(at);
    };
  }

  static async open(setting: WatchSetting): Promise<Watching> {
    const { journal } = setting;
    return new Watching(setting, await clockBefore(journal), await journal.size());
  }

  /** Hears of the homeserver before it is joined to anything: nothing is missed. */
  pinged(service: Service, result: PingResult): void {
    this.#silence?.pinged(service, result.ok);
  }

  captured(service: Service, events: readonly Captured[]): void {
    this.#lag.captured(events);
    if (service === 'archive') this.#silence?.brought();
  }

  join({ runner, pushing, gaps, homeserverTime }: Joined): void {
    const { config, journal, clock, log, limits } = this.#setting;
    const { lines } = config;
    const timezone = firstTimezone(config);
    const homeserver = new HomeserverSilence({ clock, pushing, log, limits });
    const traffic = new TrafficWatch({ views: journal.views, lines, clock, limits, timezone });
    const { passing, time } = this;
    const finder = new FactFinder({
      ...{ journal, runner, lines, clock, passing, traffic, homeserver, time },
      lag: this.#lag,
    });
    this.#gaps = gaps;
    this.#startClock = new StartClock({
      ...{ clock, ask: homeserverTime, expected: () => this.#expectedSkew() },
      found: (byMs) => {
        time.found(byMs);
      },
      failed: (error) => {
        log.warn('clock.not-compared', { failure: error instanceof Error ? error.name : 'unknown' });
      },
    });
    this.#silence = homeserver;
    this.#watch = new AlarmWatch({ journal, lines, clock, log, limits, timezone, facts: () => finder.facts() });
  }

  handlers(homeserver: Homeserver): TaskHandlers {
    const { config, journal, clock } = this.#setting;
    const timezone = firstTimezone(config);
    const deps = { journal, homeserver, clock, timezone, lines: config.lines };
    return new Map([['alarm', { run: createAlarmHandler(deps) }]]);
  }

  /** By how much the clock was set since this entry came. */
  readonly setSince = (at: Position): Promise<number> =>
    this.#setting.journal.views.read((reading) => jumpedSince(reading, at));

  /** Compares our clock with the homeserver's, before anything that it brings is judged by its age. */
  compareClocks(): void {
    this.#startClock?.start();
  }

  start(): void {
    this.time.start();
    this.#watch?.start();
  }

  /** For health: what stands still, what is missing, how late the record is, whether clock and disk will do. */
  async status(): Promise<WatchedHealth> {
    const { usualMs, worstMs, events } = this.#lag.facts();
    const { config, journal } = this.#setting;
    const [clock, disk, last] = [this.time.suspect(), await diskOf(config.data.dir), this.#gaps?.last()];
    const open = await journal.views.read(countOpenGaps);
    return {
      alarms: await openAlarms(journal),
      gaps: { open, ...(last === undefined ? {} : { lookedAt: last.at }) },
      ...(disk === undefined ? {} : { disk }),
      ...(events === 0 ? {} : { capture: { usualMs, worstMs } }),
      ...(clock === undefined ? {} : { clock }),
    };
  }

  /** By the record from before this process, and by what the clock was set since. */
  async #expectedSkew(): Promise<number | undefined> {
    if (this.#before === 0) return undefined;
    await this.time.look();
    const last = position(this.#before);
    const known = await knownSkewAt(last, this.#skewReader);
    const since = await this.setSince(last);
    return known === undefined ? undefined : known + since;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#startClock?.[Symbol.asyncDispose]();
    await this.#watch?.[Symbol.asyncDispose]();
    await this.time[Symbol.asyncDispose]();
    this.#unlisten();
  }
}

async function openAlarms(journal: OpenJournal): Promise<readonly OpenAlarm[]> {
  const open = (await journal.views.read(alarms)).filter((row) => row.open).slice(0, SHOWN_MAX);
  const entries = await journal.readMany(open.map((row) => row.changed));
  return open.map(({ alarm, kind, since, changed }) => {
    const entry = entries.find(({ position }) => position === changed);
    const words = entry !== undefined && !('erased' in entry) && 'words' in entry.body ? entry.body.words : alarm;
    return { alarm, kind, since, words };
  });
}

/** The newest time on record since the clock was last set: a clock that is behind it was set back while nobody watched. */
async function clockBefore({ views, reader }: OpenJournal): Promise<ClockBefore> {
  const suspect = await views.read(suspectOnRecord);
  const jump = (await views.read(jumpPositions)).at(-1) ?? 0;
  const size = await reader.size();
  const from = Math.max(jump + 1, size - NEWEST, 1);
  const rows = from > size ? [] : await reader.rows({ from: position(from), to: position(size) });
  const newest = rows.reduce<(typeof rows)[number] | undefined>(
    (latest, row) => (latest === undefined || row.recorded_at > latest.recorded_at ? row : latest),
    undefined,
  );
  return {
    ...(newest === undefined ? {} : { recordedAt: newest.recorded_at }),
    ...(suspect === undefined ? {} : { suspect }),
  };
}

function position(n: number): Position {
  return must(parsePosition(n));
}
