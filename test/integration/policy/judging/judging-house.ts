/** The judging in its house: the real journal, tables, engine and task runner; the engine in this process. */
import type { Clock } from '../../../../src/core/clock.ts';
import type { Draft, Entry, EntryKind, EntryOf } from '../../../../src/core/entry.ts';
import { must, parsePosition, type Position } from '../../../../src/core/ids.ts';
import type { Gatekeeper } from '../../../../src/core/ports/gatekeeper.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { createGatekeeper, type GatekeeperDeps } from '../../../../src/policy/judging/gatekeeper.ts';
import type { LeftOut } from '../../../../src/policy/judging/left-out.ts';
import { judgingWriterPart } from '../../../../src/policy/judging/projections.ts';
import { ScannerAsked } from '../../../../src/policy/judging/scanner-asked.ts';
import { screenTasks } from '../../../../src/policy/judging/screen.ts';
import { presendWriterPart } from '../../../../src/policy/presend/projections.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import { policyRulesWriterPart } from '../../../../src/policy/rules/projections.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import type { Scanning } from '../../../../src/policy/scan.ts';
import { verdictsWriterPart } from '../../../../src/policy/verdicts/projections.ts';
import { newestVerdict } from '../../../../src/policy/verdicts/verdict-store.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import type { OpenJournal } from '../../../../src/journal/open-journal.ts';
import type { WriterPart } from '../../../../src/journal/projection.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { draftOf, openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import type { TestPostgres } from '../../../support/postgres.ts';
import { began, domain, otherRoom, sales } from '../../../unit/policy/judging/made-entries.ts';

export const EXPIRES_MS = 4 * 60 * 60_000;
const zeros = '0'.repeat(64);

/** `leftOut`: what the bridge knows of; where there is none nobody writes to a customer. */
export const judgingPartsWith = (leftOut: LeftOut): readonly WriterPart[] => [
  policyRulesWriterPart(),
  verdictsWriterPart(),
  presendWriterPart(),
  judgingWriterPart({
    isOurs: (user) => user.startsWith('@_gh_') || user === `@gatehouse:${domain}`,
    isOurRoom: (_, room) => Promise.resolve(room === otherRoom),
    leftOut,
    reads: [],
  }),
];
export const judgingParts = judgingPartsWith(() => Promise.resolve(undefined));

/** One rule as its file says it: cards, held, on their way out. */
export function ruleText(id: string, more: Readonly<Record<string, unknown>> = {}): string {
  const says = 'looks like a payment card number';
  const scope = { directions: ['outbound'] };
  return JSON.stringify({ rules: [{ id, says, when: { detector: 'card' }, then: 'quarantine', scope, ...more }] });
}

export function setOf(...texts: readonly string[]): RuleSet {
  const read = readRules(texts.map((text, at) => ({ name: `${at}.yaml`, text, is: 'rules' })));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** As files of rules come into force. */
export function ruleChanged(text: string, more: Partial<EntryOf<'policy.rule-changed'>['body']> = {}): Draft {
  const [rule] = setOf(text).rules;
  const body = {
    what: 'rule',
    id: rule?.id ?? '',
    change: 'added',
    version: zeros,
    text,
    rules: zeros,
    ...more,
  } as const;
  return draftOf('policy.rule-changed', body);
}

export interface JudgingHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly test: TestJournal;
  readonly journal: OpenJournal;
  readonly gate: Gatekeeper;
  readonly screen: TaskHandlers;
  /** What judges, for whoever judges something else by it. */
  readonly judging: GatekeeperDeps;
  /** How often the engine was asked. */
  readonly asked: () => number;
  /** What is in force from now on, and what is judged by. */
  use(...texts: readonly string[]): RuleSet;
  /** What the engine answers from now on in place of what it finds. */
  answer(instead: ((found: Verdict) => Promise<Verdict>) | undefined): void;
  /** Projections that are stale from now on. */
  stale(...names: readonly string[]): void;
  put<D extends Draft>(draft: D): Promise<Entry & { readonly kind: D['kind'] }>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
}

export async function openJudgingHouse(
  on: {
    readonly place?: TestJournal['place'];
    readonly postgres?: TestPostgres | undefined;
    readonly clock?: Clock;
    /** Beside the judging's own. */
    readonly parts?: readonly WriterPart[];
  } = {},
): Promise<JudgingHouse> {
  const clock = new ManualClock(began);
  const { place, postgres } = on;
  const test = await openTestJournal({
    ...{ parts: [...judgingParts, ...(on.parts ?? [])], clock: on.clock ?? clock, postgres },
    ...(place === undefined ? {} : { place }),
  });
  const { journal } = test;
  const engine = new Engine();
  let staleOnes: readonly string[] = [];
  const judging = {
    journal: {
      views: journal.views,
      read: (position: Position) => journal.read(position),
      readMany: (positions: readonly Position[]) => journal.readMany(positions),
      stale: () => Promise.resolve(staleOnes),
    },
    lines: [sales],
    groupsOf: () => Promise.resolve(['sales-team']),
    scanner: new ScannerAsked(engine, clock),
    rules: { current: () => engine.set },
    ...{ clock, newestVerdict, expiresMs: EXPIRES_MS },
  };
  return {
    ...{ clock, test, journal, gate: createGatekeeper(judging), screen: screenTasks(judging), judging },
    asked: () => engine.asked,
    use: (...texts) => engine.use(setOf(...texts)),
    answer: (instead) => {
      engine.instead = instead;
    },
    stale: (...names) => {
      staleOnes = names;
    },
    put: async (draft) => read(journal, (await journal.append([draft]))[0]?.position, draft.kind),
    entries: (kind) => entriesOf(journal, kind),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

/** The engine itself, in this process. */
class Engine implements Pick<Scanning, 'judge'> {
  set: RuleSet | undefined;
  asked = 0;
  instead: ((found: Verdict) => Promise<Verdict>) | undefined;
  #judge: ReturnType<typeof judgeOf> | undefined;

  use(set: RuleSet): RuleSet {
    this.set = set;
    this.#judge = judgeOf(set);
    return set;
  }

  judge(...[message, context]: Parameters<Scanning['judge']>): Promise<Verdict> {
    this.asked += 1;
    if (this.#judge === undefined) throw new Error('no rules');
    const found = this.#judge(message, context);
    return this.instead?.(found) ?? Promise.resolve(found);
  }
}

function judgeOf(set: RuleSet) {
  const judge = createJudge(set, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  return judge.value;
}

async function read<K extends EntryKind>(
  journal: OpenJournal,
  position: Position | undefined,
  kind: K,
): Promise<Entry & { readonly kind: K }> {
  const entry = position === undefined ? undefined : await journal.read(position);
  if (entry === undefined || 'erased' in entry || !isOf(entry, kind)) throw new Error('not on record');
  return entry;
}

function isOf<K extends EntryKind>(entry: Entry, kind: K): entry is Entry & { readonly kind: K } {
  return entry.kind === kind;
}

async function entriesOf<K extends EntryKind>(journal: OpenJournal, kind: K): Promise<readonly EntryOf<K>[]> {
  const size = await journal.size();
  const positions = Array.from({ length: size }, (_, at) => must(parsePosition(at + 1)));
  const entries = await journal.readMany(positions);
  return entries.filter((entry): entry is EntryOf<K> & Entry => !('erased' in entry) && entry.kind === kind);
}
