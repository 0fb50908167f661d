/** A verdict as it goes on record, with what is done where the message is. */
import type { DraftOf, Entry, Where } from '../../core/entry.ts';
import { after, type Millis, type Position } from '../../core/ids.ts';
import type { KeptFinding, KeptHit } from '../../core/policy-entries.ts';
import type { Consequence } from '../../core/policy-words.ts';
import { strictest } from '../engine/strictest.ts';
import type { JudgedMessage } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import { versionOf } from '../rules/version.ts';
import type { Finding, RuleHit, Verdict } from '../verdict.ts';
import { feasible, feasibleUnjudged, type Place } from './feasible.ts';

/** So long a sender may say "send anyway". */
export const WARN_MS = 5 * 60_000;

export interface Judged {
  readonly verdict: Verdict;
  readonly message: JudgedMessage;
  /** The message or, where an edit is judged, its edit: says where it was said. */
  readonly entry: Entry;
  readonly of: Position;
  readonly version?: Position | undefined;
  /** The `file.*` entry, where a file is judged by itself. */
  readonly file?: Position | undefined;
}

export interface Making {
  /** By which it was judged. */
  readonly set: RuleSet;
  readonly place: Place;
  readonly now: Millis;
  /** How long a message is held for a decision, in milliseconds. */
  readonly expiresMs: number;
  /** The verdict on this very content that came before, and no longer holds. */
  readonly before?: Position | undefined;
  /** Written to a customer and never asked about at the gate; its place is one where things are there already. */
  readonly afterwards?: true;
}

/** Clean, with everything read: then there is nothing to put on record. */
export function saysNothing({ hits, unread, failed }: Verdict): boolean {
  return hits.length === 0 && unread.length === 0 && failed === undefined;
}

/**
 * Its source is what was judged, by what, and after which verdict: however often it is made, it is one entry, and a
 * message that is asked about again after its verdict lapsed has a new one.
 */
export function verdictDraft(judged: Judged, making: Making): DraftOf<'policy.verdict'> {
  const { verdict, message, of, version, file } = judged;
  const { content } = message;
  const consequence = doneFor(verdict, making.place);
  const until = untilOf(consequence, making);
  const { rules, unread, failed } = verdict;
  return {
    kind: 'policy.verdict',
    at: making.now,
    ...whereOf(judged.entry),
    source: {
      system: 'gatehouse',
      id: ['verdict', of, version ?? 0, content, rules, failed ?? 'judged', making.before ?? 0, file ?? []]
        .flat()
        .join('/'),
      sure: true,
    },
    body: {
      of,
      ...(version === undefined ? {} : { version }),
      ...(file === undefined ? {} : { file }),
      rules,
      content,
      hits: verdict.hits.map((hit) => keptHit(hit, message, making)),
      unread,
      consequence,
      ...(failed === undefined ? {} : { failed }),
      ...(until === undefined ? {} : { until }),
      ...(making.afterwards === undefined ? {} : { afterwards: making.afterwards }),
    },
  };
}

/** Of each rule what can be done of it, and of that the strictest. */
function doneFor({ consequence, hits, failed }: Verdict, place: Place): Consequence | 'none' {
  if (consequence === 'none') return 'none';
  if (failed !== undefined) return feasibleUnjudged(consequence, place).does;
  return strictest(hits.filter(({ dryRun }) => !dryRun).map((hit) => feasible(hit.consequence, place).does));
}

/** What is there already waits for nobody. */
function untilOf(consequence: Consequence | 'none', { now, place, expiresMs }: Making): Millis | undefined {
  if (place !== 'outbound' && place !== 'asked') return undefined;
  if (consequence === 'warn') return after(now, WARN_MS);
  return consequence === 'quarantine' ? after(now, expiresMs) : undefined;
}

/** Beside the message, so that whoever looks for either finds both. */
function whereOf({ room, portal, line, contact, direction }: Entry): Where {
  return {
    ...(room === undefined ? {} : { room }),
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** What could not be done is told, whether or not the rule asks for telling. */
function keptHit(hit: RuleHit, { pieces }: JudgedMessage, { set, place }: Making): KeptHit {
  const rule = set.rules.find(({ id }) => id === hit.rule);
  if (rule === undefined) throw new Error(`a rule was hit that is not in force: ${hit.rule}`);
  const { severity, consequence, dryRun, count } = hit;
  return {
    ...{ rule: hit.rule, version: versionOf(rule), says: rule.says, severity, consequence, dryRun, count },
    notify: hit.notify || feasible(consequence, place).tells === true,
    findings: hit.findings.map((finding) => keptFinding(finding, pieces[finding.piece]?.file)),
  };
}

function keptFinding(finding: Finding, file: Position | undefined): KeptFinding {
  const { by, what, span, confidence, masked, value, tricks, over, parts } = finding;
  return {
    ...{ by: nameOf(by), what, start: span.start, end: span.end, confidence, masked, tricks, over },
    ...(file === undefined ? {} : { file }),
    ...(value === undefined ? {} : { value }),
    ...(parts === undefined ? {} : { parts }),
  };
}

function nameOf(by: Finding['by']): string {
  if ('detector' in by) return `detector:${by.detector}`;
  return 'lexicon' in by ? `lexicon:${by.lexicon}#${by.term}` : `pattern:${by.pattern}`;
}
