/** The lines' traffic, counted every few minutes: what each had lately, and what it usually has at this time of the week. */
import { DateTime } from 'luxon';
import type { Clock } from '../../core/clock.ts';
import { after, must, parseMillis, type ConnectorId, type Millis, type Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Views } from '../../journal/journal.ts';
import type { LineFacts, TrafficWindow } from './facts.ts';
import type { AlarmLimits } from './limits.ts';
import { newestTextIn, textsIn } from './line-traffic.ts';

const HOUR_MS = 3_600_000;
const WINDOWS = [1, 4, 24] as const;
const LONGEST_MS = 24 * HOUR_MS;
const WEEKS = [1, 2, 3, 4] as const;
/** Texts of these last minutes are looked for at each look, so that silence ends soon after it does. */
const LATELY_MS = 10 * 60_000;

export interface TrafficWatchOptions {
  readonly views: Pick<Views, 'read'>;
  readonly lines: readonly Line[];
  readonly clock: Clock;
  readonly limits: Pick<AlarmLimits, 'trafficMs'>;
  /** IANA zone in which weeks repeat: an hour of summer time must not seem another hour. */
  readonly timezone: string;
}

/** What limits how far back can be judged. */
export interface Seen {
  readonly upMs: number;
  readonly sinceJumpMs?: number | undefined;
  readonly isReachable: (connector: ConnectorId) => boolean;
}

interface Newest {
  readonly position: Position;
  readonly at: Millis;
}

export class TrafficWatch {
  readonly #options: TrafficWatchOptions;
  readonly #windows = new Map<Line, readonly TrafficWindow[]>();
  readonly #newest = new Map<Line, Newest>();
  #countedAt: number | undefined;

  constructor(options: TrafficWatchOptions) {
    this.#options = options;
  }

  async facts(seen: Seen): Promise<readonly LineFacts[]> {
    const { clock, limits, lines } = this.#options;
    const monotonic = clock.monotonic();
    const due = this.#countedAt === undefined || monotonic - this.#countedAt >= limits.trafficMs;
    for (const line of lines) {
      await this.#lookFor(line, due ? LONGEST_MS : LATELY_MS);
      if (due) this.#windows.set(line, await this.#count(line));
    }
    if (due) this.#countedAt = monotonic;
    return lines.map((line) => this.#factsOf(line, seen));
  }

  async #lookFor(line: Line, backMs: number): Promise<void> {
    const now = this.#options.clock.now();
    const window = { line: line.id, from: after(now, -backMs), to: after(now, 1) };
    const found = await this.#options.views.read((reading) => newestTextIn(reading, window));
    const known = this.#newest.get(line);
    if (found === undefined || found.position <= (known?.position ?? 0)) return;
    this.#newest.set(line, found);
    // What was counted before it was the silence that it ended.
    this.#windows.delete(line);
  }

  /** Only what is silent now is compared with the weeks before. */
  async #count(line: Line): Promise<readonly TrafficWindow[]> {
    const now = this.#options.clock.now();
    const silentMs = now - (this.#newest.get(line)?.at ?? 0);
    const windows: TrafficWindow[] = [];
    for (const hours of WINDOWS) {
      if (silentMs < hours * HOUR_MS) continue;
      const before: number[] = [];
      for (const weeks of WEEKS) before.push(await this.#countIn(line, { now, hours, weeks }));
      windows.push({ hours, now: 0, before });
    }
    return windows;
  }

  #countIn(line: Line, at: { readonly now: Millis; readonly hours: number; readonly weeks: number }): Promise<number> {
    const to = weeksAgo(at.now, at.weeks, this.#options.timezone);
    const from = after(to, -at.hours * HOUR_MS);
    return this.#options.views.read((reading) => textsIn(reading, { line: line.id, from, to }));
  }

  #factsOf(line: Line, seen: Seen): LineFacts {
    const newest = this.#newest.get(line)?.position;
    return {
      line: line.id,
      reachable: seen.isReachable(line.connector),
      windows: (this.#windows.get(line) ?? []).filter(({ hours }) => canJudge(hours * HOUR_MS, seen)),
      ...(newest === undefined ? {} : { newest }),
    };
  }
}

/** What waited at the network while we were away comes within an hour; a clock that was set spoils all that it measured. */
function canJudge(windowMs: number, { upMs, sinceJumpMs }: Seen): boolean {
  return upMs >= Math.min(windowMs, HOUR_MS) && (sinceJumpMs === undefined || sinceJumpMs >= windowMs);
}

function weeksAgo(now: Millis, weeks: number, zone: string): Millis {
  return must(parseMillis(DateTime.fromMillis(now, { zone }).minus({ weeks }).toMillis()));
}
