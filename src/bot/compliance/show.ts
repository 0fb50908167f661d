/** `!c show <record|item>`: a record in full, what became of it, and what was said around it. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { ok, type Result } from '../../core/result.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { escapeHtml, inertLines, oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { isItemTyped, itemTyped } from './item-typed.ts';
import { positionTyped } from './position-typed.ts';
import { betweenWhom, recordLine } from './record-line.ts';
import { shownItem } from './shown-item.ts';
import { shownFiles } from './shown-files.ts';
import { fullTime, grouped, shownTime } from './shown-time.ts';
import { surroundings, type Change } from './surroundings.ts';

type Asked = { readonly record: Position } | { readonly item: Position };

function parse(rest: string): Result<Asked, string> {
  if (isItemTyped(rest)) {
    const item = itemTyped(rest);
    return item.ok ? ok({ item: item.value }) : item;
  }
  const record = positionTyped(rest);
  return record.ok ? ok({ record: record.value }) : record;
}

export const show = command<DeskContext, Asked>({
  name: 'show',
  usage: '!c show <record|item>',
  example: '!c show 47903',
  summary: 'a record or an item in full, with what was said around it',
  where: ['desk'],
  parse,
  run: async (asked, context) => {
    if ('item' in asked) return shownItem(asked.item, context);
    const position = asked.record;
    const entry = await context.tools.read(position);
    if (entry === undefined) {
      const size = await context.tools.size();
      return refused('not-found', `There's no record ${grouped(position)}. The newest is ${grouped(size)}.`);
    }
    return 'erased' in entry ? erased(entry, context) : inFull(entry, context);
  },
});

function erased(entry: ErasedEntry, { desk }: DeskContext): Answer {
  const text = `Record ${grouped(entry.position)}, ${fullTime(entry.at, desk.timezone)}: erased by rule. Its proof stays.`;
  return answered(text, {
    positions: [entry.position],
    data: { position: entry.position, kind: entry.kind, erased: true },
  });
}

async function inFull(entry: Entry, context: DeskContext): Promise<Answer> {
  const { desk, tools } = context;
  const shown = await tools.shown(entry);
  const around = await surroundings(entry, tools);
  const files = await shownFiles(entry, tools);
  const head = `${grouped(entry.position)} · ${fullTime(entry.at, desk.timezone)}${entry.line === undefined ? '' : ` · ${entry.line}`}`;
  const own = [
    ...(shown.from === undefined && shown.to === undefined ? [] : [betweenWhom(shown)]),
    ...(shown.text === undefined ? [`[${entry.kind}]`] : [`“${inertLines(shown.text)}”`]),
    ...files.lines,
    ...(await fate(entry, context)),
    ...around.changes.map((change) => changeLine(change, context)),
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

function changeLine(change: Change, { desk, clock }: DeskContext): string {
  const { entry, what, text } = change;
  const who = entry.actor === undefined ? '' : ` by ${oneLine(entry.actor)}`;
  const when = shownTime(entry.at, desk.timezone, clock.now());
  const words = text === undefined ? '' : `: “${oneLine(text)}”`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} ${when}${who} (${grouped(entry.position)})${words}`;
}
