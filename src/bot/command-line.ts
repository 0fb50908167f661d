/** Reads a command as phones type it: curly quotes, long dashes, no-break spaces, invisible characters, any case. */
import { looksLikeCommand } from '../core/command-text.ts';

export interface Spoken {
  /** Lower case. */
  readonly name: string;
  /** What follows the name, trimmed, otherwise as typed: it may be a message. */
  readonly rest: string;
}

const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/gu;
const EDGES = /^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$/gu;
const COMMAND = /^[!\uff01]([\p{L}\p{N}\p{M}_\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+)([\s\S]*)$/u;
const WORD = /^([\p{L}\p{N}\p{M}_-]+)([\s\S]*)$/u;

/** Undefined when `text` is no command. */
export function parseCommand(text: string): Spoken | undefined {
  if (!looksLikeCommand(text)) return undefined;
  return spoken(COMMAND.exec(trimmed(text)));
}

/** The first word of what follows a prefix: `search` in `!c search …`. Undefined when there is none. */
export function parseSubcommand(rest: string): Spoken | undefined {
  return spoken(WORD.exec(trimmed(rest)));
}

function spoken(match: RegExpExecArray | null): Spoken | undefined {
  const [, name, rest] = match ?? [];
  if (name === undefined || rest === undefined) return undefined;
  return { name: name.replace(INVISIBLE, '').normalize('NFKC').toLowerCase(), rest: trimmed(rest) };
}

function trimmed(text: string): string {
  return text.replace(EDGES, '');
}

/** For arguments that are no message: straight quotes, `--` for a long dash, plain spaces, nothing invisible. */
export function plainTyping(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .replace(/[\u201c-\u201f\u00ab\u00bb\uff02]/gu, '"')
    .replace(/[\u2018-\u201b]/gu, "'")
    .replace(/[\u2014\u2015]/gu, '--')
    .replace(/\s+/gu, ' ')
    .trim();
}
