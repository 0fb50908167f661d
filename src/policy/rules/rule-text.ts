/** A rule or lexicon as a text of its own, which an entry can hold and which alone makes the same rule again. */
import { stringify } from 'yaml';
import { parseWritten } from '../../config/written.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Lexicon, Rule, RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { readLexiconFile } from './lexicon-file.ts';
import { fileAt, type PolicyFile } from './policy-file.ts';
import { readRuleFile } from './read-rule-file.ts';
import type { What } from './rule-store.ts';

/** Of one entry, bytes. */
const MOST_TEXT_BYTES = 256 * 1024;

/** As its file says it, before a desk switched anything. */
export type Written =
  | { readonly what: 'rule'; readonly id: string; readonly text: string; readonly item: Rule }
  | { readonly what: 'lexicon'; readonly id: string; readonly text: string; readonly item: Lexicon };

export interface WrittenFiles {
  readonly items: readonly Written[];
  /** What is too large for the record, and so can't be in force. */
  readonly problems: readonly RuleProblem[];
}

/** Takes files apart that were read without a problem into `set`. */
export function writtenIn(files: readonly PolicyFile[], set: RuleSet): WrittenFiles {
  const texts = new Map<string, Placed>();
  for (const file of files) {
    if (file.is === 'rules') for (const [id, placed] of ruleTexts(file)) texts.set(`rule ${id}`, placed);
    else texts.set(`lexicon ${idOf(file)}`, { text: file.text, at: file.name });
  }
  const items: Written[] = [];
  const problems: RuleProblem[] = [];
  const add = (written: Written, at: string): void => {
    if (Buffer.byteLength(written.text) > MOST_TEXT_BYTES) problems.push(tooLarge(written, at));
    else items.push(written);
  };
  for (const item of set.lexicons) {
    const { text, at } = placed(texts, `lexicon ${item.id}`);
    add({ what: 'lexicon', id: item.id, text, item }, at);
  }
  for (const item of set.rules) {
    const { text, at } = placed(texts, `rule ${item.id}`);
    add({ what: 'rule', id: item.id, text, item }, at);
  }
  return { items, problems };
}

/** Undefined where this version of the product can't read it any more. */
export function readText(what: What, id: string, text: string): Written | undefined {
  if (what === 'lexicon') {
    const lexicon = readLexiconFile({ name: `${id}.txt`, text, is: 'lexicon' });
    return lexicon.ok ? { what, id, text, item: lexicon.value } : undefined;
  }
  const rules = readRuleFile({ name: `${id}.yaml`, text, is: 'rules' });
  const [first] = rules.ok ? rules.value : [];
  return first?.rule.id === id ? { what, id, text, item: first.rule } : undefined;
}

interface Placed {
  readonly text: string;
  /** `config/policy/cards.yaml:12` */
  readonly at: string;
}

function placed(texts: ReadonlyMap<string, Placed>, key: string): Placed {
  const found = texts.get(key);
  if (found === undefined) throw new Error('a rule that was read stands in no file');
  return found;
}

/** Aliases written out: each text stands alone. */
function ruleTexts({ name, text }: PolicyFile): readonly (readonly [string, Placed])[] {
  const written = parseWritten(text, '');
  const value = written.ok ? written.value.value : undefined;
  const rules: unknown = isJsonObject(value) ? value['rules'] : undefined;
  if (!written.ok || !Array.isArray(rules)) return [];
  const { lineOf } = written.value;
  return rules.flatMap((rule: unknown, i) => {
    const id = isJsonObject(rule) ? rule['id'] : undefined;
    if (typeof id !== 'string') return [];
    const own = stringify({ rules: [rule] }, { aliasDuplicateObjects: false, lineWidth: 0 });
    return [[id, { text: own, at: fileAt(name, lineOf(['rules', i])) }]];
  });
}

function idOf({ name }: PolicyFile): string {
  return name.slice(name.search(/[^/\\]*$/u)).replace(/\.txt$/u, '');
}

function tooLarge({ what }: Written, at: string): RuleProblem {
  const fix = what === 'lexicon' ? 'divide it into several lexicons' : 'divide it into several rules';
  return { file: at, path: '', message: `a ${what} of more than 256 KiB does not go on record`, fix };
}
