/** The tokens under which an entry is found: its words in order, then parts of words, then what it is. */
import type { Entry } from '../../core/entry.ts';
import { has, is, isMessage, textsOf } from './entry-texts.ts';
import type { Tokens } from './tokens.ts';
import { words } from './words.ts';

/** Words of one entry that are indexed. One with more also gets `field.long`, and every search for words looks at it. */
export const MOST_WORDS = 4_000;
/** A record dated further than this after its recording is found under `field.ahead`, whatever the date. */
const AHEAD_MS = 86_400_000;

/** Names of the fields that tokens are made of. */
export const field = {
  every: 'every',
  message: 'message',
  kind: 'kind',
  family: 'family',
  class: 'class',
  direction: 'direction',
  room: 'room',
  portal: 'portal',
  line: 'line',
  contact: 'contact',
  actor: 'actor',
  has: 'has',
  is: 'is',
  year: 'year',
  month: 'month',
  ahead: 'ahead',
  long: 'long',
} as const;

/**
 * The tokens of `entry`, separated by spaces: each word's in the order of the text, then those of the parts of its
 * words, then its fields'. The same for the same entry whenever it is asked: what was added is removed by these.
 */
export function tokenText(entry: Entry, tokens: Tokens): string {
  const found: string[] = [];
  const parts = new Set<string>();
  let left = MOST_WORDS;
  for (const text of textsOf(entry)) {
    const inText = words(text, left + 1);
    for (const word of inText.length > left ? inText.slice(0, left) : inText) {
      const of = tokens.ofWord(word);
      found.push(of.word);
      if (of.parts !== '') parts.add(of.parts);
    }
    if (inText.length > left) parts.add(tokens.knownField(field.long, ''));
    left = Math.max(0, left - inText.length);
  }
  found.push(...parts);
  for (const [name, value] of fieldsOf(entry)) found.push(tokens.knownField(name, value));
  return found.join(' ');
}

function fieldsOf(entry: Entry): readonly (readonly [string, string])[] {
  // Not luxon's: this runs for every entry, and its times cost ten times as much.
  const at = new Date(entry.at);
  const year = String(at.getUTCFullYear());
  const fields: (readonly [string, string])[] = [
    [field.every, ''],
    [field.kind, entry.kind],
    [field.family, familyOf(entry.kind)],
    [field.class, entry.class],
    [field.year, year],
    [field.month, `${year}-${at.getUTCMonth() + 1}`],
  ];
  for (const name of ['direction', 'room', 'portal', 'line', 'contact', 'actor'] as const) {
    const value = entry[name];
    if (value !== undefined) fields.push([name, value]);
  }
  if (entry.at > entry.recordedAt + AHEAD_MS) fields.push([field.ahead, '']);
  if (isMessage(entry)) fields.push([field.message, '']);
  for (const what of ['attachment', 'link'] as const) if (has(entry, what)) fields.push([field.has, what]);
  for (const what of ['edited', 'deleted'] as const) if (is(entry, what)) fields.push([field.is, what]);
  return fields;
}

/** `delivery` of `delivery.outcome`. */
export function familyOf(kind: string): string {
  return kind.slice(0, kind.indexOf('.'));
}
