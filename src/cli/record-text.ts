/** Records on a terminal: one line each, times in UTC. */
import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';

const text = z.string().nullable();
const shape = z.object({
  position: z.number(),
  kind: z.string(),
  at: z.string(),
  from: text,
  to: text,
  line: text,
  room: text,
  text,
  erased: z.boolean(),
});

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;
const MOST_TEXT = 500;

/** `48211  2026-03-09 10:02  Ann Lee → Sales  “Hi, …”`; undefined when `line` is no record. */
export function recordText(line: JsonObject): string | undefined {
  const read = shape.safeParse(line);
  if (!read.success) return undefined;
  const record = read.data;
  const when = record.at.slice(0, 16).replace('T', ' ');
  const who = [record.from ?? '', record.to === null ? '' : `→ ${record.to}`].filter((part) => part !== '').join(' ');
  const what = record.erased ? '(erased)' : quoted(record.text);
  return [String(record.position), when, record.kind, printable(who), what].filter((part) => part !== '').join('  ');
}

function quoted(words: string | null): string {
  if (words === null || words === '') return '';
  const short = words.length > MOST_TEXT ? `${words.slice(0, MOST_TEXT)}…` : words;
  return `“${printable(short)}”`;
}

/** What a customer wrote must not be able to steer the terminal. */
function printable(words: string): string {
  return words.replace(CONTROL, ' ');
}
