/**
 * Signal's text styles and mentions as signal-cli gives and takes them (man/signal-cli-jsonrpc.5, `textStyle`
 * "start:length:STYLE"), in UTF-16 units. Nothing that was typed becomes markup.
 */
import { z } from 'zod';
import { normalised } from '../../core/rich-text-normal.ts';
import { endOf, moved } from '../../core/rich-text-kinds.ts';
import { spelledOut } from '../../core/rich-text-plain.ts';
import type { InlineMark, Mark, RichText } from '../../core/rich-text.ts';

export const signalStyle = z.object({ style: z.string(), start: z.int(), length: z.int() });
export type SignalStyle = z.infer<typeof signalStyle>;

/** Somebody who is named where the text has U+FFFC. */
export const signalMention = z.object({
  start: z.int(),
  length: z.int(),
  name: z.string().nullish(),
  number: z.string().nullish(),
  uuid: z.string().nullish(),
});
export type SignalMention = z.infer<typeof signalMention>;

export interface SignalText {
  readonly message: string;
  /** "start:length:STYLE". */
  readonly textStyle: readonly string[];
  /** "start:length:recipient": the apps show the name they know in place of these words (man/signal-cli.1, `--mention`). */
  readonly mention: readonly string[];
}

const STYLES: Readonly<Record<string, 'bold' | 'italic' | 'strike' | 'code' | 'spoiler'>> = {
  BOLD: 'bold',
  ITALIC: 'italic',
  STRIKETHROUGH: 'strike',
  MONOSPACE: 'code',
  SPOILER: 'spoiler',
};

const STYLE_OF: Readonly<Partial<Record<Mark['as'], string>>> = {
  bold: 'BOLD',
  heading: 'BOLD',
  italic: 'ITALIC',
  strike: 'STRIKETHROUGH',
  code: 'MONOSPACE',
  pre: 'MONOSPACE',
  spoiler: 'SPOILER',
};

/** What a message says, mentions as `@name`. Never throws: what can't be is left out. */
export function fromSignal(
  text: string,
  styles: readonly SignalStyle[] = [],
  mentions: readonly SignalMention[] = [],
): RichText {
  const marks = styles.flatMap(({ style, start, length }): readonly InlineMark[] => {
    const as = Object.hasOwn(STYLES, style) ? STYLES[style] : undefined;
    return as === undefined ? [] : [{ as, start, length }];
  });
  return named(normalised(text, marks), mentions);
}

const PLACEHOLDER = '\ufffc';

/** The name stands in the placeholder's place, and is marked as it was. */
function named(rich: RichText, mentions: readonly SignalMention[]): RichText {
  const names = new Map<number, string>();
  for (const { start, name, number, uuid } of mentions) {
    if (rich.text[start] === PLACEHOLDER) names.set(start, `@${name ?? number ?? uuid ?? 'somebody'}`);
  }
  if (names.size === 0) return rich;
  const places = [...names].sort(([a], [b]) => a - b);
  let put = 0;
  let { text, marks } = rich;
  for (const [at, name] of places) {
    const place = at + put;
    const grows = name.length - 1;
    text = text.slice(0, place) + name + text.slice(place + 1);
    marks = marks.map((mark) =>
      moved(mark, mark.start + (mark.start > place ? grows : 0), endOf(mark) + (endOf(mark) > place ? grows : 0)),
    );
    put += grows;
  }
  return normalised(text, marks);
}

/** `rich` as Signal takes it: items, quotations and links are written out, a heading is bold. */
export function toSignal(rich: RichText): SignalText {
  const { text, marks } = spelledOut(rich, ['link', 'quote', 'item']);
  const styled = marks.flatMap((mark) => {
    const style = STYLE_OF[mark.as];
    return style === undefined ? [] : [`${mark.start}:${mark.length}:${style}`];
  });
  const called = marks.flatMap((mark) => {
    return mark.as === 'mention' ? [`${mark.start}:${mark.length}:${mark.address}`] : [];
  });
  return { message: text, textStyle: styled, mention: called };
}
