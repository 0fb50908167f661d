/**
 * What a Word document says (ECMA-376, WordprocessingML): its text with headers, footers, notes and comments, with what
 * was struck out while changes were tracked. The runs into which Word divides a word or a number are one text again.
 */
import { Parser } from 'htmlparser2';
import { decoded } from './decoded.ts';
import { unreadable, type ReadText } from './read-text.ts';
import { isLockedZip, zipParts } from './zip-parts.ts';

const MAIN = /^\/?word\/document\d*\.xml$/iu;
const PARTS = /^\/?word\/(?:document|header|footer|footnotes|endnotes|comments)\d*\.xml$/iu;
const limits = { entries: 5_000, bytes: 16 * 1024 * 1024 };
/** Parsed at once; between two of them it is seen whether there is enough. */
const STEP = 64 * 1024;

/** Local names: of the elements whose text is shown, and of what stands for itself. */
const texts: ReadonlySet<string> = new Set(['t', 'delText']);
const standsFor: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['br', '\n'],
  ['cr', '\n'],
  ['noBreakHyphen', '-'],
]);
/** The same once more, for programs that are older. */
const REPEATED = 'Fallback';

/** Undefined for what is no Word document. Never throws; at least `enough` UTF-16 units where it has as many. */
export function wordText(bytes: Uint8Array, enough: number): ReadText | undefined {
  const { parts, unread } = zipParts(bytes, (name) => PARTS.test(name), limits);
  if (!parts.some(({ name }) => MAIN.test(name))) {
    if (unread === 'too-large') return unreadable(unread);
    return isLockedZip(bytes) ? unreadable('locked') : undefined;
  }
  let text = '';
  let isDamaged = unread === 'damaged';
  for (const part of parts) {
    const xml = text.length < enough ? decoded(part.bytes) : '';
    if (xml === undefined) isDamaged = true;
    else text += partText(xml, enough - text.length);
  }
  const why = isDamaged ? 'damaged' : undefined;
  return { ok: true, text, cut: unread === 'too-large', ...(why === undefined ? {} : { unread: why }) };
}

function partText(xml: string, enough: number): string {
  const said: string[] = [];
  let length = 0;
  let shown = 0;
  let repeated = 0;
  const say = (text: string): void => {
    if (repeated > 0) return;
    said.push(text);
    length += text.length;
  };
  const parser = new Parser(
    {
      onopentag: (name) => {
        const local = localOf(name);
        if (texts.has(local)) shown += 1;
        if (local === REPEATED) repeated += 1;
        say(standsFor.get(local) ?? '');
      },
      ontext: (text) => {
        if (shown > 0) say(text);
      },
      onclosetag: (name) => {
        const local = localOf(name);
        if (texts.has(local)) shown -= 1;
        if (local === REPEATED) repeated -= 1;
        if (local === 'p') say('\n');
      },
    },
    { xmlMode: true },
  );
  for (let at = 0; at < xml.length && length < enough; at += STEP) parser.write(xml.slice(at, at + STEP));
  parser.end();
  return said.join('');
}

/** Without the prefix, which each document may choose. */
function localOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
