/**
 * Looks every half minute whether something that should move stands still, and puts on record when that begins and when
 * it is over. The desks are told by a task that follows from those entries: a look that dies tells nobody twice.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf } from '../../core/entry.ts';
import type { AlarmId, Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Log } from '../../core/ports/log.ts';
import { Rounds } from '../../core/rounds.ts';
import type { Journal } from '../../journal/journal.ts';
import { clearedDraft, raisedDraft } from './alarm-drafts.ts';
import { alarms, type AlarmRow } from './alarm-store.ts';
import { clearedWords, raisedWords } from './alarm-words.ts';
import type { Facts } from './facts.ts';
import { atRest, standing, step, type Standing } from './hysteresis.ts';
import type { AlarmLimits } from './limits.ts';
import { judge, type Finding } from './rules.ts';

export interface AlarmWatchOptions {
  readonly journal: Pick<Journal, 'append' | 'views'>;
  readonly facts: () => Promise<Facts>;
  readonly lines: readonly Line[];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: AlarmLimits;
  /** IANA zone in which the desks read times. */
  readonly timezone: string;
}

type AlarmDraft = DraftOf<'alarm.raised'> | DraftOf<'alarm.cleared'>;

interface Change {
  readonly finding: Finding;
  readonly next: Standing;
  readonly draft: AlarmDraft;
}

export class AlarmWatch implements AsyncDisposable {
  readonly #options: AlarmWatchOptions;
  readonly #standing = new Map<AlarmId, Standing>();
  readonly #looks: Rounds;

  constructor(options: AlarmWatchOptions) {
    const { clock, limits, log } = options;
    this.#options = options;
    this.#looks = new Rounds({
      ...{ clock, everyMs: limits.lookMs, round: () => this.look() },
      // Nothing was decided: the next look sees the same.
      failed: (error) => {
        log.error('alarm.look-failed', {}, error);
      },
    });
  }

  start(): void {
    this.#looks.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#looks[Symbol.asyncDispose]();
  }

  /** One look. @throws JournalDown and what the facts throw; then nothing has changed. */
  async look(): Promise<void> {
    const { journal, limits, facts: gather } = this.#options;
    const facts = await gather();
    const rows = new Map((await journal.views.read(alarms)).map((row) => [row.alarm, row]));
    const findings = withLost(judge(facts, openOf(rows), limits), rows);
    const changes = findings.flatMap((finding) => this.#step(finding, rows.get(finding.alarm), facts));
    this.#forget(findings);
    if (changes.length === 0) return;
    await journal.append(changes.map(({ draft }) => draft));
    for (const { finding, next } of changes) this.#standing.set(finding.alarm, next);
  }

  /** What changed is remembered once it is on record; before, the next look would find it changed again. */
  #step(finding: Finding, row: AlarmRow | undefined, facts: Facts): Change[] {
    const { clock, limits, lines, timezone } = this.#options;
    const before = this.#standing.get(finding.alarm) ?? (row?.open === true ? standing : atRest);
    const { next, change } = step(before, finding.is, { monotonic: clock.monotonic(), clearMs: limits.clearMs });
    if (change === undefined) {
      this.#standing.set(finding.alarm, next);
      return [];
    }
    const now = clock.now();
    const wording = { lines, timezone, now };
    const words = change === 'raised' ? raisedWords(finding, facts, wording) : clearedWords(finding, wording);
    const draftOf = change === 'raised' ? raisedDraft : clearedDraft;
    return [{ finding, next, draft: draftOf(now, { ...finding, words, before: row?.changed ?? 0 }) }];
  }

  /** Gates come and go: only what this look judged is kept. */
  #forget(findings: readonly Finding[]): void {
    const judged = new Set(findings.map(({ alarm }) => alarm));
    for (const alarm of this.#standing.keys()) if (!judged.has(alarm)) this.#standing.delete(alarm);
  }
}

function openOf(rows: ReadonlyMap<AlarmId, AlarmRow>): ReadonlyMap<AlarmId, Position> {
  return new Map([...rows.values()].filter((row) => row.open).map((row) => [row.alarm, row.changed]));
}

/** An open alarm about something that is no more (a gate that opened, a line that left the config) is over. */
function withLost(findings: readonly Finding[], rows: ReadonlyMap<AlarmId, AlarmRow>): readonly Finding[] {
  const judged = new Set(findings.map(({ alarm }) => alarm));
  const lost = [...rows.values()].filter((row) => row.open && !judged.has(row.alarm));
  return [...findings, ...lost.map(({ alarm, kind }) => ({ alarm, kind, is: 'over' as const }))];
}
