/** What of an entry is judged: a pure function of the entry, and of the text that would go out of it. */
import { createHash } from 'node:crypto';
import type { Entry } from '../../core/entry.ts';
import type { MediaUri } from '../../core/ids.ts';
import { jcs, type Json } from '../../core/json.ts';
import type { JudgedMessage } from '../message.ts';
import { pieceOf, saidIn, type Said } from './event-texts.ts';

/**
 * What stands in the room for those who see it. Undefined for entries by which nobody says anything. Never throws,
 * whatever an entry holds.
 */
export function messageOf(entry: Entry): JudgedMessage | undefined {
  const said = saidBy(entry);
  if (said === undefined || (said.pieces.length === 0 && said.unread.length === 0)) return undefined;
  const { pieces, unread, files } = said;
  const content = digestOf({
    pieces: pieces.map(({ what, text }) => ({ what, text: text.toWellFormed() })),
    unread: [...unread],
    files: [...files],
  });
  return { of: entry.position, pieces, unread, content };
}

/** Where the files lie that an entry names. */
export function filesNamedIn(entry: Entry): readonly MediaUri[] {
  return saidBy(entry)?.files ?? [];
}

/**
 * What a network is to be given: `text` and the files that the entry names. Nothing else of the entry is judged, for it
 * stays among colleagues; and the same text and files are the same content, whatever else is changed about them. Nothing of
 * it is a quotation: a line that begins with > is sent like any other.
 */
export function messageGoingOut(entry: Entry, text: string): JudgedMessage {
  const files = filesNamedIn(entry);
  const content = digestOf({ text: text.toWellFormed(), files: [...files] });
  return { of: entry.position, pieces: [{ what: 'body', text, quoted: [] }], unread: [], content };
}

function saidBy(entry: Entry): Said | undefined {
  switch (entry.kind) {
    case 'matrix.event':
      return saidIn(entry.body);
    case 'network.message':
    case 'network.edit': {
      const { text, missing } = entry.body;
      return { pieces: textOf(text), unread: missing === undefined ? [] : [{ why: 'missing' }], files: [] };
    }
    case 'portal.wanted':
      return { pieces: textOf(entry.body.text ?? ''), unread: [], files: [] };
    default:
      return undefined;
  }
}

function textOf(text: string): Said['pieces'] {
  return text.trim() === '' ? [] : [pieceOf('body', text)];
}

/** SHA-256, hex, over the JCS (RFC 8785). */
function digestOf(value: Json): string {
  return createHash('sha256').update(jcs(value)).digest('hex');
}
