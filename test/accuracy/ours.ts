/** The engine as it is measured: every detector by itself, and the starter set as it comes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Direction } from '../../src/core/entry.ts';
import { must, noMillis, parseRuleId } from '../../src/core/ids.ts';
import { allDetectors } from '../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../src/policy/engine/judge.ts';
import type { JudgedMessage, MessageContext } from '../../src/policy/message.ts';
import { quotedIn } from '../../src/policy/normalise/quotes.ts';
import type { Rule, RuleSet } from '../../src/policy/rule.ts';
import type { PolicyFile } from '../../src/policy/rules/policy-file.ts';
import { readRules } from '../../src/policy/rules/read-rules.ts';
import type { Judge, Verdict } from '../../src/policy/verdict.ts';
import type { Place } from './tally.ts';

const root = join(import.meta.dirname, '..', '..');
const key = new Uint8Array(32);

/** What needs no check digit to be itself is asked at half a confidence, the rest at that of a check digit that holds. */
const byForm = new Set(['email', 'phone', 'ip', 'id-gb']);

export function leastOf(kind: string): number {
  return byForm.has(kind) ? 0.5 : 0.85;
}

function ruleFor(detector: (typeof allDetectors)[number]): Rule {
  return {
    id: must(parseRuleId(detector.id)),
    says: detector.says,
    severity: 'medium',
    when: { is: 'detector', detector: detector.id, least: leastOf(detector.id) },
    threshold: { count: 1, unique: 1 },
    hotWords: [],
    except: { quotes: false, disclaimers: [], urls: false, senders: [], terms: [] },
    scope: {},
    consequence: 'flag',
    notify: false,
    dryRun: false,
    enabled: true,
    failMode: 'open',
    together: 0,
  };
}

/** One rule for each detector, named like it. */
export function detectorJudge(): Judge {
  return judgeOf({ digest: 'detectors', rules: allDetectors.map(ruleFor), lexicons: [] });
}

/** The rules and lexicons that come with the product. */
export async function starterJudge(): Promise<Judge> {
  const read = readRules([...(await files('config/policy', 'rules')), ...(await files('config/lexicons', 'lexicon'))]);
  if (!read.ok) throw new Error(read.error.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  return judgeOf(read.value);
}

/** A rule for each lexicon that comes with the product, named like it. */
export async function lexiconJudge(): Promise<Judge> {
  const lexicons = await files('config/lexicons', 'lexicon');
  const ids = lexicons.map(({ name }) => name.replace(/\.txt$/u, '').replace(/^.*\//u, ''));
  const rules = ids.map(
    (id) => `  - {id: ${id}, says: sounds like ${id}, severity: low, when: {lexicon: ${id}}, then: flag}`,
  );
  const read = readRules([{ name: 'each.yaml', is: 'rules', text: `rules:\n${rules.join('\n')}\n` }, ...lexicons]);
  if (!read.ok) throw new Error(read.error.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  return judgeOf(read.value);
}

function judgeOf(rules: RuleSet): Judge {
  const judge = createJudge(rules, { detectors: allDetectors, key });
  if (!judge.ok) throw new Error(judge.error.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  return judge.value;
}

async function files(folder: string, is: PolicyFile['is']): Promise<readonly PolicyFile[]> {
  const names = (await readdir(join(root, folder))).filter((name) => /\.(?:ya?ml|txt)$/u.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: `${folder}/${name}`,
      text: await readFile(join(root, folder, name), 'utf8'),
      is,
    })),
  );
}

/** `text` as a message by itself, in one direction. */
export function judged(judge: Judge, text: string, direction: Direction = 'outbound'): Verdict {
  const message: JudgedMessage = {
    pieces: [{ what: 'body', text, quoted: quotedIn(text) }],
    unread: [],
    content: '',
  };
  const context: MessageContext = {
    direction,
    at: noMillis,
    sender: '@somebody:acme.example',
    senderGroups: [],
    tags: [],
    before: [],
  };
  const verdict = judge(message, context);
  if (verdict.failed !== undefined) throw new Error(`the engine failed on a text of ${String(text.length)} characters`);
  return verdict;
}

/** Where each rule found something. */
export function placesByRule(verdict: Verdict): ReadonlyMap<string, readonly Place[]> {
  return new Map(verdict.hits.map(({ rule, findings }) => [rule, findings.map(({ span }) => span)]));
}
