/**
 * From the files to the record. Files are proposals: what they say is checked and compiled as a whole, and comes into
 * force with the entries that say so, all in one append, or not at all.
 */
import { createHash } from 'node:crypto';
import { problemText } from '../../config/problem.ts';
import type { Clock } from '../../core/clock.ts';
import { jcs } from '../../core/json.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { RuleSet } from '../rule.ts';
import type { Compiled } from '../scan.ts';
import { changeDraft, changesTo, loadSource, refusedDraft, setAfter, type ItemChange } from './change-drafts.ts';
import { besideProblems } from './beside-problems.ts';
import { located } from './located.ts';
import type { PolicyFile } from './policy-file.ts';
import type { KnownNames } from './known-names.ts';
import { readRules } from './read-rules.ts';
import { noRules, type FilesOnDisk } from './rule-files.ts';
import { changesOf, isTakenBack, wasRefused } from './rule-store.ts';
import { writtenIn, type Written } from './rule-text.ts';
import { changesAt, type RuleRecord, type RulesOnRecord } from './rules-on-record.ts';

export type Named = Pick<ItemChange, 'what' | 'id' | 'change'>;

/** What came of the files. */
export type Loaded =
  /** There are none, and no rule is on record. */
  | { readonly is: 'nothing' }
  /** They say what is in force. */
  | { readonly is: 'same' }
  | { readonly is: 'changed'; readonly changes: readonly Named[] }
  /** An officer decided against what they say. */
  | { readonly is: 'declined'; readonly changes: readonly Named[] }
  /** They wait for an officer; what is in force stays. */
  | { readonly is: 'proposed'; readonly changes: readonly Named[] }
  /** Something is wrong in them; what is in force stays. */
  | {
      readonly is: 'refused';
      readonly problems: readonly RuleProblem[];
      /** The desks are told of these files now; false where they were before. */
      readonly isNew: boolean;
    };

export interface LoadDeps {
  readonly journal: RuleRecord & Pick<Recorder, 'append'>;
  readonly files: () => Promise<FilesOnDisk>;
  /** Where files of rules are looked for, as the config says it. */
  readonly rulesAt: string;
  /** What the config gives names to. */
  readonly known?: KnownNames;
  /** Compiles elsewhere than where messages are judged. */
  readonly compile: (set: RuleSet) => Promise<Compiled>;
  /** Whether a desk asks for a second officer before a rule changes. */
  readonly fourEyes: boolean;
  readonly clock: Pick<Clock, 'now'>;
}

const MOST_TOLD = 20;
const LONGEST_LINE = 500;

export async function loadFiles(onRecord: RulesOnRecord, deps: LoadDeps): Promise<Loaded> {
  const found = await deps.files();
  if (isBare(found) && !onRecord.hasBegun) return { is: 'nothing' };
  const wanted = wantedOf(found, deps);
  if (!wanted.ok) {
    const all = await besideProblems(wanted.error, found.files, (some) => problemsOf(some, deps));
    return refuse(all, { found, onRecord, deps });
  }
  const changes = changesTo(wanted.value, onRecord);
  if (changes.length === 0 && onRecord.proposals.length === 0) return { is: 'same' };
  const set = setAfter(changes, onRecord);
  const problems = changes.length === 0 ? [] : await problemsOf(set, deps);
  if (problems.length > 0) return refuse(located(problems, found.files), { found, onRecord, deps });
  const proposes = deps.fourEyes && onRecord.hasBegun;
  return proposes ? propose(changes, { onRecord, deps }) : take(changes, set, { onRecord, deps });
}

function isBare({ files, problems }: FilesOnDisk): boolean {
  return files.length === 0 && problems.length === 0;
}

async function problemsOf(set: RuleSet, { compile }: LoadDeps): Promise<readonly RuleProblem[]> {
  const compiled = await compile(set);
  return compiled.ok ? [] : compiled.problems;
}

interface Within {
  readonly onRecord: RulesOnRecord;
  readonly deps: LoadDeps;
}

function wantedOf(
  { files, problems }: FilesOnDisk,
  { rulesAt, known }: Pick<LoadDeps, 'rulesAt' | 'known'>,
): Result<readonly Written[], readonly RuleProblem[]> {
  if (problems.length > 0) return err(problems);
  // A folder that is not there any more, or not mounted, is no wish to live without rules.
  if (!files.some(({ is }) => is === 'rules')) return err([noRules(rulesAt)]);
  const read = readRules(files, known);
  if (!read.ok) return read;
  const written = writtenIn(files, read.value);
  return written.problems.length > 0 ? err(written.problems) : ok(written.items);
}

async function take(changes: readonly ItemChange[], set: RuleSet, { onRecord, deps }: Within): Promise<Loaded> {
  if (changes.length === 0) return { is: 'same' };
  const at = deps.clock.now();
  await deps.journal.append(
    changes.map((change, i) => changeDraft(change, { at, rules: set.digest, source: loadSource(onRecord.newest, i) })),
  );
  return { is: 'changed', changes: named(changes) };
}

/** Each once. What the files no longer propose is taken back; what an officer proposed is left to the officers. */
async function propose(changes: readonly ItemChange[], { onRecord, deps }: Within): Promise<Loaded> {
  const { proposals, set, newest } = onRecord;
  const ofDesks = new Set(proposals.filter(({ body }) => body.by !== undefined).map(({ body }) => keyOf(body)));
  const open = new Map(proposals.map(({ body }) => [keyOf(body), body]));
  const declined = await declinedOf(changes, deps);
  const wished = changes.filter((change) => !ofDesks.has(keyOf(change)) && !declined.includes(change));
  const fresh = wished.filter((change) => {
    const there = open.get(keyOf(change));
    return there?.version !== change.version || there.text !== change.text;
  });
  const kept = new Set([...ofDesks, ...wished.map(keyOf)]);
  const back = proposals.flatMap(({ body }) => (kept.has(keyOf(body)) ? [] : [takenBack(body)]));
  const at = deps.clock.now();
  if (fresh.length + back.length > 0) {
    await deps.journal.append(
      [...fresh, ...back].map((change, i) =>
        changeDraft(change, { at, rules: set.digest, source: loadSource(newest, i) }, true),
      ),
    );
  }
  if (wished.length > 0) return { is: 'proposed', changes: named(wished) };
  return declined.length > 0 ? { is: 'declined', changes: named(declined) } : { is: 'same' };
}

/** Nobody is asked again about the very thing that an officer decided against. */
async function declinedOf(changes: readonly ItemChange[], { journal }: LoadDeps): Promise<readonly ItemChange[]> {
  const declined: ItemChange[] = [];
  for (const change of changes) {
    const { what, id, version } = change;
    const [newest] = await journal.views.read((reading) => changesOf(reading, { what, id, limit: 1 }));
    const [entry] = newest?.change === 'proposed' ? await changesAt(journal, [newest.position]) : [];
    if (entry?.body.by === undefined) continue;
    if (isTakenBack(entry.body) && entry.body.version === version) declined.push(change);
  }
  return declined;
}

function takenBack({ what, id, version }: ItemNamed): ItemChange {
  return { what, id, change: 'switched', version, set: {} };
}

type ItemNamed = Pick<ItemChange, 'what' | 'id' | 'version'>;

function keyOf({ what, id }: Pick<ItemChange, 'what' | 'id'>): string {
  return `${what} ${id}`;
}

function named(changes: readonly ItemChange[]): readonly Named[] {
  return changes.map(({ what, id, change }) => ({ what, id, change }));
}

/** On record once for each state of the files, so that the desks are told once. */
async function refuse(
  problems: readonly RuleProblem[],
  { found, onRecord, deps }: Within & { readonly found: FilesOnDisk },
): Promise<Loaded> {
  const text = problemLines(problems).join('\n').toWellFormed();
  const files = found.files.map(({ name, text: words }) => ({ name, text: words }));
  const version = createHash('sha256').update(jcs({ text, files })).digest('hex');
  const known = await deps.journal.views.read((reading) => wasRefused(reading, version));
  if (!known) {
    const [first] = problems;
    const file = first?.file.replace(/:\d+$/u, '') ?? '';
    const draft = refusedDraft({ what: sortOf(file, found.files), file, version, text }, setting(onRecord, deps));
    await deps.journal.append([draft]);
  }
  return { is: 'refused', problems, isNew: !known };
}

function setting({ set }: RulesOnRecord, { clock }: LoadDeps) {
  return { at: clock.now(), rules: set.digest };
}

function sortOf(file: string, files: readonly PolicyFile[]): 'rule' | 'lexicon' {
  return files.find(({ name }) => name === file)?.is === 'lexicon' ? 'lexicon' : 'rule';
}

/** As people read them: the first ones, each with where and what to write instead. */
export function problemLines(problems: readonly RuleProblem[]): readonly string[] {
  const more = problems.length - MOST_TOLD;
  return [
    ...problems.slice(0, MOST_TOLD).map(({ file, path, message, fix }) => {
      const where = [file, path].filter((part) => part !== '').join(' ');
      return problemText({ path: where.slice(0, LONGEST_LINE), message: message.slice(0, LONGEST_LINE), fix });
    }),
    ...(more > 0 ? [`and ${String(more)} more: gatehouse policy check says them all`] : []),
  ];
}
