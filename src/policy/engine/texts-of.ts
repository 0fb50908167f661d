/** The texts of a message as rules see them: bounded, and the formatted body only where it says more than the body. */
import type { Unread } from '../../core/policy-words.ts';
import type { JudgedMessage, Piece } from '../message.ts';
import { bare, type Finders } from './compiled-rule.ts';
import { MOST_PIECES, MOST_UNITS } from './limits.ts';
import { ScannedText } from './scanned-text.ts';

export interface Texts {
  readonly texts: readonly ScannedText[];
  /** What the message says of itself, and what of it was too much. */
  readonly unread: readonly Unread[];
}

export function textsOf(message: JudgedMessage, finders: Finders, country: string | undefined): Texts {
  const pieces = message.pieces.slice(0, MOST_PIECES);
  const texts = pieces.map(
    ({ text, what, quoted }, piece) => new ScannedText({ text: bounded(text), piece, what, quoted }, finders, country),
  );
  const isTooLarge = message.pieces.length > MOST_PIECES || pieces.some(({ text }) => text.length > MOST_UNITS);
  const unread = isTooLarge ? [...message.unread, { why: 'too-large' } as const] : message.unread;
  return { texts: texts.some(isHtml) ? withoutRepeated(texts) : texts, unread };
}

function isHtml({ source }: ScannedText): boolean {
  return source.what === 'html';
}

function withoutRepeated(texts: readonly ScannedText[]): readonly ScannedText[] {
  const bodies = texts.filter(({ source }) => source.what === 'body').map(said);
  return texts.filter((text) => !isHtml(text) || !bodies.includes(said(text)));
}

/** A pair of surrogates is not cut in two. */
function bounded(text: Piece['text']): string {
  if (text.length <= MOST_UNITS) return text;
  const last = text.charCodeAt(MOST_UNITS - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? MOST_UNITS - 1 : MOST_UNITS);
}

function said({ readings }: ScannedText): string {
  return bare(readings.plain.folded);
}
