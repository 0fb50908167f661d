/** `!c show <record|item>`: a record in full, what became of it, and what was said around it. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import type { Position } from '../../core/ids.ts';
import { itemId, parseItemId } from '../../policy/verdicts/item-id.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { inertLines } from '../quote.ts';
import { changeLine } from './change-line.ts';
import type { DeskContext } from './desk-context.ts';
import { maskedRecord } from './masked-record.ts';
import { betweenWhom, recordLine } from './record-line.ts';
import { saidOf } from './said-of.ts';
import { showAsked, type ShowAsked } from './show-asked.ts';
import { shownItem } from './shown-item.ts';
import { shownFiles } from './shown-files.ts';
import { fullTime, grouped } from './shown-time.ts';
import { surroundings } from './surroundings.ts';
import { NOTHING_MASKED, unmasking } from './unmask.ts';

export const show = command<DeskContext, ShowAsked>({
  name: 'show',
  usage: '!c show <record|item> [--unmask <reason>]',
  example: '!c show 47903',
  summary: 'a record or an item in full, with what was said around it; numbers stay masked until you say why not',
  where: ['desk'],
  parse: showAsked,
  run: async (asked, context) => {
    const { unmask } = asked;
    if ('item' in asked) return shownItem(asked.item, context, unmask);
    const position = asked.record;
    const entry = await context.tools.read(position);
    if (entry === undefined) return noRecord(position, context);
    if ('erased' in entry) return erased(entry, context);
    if (unmask === undefined) return inFull(entry, context, 'masked');
    if (!(await maskedRecord(entry, context.tools)).isMasked) return inFull(entry, context, 'nothing-masked');
    return (await unmasking({ of: position }, unmask, context)) ?? inFull(entry, context, 'unmasked');
  },
});

/** Older cards name some items by digits alone. */
async function noRecord(position: Position, { tools }: DeskContext): Promise<Answer> {
  const words = `There's no record ${grouped(position)}. The newest is ${grouped(await tools.size())}.`;
  const item = parseItemId(String(position));
  const isItem = item.ok && (await tools.decisions.standing(item.value)) !== undefined;
  const hint = isItem ? `An item? !c show ${itemId(item.value)}` : "An item's id has a letter in it, as k4f.";
  return refused('not-found', `${words} ${hint}`);
}

function erased(entry: ErasedEntry, { desk }: DeskContext): Answer {
  const text = `Record ${grouped(entry.position)}, ${fullTime(entry.at, desk.timezone)}: erased by rule. Its proof stays.`;
  return answered(text, {
    positions: [entry.position],
    data: { position: entry.position, kind: entry.kind, erased: true },
  });
}

/** `nothing-masked`: it was asked for unmasked, and is all there already. */
type How = 'masked' | 'unmasked' | 'nothing-masked';

async function inFull(entry: Entry, context: DeskContext, how: How): Promise<Answer> {
  const { desk, tools } = context;
  const unmasked = how === 'unmasked';
  const masked = await maskedRecord(entry, tools);
  const shown = unmasked ? await tools.shown(entry) : masked;
  const around = await surroundings(entry, tools);
  const files = await shownFiles(entry, tools);
  const head = `${grouped(entry.position)} · ${fullTime(entry.at, desk.timezone)}${entry.line === undefined ? '' : ` · ${entry.line}`}`;
  const own = [
    ...(shown.from === undefined && shown.to === undefined ? [] : [betweenWhom(shown)]),
    ...(shown.text === undefined ? [`[${entry.kind}]`] : [`“${inertLines(shown.text)}”`]),
    ...(masked.isMasked && !unmasked ? [`Masked. !c show ${entry.position} --unmask <reason> shows it.`] : []),
    ...(how === 'nothing-masked' ? [NOTHING_MASKED] : []),
    ...files.lines,
    ...(await fate(entry, context)),
    ...saidOf(entry, (await tools.judged(entry)).verdicts, context),
    ...(await Promise.all(around.changes.map((change) => changeLine(change, context)))),
  ];
  const before = await lines(around.before, context);
  const after = await lines(around.after, context);
  const quoted = [...around.before, entry, ...around.changes.map((change) => change.entry), ...around.after];
  const positions = [...quoted.map((one) => one.position), ...files.positions];
  return answered([head, ...own, ...section('Before:', before), ...section('After:', after)].join('\n'), {
    html: html(head, own, { before, after }),
    positions: [...new Set(positions)],
    data: {
      position: entry.position,
      kind: entry.kind,
      erased: false,
      changes: around.changes.map((change) => change.what),
      unmasked,
    },
  });
}

async function lines(entries: readonly Entry[], context: DeskContext): Promise<readonly string[]> {
  return Promise.all(entries.map(async (entry) => (await recordLine(entry, context)).text));
}

function section(title: string, content: readonly string[]): readonly string[] {
  return content.length === 0 ? [] : [title, ...content];
}

function html(
  head: string,
  own: readonly string[],
  around: { before: readonly string[]; after: readonly string[] },
): string {
  const plain = (content: readonly string[]): string =>
    content.map((line) => escapeHtml(line).replace(/\n/gu, '<br>')).join('<br>');
  const part = (title: string, content: readonly string[]): string =>
    content.length === 0 ? '' : `<p><em>${title}</em><br>${plain(content)}</p>`;
  return `<p><b>${escapeHtml(head)}</b><br>${plain(own)}</p>${part('Before', around.before)}${part('After', around.after)}`;
}

/** How far an outbound message got, and what the record itself says of doubt. */
async function fate(entry: Entry, { tools }: DeskContext): Promise<readonly string[]> {
  const { conflictWith, possibleDuplicateOf } = entry.source;
  const doubts = [
    ...(conflictWith === undefined ? [] : [`Other content than record ${grouped(conflictWith)} under the same id.`]),
    ...(possibleDuplicateOf === undefined ? [] : [`May be a repeat of record ${grouped(possibleDuplicateOf)}.`]),
  ];
  if (entry.direction !== 'outbound') return doubts;
  const delivery = await tools.delivery(entry.position);
  if (delivery === undefined) return doubts;
  const tries = delivery.attempts === 1 ? '1 attempt' : `${delivery.attempts} attempts`;
  return [`Delivery: ${delivery.state}, ${tries}`, ...doubts];
}
