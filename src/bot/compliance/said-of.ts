/** What the policy said of a record, a line for each verdict: what was done, by which rules, and what came of it. */
import type { Entry } from '../../core/entry.ts';
import type { KeptHit, PolicyBodies } from '../../core/policy-entries.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { DeskContext, JudgedBefore } from './desk-context.ts';
import { endedWords } from './ended-words.ts';

const MOST_RULES = 5;

type Done = PolicyBodies['policy.verdict']['consequence'];

const WORDS: Readonly<Record<Exclude<Done, 'none' | 'quarantine'>, string>> = {
  observe: 'Noted',
  flag: 'Flagged',
  warn: 'Its sender was warned',
  redact: 'Hidden in its room',
  block: 'Not let through',
};

/** Of a verdict that waits for nobody. */
export function doneWords(consequence: Done): string {
  if (consequence === 'none') return 'on record';
  return consequence === 'quarantine' ? 'stopped' : WORDS[consequence].toLowerCase();
}

export function saidOf(entry: Entry, verdicts: readonly JudgedBefore[], context: DeskContext): readonly string[] {
  const refused = entry.kind === 'policy.refused' ? [refusal(entry.body)] : [];
  return [...refused, ...verdicts.flatMap((one) => verdictLines(one, context))];
}

function refusal({ hits, barrier, shadow }: PolicyBodies['policy.refused']): string {
  const head = shadow ? 'Would have been refused (shadow)' : 'Refused before it was sent';
  const why = [...rulesOf(hits), ...(barrier === undefined ? [] : [`barrier ${barrier.join(' / ')}`])];
  return why.length === 0 ? head : `${head}: ${why.join(', ')}`;
}

function verdictLines(judged: JudgedBefore, context: DeskContext): readonly string[] {
  const { hits, consequence, unread, failed, file } = judged.verdict.body;
  const where = file === undefined ? '' : ' in a file';
  const done = hits.filter(({ dryRun }) => !dryRun);
  const dry = rulesOf(hits.filter(({ dryRun }) => dryRun));
  const not = [...new Set(unread.map(({ why }) => why))];
  return [
    ...(consequence === 'quarantine' ? [itemLine(judged, context)] : []),
    ...(consequence === 'none' || consequence === 'quarantine' || done.length === 0
      ? []
      : [`${WORDS[consequence]}${where}: ${rulesOf(done).join(', ')}`]),
    ...(dry.length === 0 ? [] : [`Found${where} in a dry run: ${dry.join(', ')}`]),
    ...(not.length === 0 ? [] : [`Not scanned${where}: ${not.join(', ')}`]),
    ...(failed === undefined ? [] : [`Not judged${where}: the engine failed (${failed})`]),
  ];
}

/** `Item k4f: approved by Olivia 10:14 · card-number`. */
export function itemLine({ verdict, state, by }: JudgedBefore, { clock, desk }: DeskContext): string {
  const words = state === 'open' ? 'quarantined' : endedWords({ state, by, now: clock.now() }, desk.timezone);
  const rules = rulesOf(verdict.body.hits.filter(({ dryRun }) => !dryRun));
  return `Item ${itemId(verdict.position)}: ${words}${rules.length === 0 ? '' : ` · ${rules.join(', ')}`}`;
}

function rulesOf(hits: readonly KeptHit[]): readonly string[] {
  return [...new Set(hits.map(({ rule }) => rule))].slice(0, MOST_RULES);
}
