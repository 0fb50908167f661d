/** Rules as an officer reads them on a phone. */
import { escapeHtml } from '../../core/escape-html.ts';
import type { Millis } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { fallsShort } from '../../policy/judging/falls-short.ts';
import type { Rule } from '../../policy/rule.ts';
import type { ItemOnRecord, RuleChanged, RulesOnRecord, Switches } from '../../policy/rules/rules-on-record.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import { grouped, shownTime } from './shown-time.ts';

export interface HowShown {
  readonly timezone: string;
  readonly now: Millis;
}

/** Rules that one answer lists. */
const MOST_LISTED = 50;

export function listAnswer({ set, items, proposals }: RulesOnRecord, part: string): Answer {
  const off = set.rules.filter((rule) => !rule.enabled).length;
  const fitting = set.rules.filter((rule) => rule.id.includes(part));
  const unread = [...items.values()].flatMap(({ row, written }) => (written === undefined ? [row.id] : []));
  const more = fitting.length - MOST_LISTED;
  const lines = [
    `${count(set.rules.length, 'rule')}${off === 0 ? '' : ` (${grouped(off)} off)`}, ${count(set.lexicons.length, 'lexicon')}`,
    ...fitting.slice(0, MOST_LISTED).map((rule) => `${rule.id}: ${doingOf(rule)}`),
    ...(more > 0 ? [`… ${grouped(more)} more: !c rule list <word> shows those with the word in their name`] : []),
    ...(fitting.length === 0 && part !== '' ? ['None has that in its name.'] : []),
    ...(unread.length === 0 ? [] : [`Can't be read: ${unread.join(', ')}. Mend the files, then !c rule reload.`]),
    ...proposedLines(proposals),
  ];
  const data = {
    ...{ digest: set.digest, rules: set.rules.length, off, lexicons: set.lexicons.length },
    proposed: proposals.map(({ body }) => body.id),
  };
  return answered(lines.join('\n'), { data });
}

function proposedLines(proposals: readonly RuleChanged[]): readonly string[] {
  if (proposals.length === 0) return [];
  const words = proposals.slice(0, MOST_LISTED).map(({ body }) => `${body.id} (${proposedWords(body)})`);
  return [
    `Proposed, not in force: ${words.join(', ')}`,
    "A second officer's ✅ on its card, or !c rule approve <id>, lets one into force.",
  ];
}

function proposedWords({ text, set }: RuleChanged['body']): string {
  if (text !== undefined) return 'new text';
  return set === undefined ? 'removed' : setWords(set);
}

export function doingOf({ consequence, enabled, dryRun, notify }: Rule): string {
  return [
    ...(enabled ? [] : ['off']),
    `${consequence}${dryRun ? ' (dry run)' : ''}`,
    ...(notify ? ['notify'] : []),
  ].join(' · ');
}

export interface RuleShown {
  readonly onRecord: RulesOnRecord;
  /** The newest change. */
  readonly newest: RuleChanged | undefined;
  readonly shown: HowShown;
}

export function showAnswer(id: string, { onRecord, newest, shown }: RuleShown): Answer {
  const item = onRecord.items.get(`rule ${id}`) ?? onRecord.items.get(`lexicon ${id}`);
  const proposal = onRecord.proposals.find(({ body }) => body.what === 'rule' && body.id === id);
  if (item === undefined) return proposal === undefined ? noSuchRule(id, onRecord) : proposedAnswer(proposal, shown);
  const head = [...headOf(item, onRecord), ...(newest === undefined ? [] : [`Last: ${changeLine(newest, shown)}`])];
  const text = [...yamlOf(item), ...(proposal === undefined ? [] : ['', ...proposalLines(proposal, shown)])];
  const data = { id, what: item.row.what, version: item.row.version };
  const html = `${head.map(escapeHtml).join('<br>')}<pre><code>${escapeHtml(text.join('\n'))}</code></pre>`;
  return answered([...head, ...text].join('\n'), { html, data, positions: [item.row.changed] });
}

/** Of a rule that is only proposed. */
function proposedAnswer(proposal: RuleChanged, shown: HowShown): Answer {
  const { id, what, version } = proposal.body;
  const lines = [`${id} is not in force.`, ...proposalLines(proposal, shown)];
  return answered(lines.join('\n'), { data: { id, what, version }, positions: [proposal.position] });
}

function proposalLines(proposal: RuleChanged, shown: HowShown): readonly string[] {
  const { text } = proposal.body;
  return [`Proposed: ${changeLine(proposal, shown)}`, ...(text === undefined ? [] : textLines(text))];
}

function headOf({ row, written }: ItemOnRecord, { set }: RulesOnRecord): readonly string[] {
  if (written === undefined) return [`${row.id} can't be read any more: mend its file, then !c rule reload.`];
  if (written.what === 'lexicon') {
    return [`Lexicon ${row.id}: ${written.item.language}, ${count(written.item.terms.length, 'term')}`];
  }
  const rule = set.rules.find((one) => one.id === row.id) ?? written.item;
  const isSwitched = doingOf(rule) !== doingOf(written.item);
  return [
    `${row.id}: ${oneLine(rule.says)}`,
    `${doingOf(rule)} · ${rule.severity}`,
    ...(isSwitched ? [`At a desk it was set to ${doingOf(rule)}; the file says ${doingOf(written.item)}`] : []),
    ...fallsShort(rule).map((note) => `But ${note}`),
  ];
}

/** A lexicon has too many lines for a phone. */
function yamlOf({ written }: ItemOnRecord): readonly string[] {
  return written?.what === 'rule' ? textLines(written.text) : [];
}

/** Of a rule's text on record, as it stands in its file below the rule's dash. */
export function textLines(text: string): readonly string[] {
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => {
    const own = line.slice(4);
    return `${' '.repeat(own.length - own.trimStart().length)}${oneLine(own)}`;
  });
}

export function historyAnswer(id: string, changes: readonly RuleChanged[], shown: HowShown): Answer {
  if (changes.length === 0) return refused('not-found', `Nothing is on record of ${id}.`);
  const lines = changes.map((change) => changeLine(change, shown));
  return answered([`${id}, newest first`, ...lines].join('\n'), {
    data: { id, changes: changes.map(({ body }) => body.change) },
    positions: changes.map(({ position }) => position),
  });
}

function changeLine({ position, recordedAt, body }: RuleChanged, { timezone, now }: HowShown): string {
  const { change, by, approvedBy, set } = body;
  const what = change === 'switched' || change === 'proposed' ? (set === undefined ? '' : `: ${setWords(set)}`) : '';
  const who = by === undefined ? 'from the files' : `by ${oneLine(by)}`;
  const approved = approvedBy === undefined ? '' : `, approved by ${oneLine(approvedBy)}`;
  return `${shownTime(recordedAt, timezone, now)} ${change}${what} ${who}${approved} (${grouped(position)})`;
}

export function setWords({ enabled, dryRun, consequence }: Switches): string {
  return [
    ...(enabled === undefined ? [] : [enabled ? 'on' : 'off']),
    ...(dryRun === undefined ? [] : [`dry run ${dryRun ? 'on' : 'off'}`]),
    ...(consequence === undefined ? [] : [consequence]),
  ].join(', ');
}

export function noSuchRule(id: string, { items }: RulesOnRecord): Answer {
  const meant = nearest(
    id,
    [...items.values()].map(({ row }) => row.id),
  );
  return noSuch(id, meant);
}

export function noSuch(id: string, meant: string | undefined): Answer {
  const hint = meant === undefined ? '!c rule list shows them.' : `Did you mean ${meant}?`;
  return refused('not-found', `There's no ${id}. ${hint}`, { data: meant === undefined ? {} : { meant } });
}

function count(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}
