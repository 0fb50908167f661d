/** What became of a message, on one line, numbers masked: `Edited Fri 16:05 by @bob:acme.example (47,904): “…”`. */
import { oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { maskedIn } from './masked-record.ts';
import { grouped, shownTime } from './shown-time.ts';
import type { Change } from './surroundings.ts';

export async function changeLine(change: Change, { desk, clock, tools }: DeskContext): Promise<string> {
  const { entry, what, text } = change;
  const who = entry.actor === undefined ? '' : ` by ${oneLine(entry.actor)}`;
  const when = shownTime(entry.at, desk.timezone, clock.now());
  const words = text === undefined ? '' : `: “${oneLine(maskedIn(text, entry, await tools.judged(entry)))}”`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} ${when}${who} (${grouped(entry.position)})${words}`;
}
