/**
 * Rich text as the house holds it: the words, and ranges over them. Offsets and lengths are UTF-16 code units, as in
 * JavaScript, Telegram's entities and Signal's styles. The words never hold markup: no asterisk, no bullet, no `>`.
 */
import type { Address } from './ids.ts';

type Span = Readonly<{
  /** First code unit; never inside a surrogate pair. */
  start: number;
  /** At least 1; `start + length` is at most the text's length. */
  length: number;
}>;

/** Runs within a line, or over several. */
export type InlineMark = Span &
  (
    | { readonly as: 'bold' | 'italic' | 'underline' | 'strike' | 'code' | 'spoiler' }
    /** `href` is http, https, mailto or tel: nothing else is ever a link. */
    | { readonly as: 'link'; readonly href: string }
    /** Somebody of a network who is called by name. Only staff call: nothing that comes from a network has it. */
    | { readonly as: 'mention'; readonly address: Address }
  );

/** Whole lines: starts at a line's first unit, ends before a line's end. */
export type BlockMark = Span &
  (
    | { readonly as: 'pre'; readonly language?: string }
    | { readonly as: 'quote' }
    | { readonly as: 'heading'; readonly level: 1 | 2 | 3 | 4 | 5 | 6 }
    /** One item of a list: one line or more. `ordinal` where the list is numbered; `depth` from 1. */
    | { readonly as: 'item'; readonly depth: number; readonly ordinal?: number }
  );

export type Mark = InlineMark | BlockMark;

/** `marks` in the order of their starts, longer ones first; empty for plain text. */
export interface RichText {
  readonly text: string;
  readonly marks: readonly Mark[];
}

export function plainText(text: string): RichText {
  return { text, marks: [] };
}
