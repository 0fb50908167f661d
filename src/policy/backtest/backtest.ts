/**
 * Back-test: what one rule would have found in what is on record. It goes through the record in small steps and rests as
 * long as it works, and has a thread of its own to judge in, so that nobody waits for it. Killed, it goes on from its notes.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { must, nextPosition, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import type { Backtested } from '../../core/policy-entries.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/reader.ts';
import { beforeIn, standingOf, type ContextDeps } from '../judging/context-of.ts';
import type { Rule, RuleSet } from '../rule.ts';
import type { Trial } from '../rules/rule-trial.ts';
import { setToTry, type Found } from '../rules/rule-to-try.ts';
import { versionOf } from '../rules/version.ts';
import type { Verdict } from '../verdict.ts';
import { readNotes, writeNotes, type Notes } from './backtest-notes.ts';
import { decidedAbout } from './decided-about.ts';
import { maySay, recordedText, type Recorded, type TextsOf } from './recorded-texts.ts';
import { SaidLately } from './said-lately.ts';
import { counted, noneYet } from './tally.ts';

export interface BacktestDeps extends Pick<ContextDeps, 'lines' | 'groupsOf' | 'tagsOf'>, TextsOf {
  readonly journal: Pick<Recorder, 'append'> & {
    readonly views: Views;
    readonly reader: Pick<JournalReader, 'rows'>;
    readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]>;
  };
  readonly ruleToTry: (id: string) => Promise<Found>;
  readonly trial: () => Trial;
  readonly clock: Clock;
}

type Asked = EntryOf<'policy.backtest-asked'>;
type Report = Omit<Backtested, 'because' | 'rule' | 'from' | 'to'>;

/** Entries in one step. */
const STEP = 100;
/** Entries between two notes: at most so many are looked at again after a kill. */
const NOTE_EVERY = 2_000;
/** Entries before the place where it goes on: what was said just before is in them. */
const LOOK_BACK = 500;
const DEADLINE_MS = 10_000;
const NOT_READY_MS = 250;
const READY_TRIES = 40;
const LEAST_REST_MS = 2;

/** Undefined when it was stopped: it goes on when it is asked for again. @throws JournalDown */
export async function backtest(asked: Asked, deps: BacktestDeps, signal: AbortSignal): Promise<Report | undefined> {
  const { found } = await deps.ruleToTry(asked.body.rule);
  if (found === undefined) return { ...noneYet, unfit: 'gone' };
  const { as, rule } = found;
  const judgedBy = { version: versionOf(rule), as };
  const set = setToTry(found);
  await using trial = deps.trial();
  const compiled = await trial.use(set);
  if (!compiled.ok) return { ...noneYet, ...judgedBy, unfit: 'not-compiled' };
  const notes = await notesFor(asked, set, deps);
  const walked = await new Walk({ deps, trial, rule, signal }).from(notes);
  return walked === undefined ? undefined : { ...walked.tally, ...judgedBy };
}

async function notesFor(asked: Asked, { digest: rules }: RuleSet, deps: BacktestDeps): Promise<Notes> {
  const before = await readNotes(deps.journal.views);
  if (before?.because === asked.position && before.rules === rules) return before;
  const first = await firstSince(asked.body.from, asked.position, deps);
  const { position: because, body } = asked;
  return { because, rule: body.rule, rules, first, next: first, last: because, tally: noneYet };
}

/** The first entry that was recorded then or later; `last` where there is none before it. */
async function firstSince(from: Millis, last: Position, { journal }: BacktestDeps): Promise<Position> {
  let [low, high]: [number, number] = [1, last];
  while (low < high) {
    const middle = must(parsePosition(Math.floor((low + high) / 2)));
    const [row] = await journal.reader.rows({ from: middle, to: middle });
    if (row !== undefined && row.recorded_at < from) low = middle + 1;
    else high = middle;
  }
  return must(parsePosition(low));
}

interface Walking {
  readonly deps: BacktestDeps;
  readonly trial: Trial;
  readonly rule: Rule;
  readonly signal: AbortSignal;
}

class Walk {
  readonly #deps: BacktestDeps;
  readonly #trial: Trial;
  readonly #rule: Rule;
  readonly #signal: AbortSignal;
  readonly #said = new SaidLately();

  constructor({ deps, trial, rule, signal }: Walking) {
    this.#deps = deps;
    this.#trial = trial;
    this.#rule = rule;
    this.#signal = signal;
  }

  async from(begun: Notes): Promise<Notes | undefined> {
    const { clock, journal } = this.#deps;
    let notes = begun;
    let noted = begun.next;
    if (notes.next > notes.first) await this.#lookBack(notes);
    else await writeNotes(notes, journal);
    while (notes.next <= notes.last) {
      if (this.#signal.aborted) break;
      const began = clock.monotonic();
      notes = await this.#step(notes);
      if (notes.next - noted >= NOTE_EVERY) {
        await writeNotes(notes, journal);
        noted = notes.next;
      }
      await wait(clock, Math.max(LEAST_REST_MS, clock.monotonic() - began), this.#signal);
    }
    if (notes.next > notes.last) return notes;
    await writeNotes(notes, journal);
    return undefined;
  }

  async #lookBack({ first, next }: Notes): Promise<void> {
    if (this.#rule.together === 0) return;
    const from = must(parsePosition(Math.max(first, next - LOOK_BACK)));
    for (const entry of await this.#entries(from, must(parsePosition(next - 1)))) {
      if (!('erased' in entry)) this.#said.add(entry);
    }
  }

  async #step(notes: Notes): Promise<Notes> {
    const to = must(parsePosition(Math.min(notes.next + STEP - 1, notes.last)));
    let { tally } = notes;
    for (const entry of await this.#entries(notes.next, to)) {
      if (this.#signal.aborted) return notes;
      if ('erased' in entry) {
        tally = { ...tally, erased: tally.erased + 1 };
        continue;
      }
      const recorded = await recordedText(entry, this.#deps);
      if (recorded === undefined) continue;
      const verdict = await this.#judge(entry, recorded);
      if (this.#rule.together > 0) this.#said.add(entry);
      if (verdict.failed !== undefined) tally = { ...tally, failed: tally.failed + 1 };
      else tally = counted(tally, await this.#looked(entry, verdict));
    }
    return { ...notes, next: nextPosition(to), tally };
  }

  async #entries(from: Position, to: Position): Promise<readonly (Entry | ErasedEntry)[]> {
    const { journal } = this.#deps;
    const rows = await journal.reader.rows({ from, to });
    return journal.readMany(rows.filter(maySay).map((row) => row.position));
  }

  async #judge(entry: Entry, { direction, message }: Recorded): Promise<Verdict> {
    const { clock } = this.#deps;
    const standing = await standingOf(entry, direction, this.#deps);
    const before = this.#rule.together === 0 ? [] : beforeIn(entry, direction, this.#said.before(entry));
    let verdict = await this.#trial.judge(message, { ...standing, before }, DEADLINE_MS);
    for (let tries = 0; verdict.failed === 'not-ready' && tries < READY_TRIES && !this.#signal.aborted; tries += 1) {
      await wait(clock, NOT_READY_MS, this.#signal);
      verdict = await this.#trial.judge(message, { ...standing, before }, DEADLINE_MS);
    }
    return verdict;
  }

  async #looked(entry: Entry, { hits }: Verdict) {
    const { position, at } = entry;
    if (hits.length === 0) return { position, at, hit: false };
    const decided = await this.#deps.journal.views.read((reading) => decidedAbout(entry, reading));
    return { position, at, hit: true, decided };
  }
}
