/** What a desk is told of by itself, as it stands on a phone: which rule, what was done, who wrote it, how to look at it. */
import type { EntryOf } from '../../core/entry.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import type { Consequence, Severity } from '../../core/policy-words.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { oneLine } from '../quote.ts';
import type { RecordShown } from './desk-context.ts';
import { personShown } from './ended-words.ts';
import { maskedSnippet } from './masked-text.ts';

type Verdict = EntryOf<'policy.verdict'>;

const MOST_RULES = 3;
const MOST_COUNTED = 8;
const bySeverity: readonly Severity[] = ['low', 'medium', 'high'];
const NOT_JUDGED = 'not judged';

/** The message that a verdict is of, as far as it can be shown. */
export interface ToldOf {
  readonly verdict: Verdict;
  readonly shown: RecordShown;
  /** The text that was judged. */
  readonly text: string | undefined;
  /** Where it stands, for what is said among colleagues: `room “Deals”`. */
  readonly title: string | undefined;
}

export function toldOne(of: ToldOf): string {
  const { verdict } = of;
  const head = [itemId(verdict.position), ...ruleParts(verdict), doneWords(verdict)].join(' · ');
  return [head, saidLine(of), `!c show ${itemId(verdict.position)}`].join('\n');
}

/** Of what was to be taken away and stands there still. */
export function stillThere({ verdict, title }: ToldOf): string {
  const where = title === undefined ? 'in its room' : `in ${oneLine(title)}`;
  return [
    [itemId(verdict.position), ...ruleParts(verdict), 'not taken away'].join(' · '),
    `It still stands ${where}: Gatehouse may not delete it there. Delete it by hand; with homeserver.adminToken it goes by itself.`,
    `!c show ${itemId(verdict.position)}`,
  ].join('\n');
}

/** Of many at once: how often which rule, counted in those that were looked at. */
export function toldTogether(count: number, verdicts: readonly Verdict[]): string {
  const counts = new Map<string, number>();
  for (const name of verdicts.flatMap(namesOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_COUNTED);
  const which = most.map(([name, times]) => `${oneLine(name)} ${times}`).join(', ');
  const cut = count > verdicts.length ? ` (of the first ${verdicts.length})` : '';
  return `${count} more within a minute: ${which}${cut}.\n!c search is:flagged`;
}

function ruleParts(verdict: Verdict): readonly string[] {
  const hits = actingOf(verdict);
  const severity = bySeverity.findLast((one) => hits.some((hit) => hit.severity === one));
  const names = namesOf(verdict);
  const more = names.length > MOST_RULES ? ` +${names.length - MOST_RULES}` : '';
  const rules = `${names.slice(0, MOST_RULES).map(oneLine).join(', ')}${more}`;
  return [...(severity === undefined ? [] : [severity.toUpperCase()]), ...(rules === '' ? [] : [rules])];
}

/** The rules that asked for telling; where nobody could look, that. */
function namesOf(verdict: Verdict): readonly string[] {
  const failed = verdict.body.failed === undefined ? [] : [NOT_JUDGED];
  return [...new Set(actingOf(verdict).map(({ rule }) => rule)), ...failed];
}

function actingOf({ body }: Verdict): readonly KeptHit[] {
  const acting = body.hits.filter(({ dryRun }) => !dryRun);
  const telling = acting.filter(({ notify }) => notify);
  return telling.length > 0 ? telling : acting;
}

const shownAs: Readonly<Partial<Record<Consequence | 'none', string>>> = { redact: 'shown masked' };
const sentAs: Readonly<Partial<Record<Consequence | 'none', string>>> = {
  redact: 'not sent, taken out of the room',
  block: 'not sent',
  warn: 'its sender was warned',
};
const thereAs: Readonly<Partial<Record<Consequence | 'none', string>>> = {
  redact: 'taken out of the room',
  warn: 'its sender was told',
};

function doneWords({ direction, body }: Verdict): string {
  const { consequence } = body;
  if (direction === 'inbound') return shownAs[consequence] ?? 'shown, flagged';
  if (direction === 'outbound' && body.afterwards !== true) return sentAs[consequence] ?? 'went out, flagged';
  return thereAs[consequence] ?? 'flagged';
}

function saidLine({ verdict, shown, text, title }: ToldOf): string {
  const from = shown.from === undefined ? 'Somebody' : shownName(shown.from);
  const to = shown.to === undefined ? '' : ` → ${oneLine(shown.to)}`;
  const place = to === '' && title !== undefined ? ` in ${oneLine(title)}` : to;
  const network = shown.network === undefined ? '' : ` (${shown.network})`;
  return `${from}${place}${network}${quoted(verdict, text)}`;
}

function shownName(from: string): string {
  return from.startsWith('@') ? personShown(from) : oneLine(from);
}

/** What was found outside of the text that people read first is named by its place alone. */
function quoted(verdict: Verdict, text: string | undefined): string {
  const hits = actingOf(verdict);
  const places = [...new Set(hits.flatMap(({ findings }) => findings.map(({ what }) => what)))];
  if (places.some((what) => what === 'body' || what === 'caption')) {
    return text === undefined ? '' : `: “${maskedSnippet(text, hits)}”`;
  }
  const [place] = places;
  return place === undefined ? '' : `, ${placeWords[place] ?? `in its ${oneLine(place)}`}`;
}

const placeWords: Readonly<Record<string, string>> = {
  html: 'in its formatted text',
  'file-name': 'in the name of a file',
  file: 'in a file',
  topic: "in the room's topic",
  name: "in the room's name",
  option: 'in a poll',
  reaction: 'in a reaction',
};
