/**
 * The rules in force: what is on record, and nothing else. Files and desks change the record; the set is read from it
 * again and then judged by. So a restart, at whatever line the last life ended, finds the same set.
 */
import type { Position } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import { Mutex } from '../../storage/mutex.ts';
import type { RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Compiled, Scanning } from '../scan.ts';
import type { RuleHit } from '../verdict.ts';
import { loadFiles, type LoadDeps, type Loaded } from './load-files.ts';
import { approveRule, declineRule, switchRule, type Acted, type By } from './rule-acts.ts';
import { changesOf, endOfProposal, type What } from './rule-store.ts';
import { ruleSetOf } from './rule-set.ts';
import { tryOnTexts, tryRule, type Trial, type Tried } from './rule-trial.ts';
import { ruleToTry, type Found } from './rule-to-try.ts';
import { changesAt, rulesOnRecord, type RuleChanged, type RulesOnRecord, type Switches } from './rules-on-record.ts';

export interface RulesInForceDeps extends Omit<LoadDeps, 'compile'> {
  /** Where messages are judged. */
  readonly scanning: Pick<Scanning, 'use'>;
  /** A thread of its own, in which a set is compiled before it goes on record, and one rule tried. */
  readonly trial: () => Trial;
  readonly country?: string | undefined;
  readonly log: Log;
  /** What health shows. */
  readonly warnings: { set(id: string, words: string): void; clear(id: string): void };
}

const FILES = 'policy-files';
const SET = 'policy-rules';
/** Each time with fewer rules: those that this version of the product can't use are named, a few at once. */
const MOST_TRIES = 5;

export class RulesInForce {
  readonly #deps: RulesInForceDeps;
  readonly #turn = new Mutex();
  #current: RuleSet | undefined;
  /** Digest on record of what is judged by. */
  #taken: string | undefined;

  constructor(deps: RulesInForceDeps) {
    this.#deps = deps;
  }

  /** What messages are judged by; undefined before the start, and while there is no rule. */
  current(): RuleSet | undefined {
    return this.#current;
  }

  /** What is on record comes into force, then what the files say beyond it. Await it before anything crosses. */
  start(): Promise<Loaded> {
    return this.#turn.run(async () => {
      await this.#take(await rulesOnRecord(this.#deps.journal));
      return this.#load();
    });
  }

  /** Looks at the files again. */
  reload(): Promise<Loaded> {
    return this.#turn.run(() => this.#load());
  }

  /** What is in force and what is proposed, read from the record. */
  onRecord(): Promise<RulesOnRecord> {
    return rulesOnRecord(this.#deps.journal);
  }

  /** The newest changes of one rule or lexicon, newest first. */
  async history(what: What, id: string, limit: number): Promise<readonly RuleChanged[]> {
    const { journal } = this.#deps;
    const rows = await journal.views.read((reading) => changesOf(reading, { what, id, limit }));
    return changesAt(
      journal,
      rows.map(({ position }: { readonly position: Position }) => position),
    );
  }

  /** Switches a rule, or proposes that where a desk asks for a second officer. */
  switchRule(act: By & { readonly id: string; readonly set: Switches }): Promise<Acted> {
    return this.#act((onRecord) => switchRule(act, onRecord, this.#changing()));
  }

  /** Lets what is proposed into force. */
  approve(act: By & { readonly id: string; readonly at?: Position }): Promise<Acted> {
    return this.#act((onRecord) => approveRule(act, onRecord, this.#changing()));
  }

  /** Decides against a proposal, or takes one's own back. */
  decline(act: By & { readonly at: Position }): Promise<Acted> {
    return this.#act((onRecord) => declineRule(act, onRecord, this.#changing()));
  }

  /** Where a proposal stands: open, or ended by an entry. */
  endOf(proposal: Position): Promise<Position | undefined> {
    return this.#deps.journal.views.read((reading) => endOfProposal(reading, proposal));
  }

  /** By name, wherever it is written: proposed, on record, or in a file that is not loaded. */
  async ruleToTry(id: string): Promise<Found> {
    return ruleToTry(id, await this.onRecord(), this.#deps.files);
  }

  /** The rule on record, or else as it is proposed or lies in a file. Undefined where there is no such rule. */
  async tryRule(id: string, text: string): Promise<Tried | undefined> {
    const { rules, lexicons } = (await this.onRecord()).set;
    const rule = rules.find((one) => one.id === id);
    const { found } =
      rule === undefined ? await this.ruleToTry(id) : { found: { as: 'in-force', rule, lexicons } as const };
    return found === undefined ? undefined : tryRule(found, text, this.#deps);
  }

  /** What it finds in each of these texts, in their order: undefined where that is nothing, or can't be said. */
  async findingsIn(id: string, texts: readonly string[]): Promise<readonly (RuleHit | undefined)[]> {
    const { found } = await this.ruleToTry(id);
    if (found === undefined || texts.length === 0) return texts.map(() => undefined);
    const tried = await tryOnTexts(found, texts, this.#deps);
    return tried.map((one) => (one.is === 'judged' ? one.hit : undefined));
  }

  #act(act: (onRecord: RulesOnRecord) => Promise<Acted>): Promise<Acted> {
    return this.#turn.run(async () => {
      const acted = await act(await this.onRecord());
      if (acted.is === 'done') await this.#take(await this.onRecord());
      return acted;
    });
  }

  async #load(): Promise<Loaded> {
    const { warnings, log } = this.#deps;
    const loaded = await loadFiles(await this.onRecord(), this.#changing());
    await this.#take(await this.onRecord());
    if (loaded.is === 'refused') {
      log.warn('policy.rules-refused', { problems: loaded.problems.length });
      warnings.set(FILES, refusedWords(loaded.problems));
    } else {
      log.info('policy.rules-loaded', { is: loaded.is, changes: 'changes' in loaded ? loaded.changes.length : 0 });
      warnings.clear(FILES);
    }
    return loaded;
  }

  #changing(): LoadDeps {
    return { ...this.#deps, compile: (set) => this.#compile(set) };
  }

  async #compile(set: RuleSet): Promise<Compiled> {
    await using trial = this.#deps.trial();
    return await trial.use(set);
  }

  /** The set on record into the thread that judges; what is judged by stays until that is done. */
  async #take({ set, items, hasBegun }: RulesOnRecord): Promise<void> {
    const { warnings, log } = this.#deps;
    if (!hasBegun || this.#taken === set.digest) return;
    const unread = [...items.values()].flatMap(({ row, written }) => (written === undefined ? [row.id] : []));
    const { usable, left } = await this.#use(set);
    if (usable === undefined) {
      log.error('policy.rules-not-in-use', { rules: set.digest });
      warnings.set(SET, 'The rules on record could not be brought into force: !c rule reload tries again.');
      this.#current ??= set;
      return;
    }
    this.#taken = set.digest;
    this.#current = usable.rules.length === 0 ? undefined : usable;
    this.#tellMissing([...unread, ...left]);
    log.info('policy.rules-in-force', { digest: usable.digest, rules: usable.rules.length });
  }

  #tellMissing(missing: readonly string[]): void {
    const { warnings, log } = this.#deps;
    if (missing.length === 0) {
      warnings.clear(SET);
      return;
    }
    log.error('policy.rules-missing', { rules: missing.length });
    const names = missing.slice(0, 10).join(', ');
    const words = `Rules on record that this version can't use, so they find nothing: ${names}. Mend their files, then !c rule reload.`;
    warnings.set(SET, words);
  }

  /** Without the rules that can't be compiled any more: all others are better than none. */
  async #use(set: RuleSet): Promise<{ readonly usable: RuleSet | undefined; readonly left: readonly string[] }> {
    const left: string[] = [];
    let usable = set;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const compiled = await this.#deps.scanning.use(usable);
      if (compiled.ok) return { usable, left };
      const bad = new Set(compiled.problems.flatMap(({ path }) => /^rules\.([^.]+)/u.exec(path)?.[1] ?? []));
      const rules = usable.rules.filter(({ id }) => !bad.has(id));
      if (rules.length === usable.rules.length) break;
      left.push(...bad);
      usable = ruleSetOf(rules, usable.lexicons);
    }
    return { usable: undefined, left };
  }
}

/** For health, which others than officers read: where, not what. */
function refusedWords(problems: readonly RuleProblem[]): string {
  const where = problems[0]?.file ?? 'the files of rules';
  return `${where} has a problem, so the rules of before stay in force: gatehouse policy check says what.`;
}
