/** What was found in the files of a message, with what stands around it there: the file is read once more for it. */
import type { EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { KeptFinding } from '../../core/policy-entries.ts';
import { oneLine } from '../quote.ts';
import type { DeskTools } from './desk-context.ts';
import type { ItemText } from './item-texts.ts';
import { maskedText } from './masked-text.ts';
import { grouped } from './shown-time.ts';

/** Places of one item, in all its files. */
const MOST_PLACES = 5;
/** Shown on each side of what was found, in UTF-16 units. */
const AROUND = 60;
const UNREAD = "[its text can't be read any more]";

export async function fileTexts(
  { body }: EntryOf<'policy.verdict'>,
  tools: Pick<DeskTools, 'read' | 'fileText'>,
): Promise<readonly ItemText[]> {
  const found = body.hits.flatMap(({ findings }) => findings.filter(({ what }) => what === 'file'));
  const files = new Set(found.flatMap(({ file = body.file }) => file ?? []));
  const texts: ItemText[] = [];
  for (const file of files) {
    const own = found.filter((one) => (one.file ?? body.file) === file);
    texts.push(...(await placesIn(file, own, { tools, whole: body.file !== undefined })));
  }
  return texts.slice(0, MOST_PLACES);
}

interface HowRead {
  readonly tools: Pick<DeskTools, 'read' | 'fileText'>;
  /** The file was judged by itself: places are counted through all of it, else in each of its pieces. */
  readonly whole: boolean;
}

async function placesIn(
  file: Position,
  findings: readonly KeptFinding[],
  { tools, whole }: HowRead,
): Promise<readonly ItemText[]> {
  const entry = await tools.read(file);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'file.stored') return [];
  const called = entry.body.name === undefined ? '' : ` ${oneLine(maskedText(entry.body.name, []))}`;
  const head = [`In the file${called} (record ${grouped(file)}):`];
  const pieces = (await tools.fileText?.(entry)) ?? [];
  const text = whole || pieces.length === 1 ? pieces.join('') : '';
  const there = merged(findings).filter(({ end }) => end <= text.length);
  if (there.length === 0) return [{ of: file, head, text: undefined, masked: '', gone: UNREAD }];
  return there.map((place) => ({ of: file, head, ...around(text, place, findings) }));
}

/** What several rules found at one place is shown once. */
function merged(findings: readonly KeptFinding[]): readonly KeptFinding[] {
  const inOrder = findings.toSorted((a, b) => a.start - b.start);
  return inOrder.filter(({ start }, i) => i === 0 || start >= (inOrder[i - 1]?.end ?? 0));
}

function around(text: string, place: KeptFinding, findings: readonly KeptFinding[]): Pick<ItemText, 'text' | 'masked'> {
  const from = Math.max(0, place.start - AROUND);
  const to = Math.min(text.length, place.end + AROUND);
  const shown = text.slice(from, to).toWellFormed();
  const here = findings
    .filter(({ start, end }) => end > from && start < to)
    .map((one) => ({ ...one, what: 'body', start: Math.max(0, one.start - from), end: Math.min(to, one.end) - from }));
  return { text: oneLine(shown), masked: oneLine(maskedText(shown, [{ findings: here }])) };
}
