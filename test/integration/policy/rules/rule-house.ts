/** Rules as a house has them: files in a folder, a real record, and the engine in this thread. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Draft, Entry, EntryOf } from '../../../../src/core/entry.ts';
import { must, parseEventId, parsePosition, parseUserId } from '../../../../src/core/ids.ts';
import { openTestJournal, type TestJournal, type TestJournalOptions } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog } from '../../../support/quiet.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { policyRulesWriterPart } from '../../../../src/policy/rules/projections.ts';
import { filesOnDisk } from '../../../../src/policy/rules/rule-files.ts';
import { RulesInForce, type RulesInForceDeps } from '../../../../src/policy/rules/rules-in-force.ts';
import type { Trial } from '../../../../src/policy/rules/rule-trial.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import type { Compiled } from '../../../../src/policy/scan.ts';
import type { Judge } from '../../../../src/policy/verdict.ts';

export const olivia = must(parseUserId('@olivia:acme.example'));
export const oscar = must(parseUserId('@oscar:acme.example'));
export const tap = (text: string) => must(parseEventId(text));

/** As the scanner's thread does it, here. */
export class EngineHere implements Trial {
  judging: Judge | undefined;
  used: RuleSet[] = [];
  /** Called before a set is compiled; what it returns is a problem. */
  meanwhile: (rules: RuleSet) => Promise<Compiled | undefined> = () => Promise.resolve(undefined);

  async use(rules: RuleSet): Promise<Compiled> {
    const problem = await this.meanwhile(rules);
    if (problem !== undefined) return problem;
    const judge = createJudge(rules, { detectors: allDetectors, key: new Uint8Array(32) });
    if (!judge.ok) return { ok: false, problems: judge.error };
    this.judging = judge.value;
    this.used.push(rules);
    return { ok: true, digest: rules.digest, ms: 1 };
  }

  judge(...[message, context]: Parameters<Trial['judge']>): ReturnType<Trial['judge']> {
    if (this.judging === undefined) return Promise.reject(new Error('no rules yet'));
    return Promise.resolve(this.judging(message, context));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Files in a folder of their own. */
export class RuleFolder implements AsyncDisposable {
  readonly at: string;

  private constructor(at: string) {
    this.at = at;
  }

  static async open(): Promise<RuleFolder> {
    return new RuleFolder(await mkdtemp(join(tmpdir(), 'gatehouse-rules-')));
  }

  /** `cards.yaml` is a file of rules, `words-en.txt` a lexicon. */
  async write(name: string, text: string): Promise<void> {
    const path = this.#path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    return join(this.at, name.endsWith('.txt') ? 'lexicons' : 'policy', name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.at, { recursive: true, force: true });
  }
}

export interface RuleHouse extends AsyncDisposable {
  readonly test: TestJournal;
  readonly rules: RulesInForce;
  readonly engine: EngineHere;
  readonly log: KeptLog;
  readonly warnings: Map<string, string>;
  readonly clock: ManualClock;
  changes(): Promise<readonly EntryOf<'policy.rule-changed'>[]>;
  /** `card-number changed` for each entry, oldest first. */
  told(): Promise<readonly string[]>;
  /** Ends as a kill would, after the last commit; the record stays. */
  stop(): Promise<void>;
}

export interface RuleHouseOptions extends Pick<TestJournalOptions, 'place' | 'postgres'> {
  readonly fourEyes?: boolean;
  readonly engine?: EngineHere;
  /** Called with each append before it is made. */
  readonly appending?: (drafts: readonly Draft[]) => void;
  /** Called after it was made. */
  readonly appended?: (drafts: readonly Draft[]) => void;
}

export async function openRuleHouse(folder: RuleFolder, options: RuleHouseOptions = {}): Promise<RuleHouse> {
  const { place, postgres, fourEyes = false, engine = new EngineHere() } = options;
  const clock = new ManualClock();
  const log = new KeptLog();
  const warnings = new Map<string, string>();
  const test = await openTestJournal({
    ...{ parts: [policyRulesWriterPart()], clock, postgres },
    ...(place === undefined ? {} : { place }),
  });
  const { journal } = test;
  const recording: RulesInForceDeps['journal'] = {
    views: journal.views,
    readMany: (positions) => journal.readMany(positions),
    append: async (drafts, also) => {
      options.appending?.(drafts);
      const appended = await journal.append(drafts, also);
      options.appended?.(drafts);
      return appended;
    },
  };
  const rules = new RulesInForce({
    ...{ journal: recording, scanning: engine, trial: () => new EngineHere(), fourEyes, clock, log },
    rulesAt: 'policy/*.yaml',
    files: () => filesOnDisk({ rules: 'policy/*.yaml', lexicons: 'lexicons/*.txt' }, folder.at),
    warnings: {
      set: (id, words) => warnings.set(id, words),
      clear: (id) => warnings.delete(id),
    },
  });
  const changes = async (): Promise<readonly EntryOf<'policy.rule-changed'>[]> =>
    (await journal.reader.entriesFrom(must(parsePosition(1)), 1_000)).flatMap((entry) =>
      isChange(entry) ? [entry] : [],
    );
  return {
    ...{ test, rules, engine, log, warnings, clock, changes },
    told: async () => (await changes()).map(({ body }) => `${body.id} ${body.change}`),
    stop: () => test.close(),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

function isChange(entry: Entry | { readonly erased: true }): entry is EntryOf<'policy.rule-changed'> {
  return !('erased' in entry) && entry.kind === 'policy.rule-changed';
}

export const cardRule = `rules:
  - id: card-number # the one that matters
    says: looks like a payment card number
    when: { detector: card }
    then: quarantine
`;
export const wordRule = `rules:
  - id: off-channel
    says: moves business elsewhere
    when: { lexicon: words-en }
    then: flag
`;
export const words = `# language: en
call my cell | moves business to a phone that nobody records
`;
