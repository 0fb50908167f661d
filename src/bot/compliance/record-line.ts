/** One record on one line, numbers masked: `47,903 Fri 16:02 Bob → K. Ode (WhatsApp) “… guarantee you a return …”`. */
import type { Entry } from '../../core/entry.ts';
import { escapeHtml } from '../../core/escape-html.ts';
import { parseEventId } from '../../core/ids.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext, RecordShown } from './desk-context.ts';
import { maskedRecord } from './masked-record.ts';
import { grouped, shownTime } from './shown-time.ts';
import { snippet, type Snippet } from './snippet.ts';

export type Reading = Pick<DeskContext, 'tools' | 'desk' | 'clock' | 'domain'>;

/** As a search finds it: with the room where it was said among colleagues, and `words` in bold. */
export async function hitLine(entry: Entry, reading: Reading, words: readonly string[]): Promise<Snippet> {
  const isInside = entry.portal === undefined && entry.room !== undefined && entry.kind !== 'network.message';
  const title = isInside ? oneLine(await reading.tools.titleOf(entry.room)) : undefined;
  return lineOf(entry, reading, { words, ...(title === undefined ? {} : { title }) });
}

/** Among others of its room. */
export function recordLine(entry: Entry, reading: Reading): Promise<Snippet> {
  return lineOf(entry, reading, { words: [] });
}

interface HowTold {
  readonly words: readonly string[];
  /** Of its room. */
  readonly title?: string;
}

async function lineOf(entry: Entry, reading: Reading, { words, title }: HowTold): Promise<Snippet> {
  const shown = await maskedRecord(entry, reading.tools);
  const time = shownTime(entry.at, reading.desk.timezone, reading.clock.now());
  const where = title === undefined ? '' : ` in ${title}`;
  const head = `${grouped(entry.position)} ${time} ${betweenWhom(shown, reading.domain)}`.trimEnd() + where;
  const said = shown.text === undefined ? undefined : snippet(shown.text, words);
  if (said === undefined) {
    const what = `[${(await deletionWords(entry, reading.tools)) ?? entry.kind}]`;
    return { text: `${head} ${what}`, html: `${escapeHtml(head)} ${escapeHtml(what)}` };
  }
  return { text: `${head} “${said.text}”`, html: `${escapeHtml(head)} “${said.html}”` };
}

/** `deleted record 47: “see you”`; undefined for what is no deletion. */
async function deletionWords(entry: Entry, tools: Reading['tools']): Promise<string | undefined> {
  if (entry.kind !== 'matrix.event' || entry.body.type !== 'm.room.redaction') return undefined;
  const { redacts, content } = entry.body;
  const event = parseEventId(redacts ?? content['redacts']);
  const gone = event.ok ? await tools.entryOfEvent(event.value) : undefined;
  if (gone === undefined) return 'deleted something that is not on record';
  const text = 'erased' in gone ? undefined : (await maskedRecord(gone, tools)).text;
  return `deleted record ${grouped(gone.position)}${text === undefined ? '' : `: “${snippet(text, []).text}”`}`;
}

/** Colleagues without their domain, when `own` names it. */
export function betweenWhom(shown: RecordShown, own?: string): string {
  const who = (name: string): string => oneLine(name).replace(own === undefined ? '' : `:${own}`, '');
  const from = shown.from === undefined ? '' : who(shown.from);
  const to = shown.to === undefined ? '' : ` → ${who(shown.to)}`;
  const note = shown.note === undefined ? '' : ` ${oneLine(shown.note)}`;
  return `${from}${to}${shown.network === undefined ? '' : ` (${shown.network})`}${note}`;
}
