/** A card's words, as they stand on a phone: what it is, who wrote what to whom, what can be done or what was done. */
import type { EntryOf } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Millis, Position, UserId } from '../../core/ids.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import type { Severity } from '../../core/policy-words.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { holds, type VerdictState } from '../../policy/verdicts/verdict-moves.ts';
import { oneLine } from '../quote.ts';
import type { RecordShown } from './desk-context.ts';
import { decisionIn, endedWords, personShown, type Ended } from './ended-words.ts';
import { maskedSnippet } from './masked-text.ts';
import { clockTime, grouped } from './shown-time.ts';
import { NO, YES } from './tap.ts';

type VerdictEntry = EntryOf<'policy.verdict'>;

const MOST_RULES = 3;
const MOST_NOTE = 200;
const bySeverity: readonly Severity[] = ['low', 'medium', 'high'];

/** What is known of the message that a card is about; its text is undefined where it can't be shown. */
export interface Carded {
  readonly verdict: VerdictEntry;
  readonly shown: RecordShown;
  /** As it would go out. */
  readonly text: string | undefined;
}

/** The hits for which it was stopped; where the engine failed there may be none. */
export function holdingHits({ body }: VerdictEntry): readonly KeptHit[] {
  return body.hits.filter(({ dryRun, consequence }) => !dryRun && (holds(consequence) || consequence === 'block'));
}

/** By what it was stopped, and how grave that is. */
function headOf(verdict: VerdictEntry, age: readonly string[]): string {
  const holding = holdingHits(verdict);
  const hits = holding.length > 0 ? holding : verdict.body.hits.filter(({ dryRun }) => !dryRun);
  const severity = bySeverity.findLast((one) => hits.some((hit) => hit.severity === one));
  const names = [...new Set(hits.map(({ rule }) => rule))];
  const rules = `${names.slice(0, MOST_RULES).join(', ')}${names.length > MOST_RULES ? ` +${names.length - MOST_RULES}` : ''}`;
  const failed = verdict.body.failed === undefined ? [] : ['not judged'];
  const parts = [itemId(verdict.position), ...(severity === undefined ? [] : [severity.toUpperCase()]), ...age];
  return [...parts, ...(rules === '' ? [] : [oneLine(rules)]), ...failed].join(' · ');
}

function betweenLine({ shown }: Pick<Carded, 'shown'>): string {
  const from = shown.from === undefined ? '' : personShown(shown.from);
  const to = shown.to === undefined ? '' : ` → ${oneLine(shown.to)}`;
  return `${from}${to}${shown.network === undefined ? '' : ` (${shown.network})`}`;
}

function saidLine({ verdict, shown, text }: Carded): string {
  const said = text === undefined ? '' : `: “${maskedSnippet(text, verdict.body.hits)}”`;
  return `${betweenLine({ shown })}${said}${beginsIn(verdict)}`;
}

/** What was found may begin in an earlier message, which is out already. */
function beginsIn({ body }: VerdictEntry): string {
  const over = body.hits.flatMap(({ findings }) => findings.flatMap((finding) => finding.over));
  return over.length === 0 ? '' : ` · begins in record ${grouped(Math.min(...over))}`;
}

function minutes(ms: number): string {
  return `${Math.max(0, Math.floor(ms / 60_000))} min`;
}

/** While it can be decided. */
export function openCard(carded: Carded, now: Millis): string {
  const { verdict } = carded;
  return [
    `${headOf(verdict, [minutes(now - verdict.at)])} · quarantined`,
    saidLine(carded),
    `${YES} approve   ${NO} reject   !c show ${itemId(verdict.position)}`,
  ].join('\n');
}

/** At half of its time: what waits, how long it still can, and what to do. */
export function reminder(
  carded: Carded,
  until: Millis,
  at: { readonly timezone: string; readonly now: Millis },
): string {
  const { verdict } = carded;
  return [
    `${headOf(verdict, [minutes(at.now - verdict.at)])} · still waits`,
    `${betweenLine(carded)}: not sent unless somebody approves it by ${clockTime(until, at.timezone, at.now)}.`,
    `${YES} or ${NO} on its card, or !c approve ${itemId(verdict.position)}`,
  ].join('\n');
}

/** Afterwards: nothing more to tap. */
export function endedCard(carded: Carded, ended: Ended, timezone: string): string {
  const { verdict } = carded;
  return [`${headOf(verdict, [])} · ${ended.state}`, saidLine(carded), endedLine(ended, timezone)].join('\n');
}

const SIGNS: Readonly<Partial<Record<VerdictState, string>>> = { approved: `${YES} `, rejected: `${NO} ` };

function endedLine(ended: Ended, timezone: string): string {
  const { state, by } = ended;
  const note = decisionIn(by)?.note;
  const why = note === undefined ? '' : `: ${oneLine(note).slice(0, MOST_NOTE)}`;
  return `${SIGNS[state] ?? ''}${endedWords(ended, timezone)}${why}`;
}

/** The card's content: text that sounds for those who can decide. */
export function cardContent(text: string, mention: readonly UserId[], refs: readonly Position[]): JsonObject {
  return {
    msgtype: 'm.text',
    body: text,
    format: 'org.matrix.custom.html',
    formatted_body: html(text),
    'm.mentions': mention.length === 0 ? {} : { user_ids: [...mention] },
    'org.gatehouse.refs': [...refs],
  };
}

function html(text: string): string {
  const [head = '', ...rest] = text.split('\n').map(escapeHtml);
  return [`<b>${head}</b>`, ...rest].join('<br>');
}
