/** One record on one line, numbers masked: `47,903 Fri 16:02 Bob → K. Ode (WhatsApp) “… guarantee you a return …”`. */
import type { Entry } from '../../core/entry.ts';
import { escapeHtml, oneLine } from '../quote.ts';
import type { DeskContext, RecordShown } from './desk-context.ts';
import { maskedRecord } from './masked-record.ts';
import { grouped, shownTime } from './shown-time.ts';
import { snippet, type Snippet } from './snippet.ts';

export type Reading = Pick<DeskContext, 'tools' | 'desk' | 'clock' | 'domain'>;

export async function recordLine(entry: Entry, reading: Reading, words: readonly string[] = []): Promise<Snippet> {
  const shown = await maskedRecord(entry, reading.tools);
  const time = shownTime(entry.at, reading.desk.timezone, reading.clock.now());
  const head = `${grouped(entry.position)} ${time} ${betweenWhom(shown, reading.domain)}`.trimEnd();
  const said = shown.text === undefined ? undefined : snippet(shown.text, words);
  if (said === undefined) return { text: `${head} [${entry.kind}]`, html: `${escapeHtml(head)} [${entry.kind}]` };
  return { text: `${head} “${said.text}”`, html: `${escapeHtml(head)} “${said.html}”` };
}

/** Colleagues without their domain, when `own` names it. */
export function betweenWhom(shown: RecordShown, own?: string): string {
  const who = (name: string): string => oneLine(name).replace(own === undefined ? '' : `:${own}`, '');
  const from = shown.from === undefined ? '' : who(shown.from);
  const to = shown.to === undefined ? '' : ` → ${who(shown.to)}`;
  return `${from}${to}${shown.network === undefined ? '' : ` (${shown.network})`}`;
}
