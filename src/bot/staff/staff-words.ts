/** What @gatehouse tells staff unasked. */
import { oneLine } from '../quote.ts';

export interface Recording {
  /** Whether the archive sees all rooms of the company, or customer chats alone. */
  readonly rooms: 'all' | 'customer-chats';
  /** In words: `6 years`. */
  readonly keptFor: string;
  /** Who may read it: user ids. */
  readonly readers: readonly string[];
}

/** The first day's notice: what is recorded, who may read it, for how long. */
export function firstDay(recording: Recording): string {
  const what = recording.rooms === 'all' ? 'all rooms of this server' : 'chats with customers';
  const readers = recording.readers.map(oneLine);
  const shown = readers.slice(0, 5).join(', ');
  const more = readers.length > 5 ? ` and ${readers.length - 5} more` : '';
  return [
    "I'm Gatehouse: customers' texts reach you here as chats.",
    '',
    `Recorded: what is written in ${what}, with edits, deletions and files.`,
    readers.length === 0 ? 'Read by: compliance.' : `Read by compliance: ${shown}${more}.`,
    `Kept for: ${oneLine(recording.keptFor)}.`,
    '',
    'Tap ✅ to show that you read this. !help shows what you can do here.',
  ].join('\n');
}

export function cannotRead(link: string | undefined): string {
  return link === undefined
    ? "I can't read encrypted chats yet, and you're on no line. Ask your admin to add you."
    : `I can't read encrypted chats yet. Write to me here instead: ${link}`;
}

export function writeThere(link: string | undefined): string {
  return link === undefined
    ? "You're on no line yet. Ask your admin to add you."
    : `I take commands in our own chat: ${link}`;
}
