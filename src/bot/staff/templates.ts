/** `!templates` and `!use`: ready texts; those that the provider approved go out when a network takes no others. */
import { err, ok } from '../../core/result.ts';
import { answered } from '../answer.ts';
import { command } from '../command.ts';
import { plainTyping } from '../command-line.ts';
import { oneLine } from '../quote.ts';
import { put, type StaffContext } from './staff-context.ts';
import { filled, nameOf, noneOn, textNamed, textsHere, valuesIn, type ReadyText, type Texts } from './texts-of-line.ts';

const SHOWN_MAX = 20;

export const templates = command<StaffContext, string>({
  name: 'templates',
  usage: '!templates [word]',
  example: '!templates delivery',
  summary: 'the ready and approved texts of this line; !use sends one',
  where: ['portal'],
  parse: (rest) => ok(plainTyping(rest).toLowerCase()),
  run: async (word, context) => {
    const texts = await textsHere(context);
    if (!texts.ok) return texts.error;
    const { all, line, silent } = texts.value;
    const fitting = all.filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(word));
    const found = fitting.filter(({ unusable }) => unusable === undefined);
    const lines = [...shownOf(found, all), ...notNow(fitting, all), ...(silent === undefined ? [] : [silent.text])];
    if (lines.length === 0)
      return answered(all.length === 0 ? noneOn(line) : `No ready text has "${oneLine(word)}" in it.`);
    return silent !== undefined && all.length === 0
      ? silent
      : answered(lines.join('\n'), { data: { templates: found.length } });
  },
});

function shownOf(found: readonly ReadyText[], all: readonly ReadyText[]): readonly string[] {
  const more = found.length > SHOWN_MAX ? [`and ${found.length - SHOWN_MAX} more: !templates <word> finds them`] : [];
  return [...found.slice(0, SHOWN_MAX).map((text) => `${nameOf(text, all)}: ${oneLine(text.text)}`), ...more];
}

/** Whoever misses one reads why. */
function notNow(fitting: readonly ReadyText[], all: readonly ReadyText[]): readonly string[] {
  const lines = fitting.flatMap((text) =>
    text.unusable === undefined ? [] : [`${nameOf(text, all)} (not now): ${oneLine(text.unusable)}`],
  );
  const more = lines.length > SHOWN_MAX ? [`and ${lines.length - SHOWN_MAX} more that can't be sent now`] : [];
  return [...lines.slice(0, SHOWN_MAX), ...more];
}

export const use = command<StaffContext, { readonly name: string; readonly rest: string }>({
  name: 'use',
  usage: '!use <name> [values]',
  example: '!use delivery_ready Ann | Friday',
  summary: 'sends a ready text; several values with | between them',
  where: ['portal'],
  parse: (rest) => {
    const [, name = '', values = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(rest) ?? [];
    return name === ''
      ? err('Which text? !templates lists them.')
      : ok({ name: plainTyping(name), rest: values.trim() });
  },
  run: async ({ name, rest }, context) => {
    const texts = await textsHere(context);
    if (!texts.ok) return texts.error;
    const text = textNamed(name, texts.value);
    if (!text.ok) return text.error;
    const values = valuesIn(rest, text.value, texts.value.all);
    if (!values.ok) return values.error;
    const words = await want(context, texts.value, { text: text.value, values: values.value });
    return answered(`Sending: ${oneLine(words)}`, { data: { template: text.value.name } });
  },
});

interface Chosen {
  readonly text: ReadyText;
  readonly values: readonly string[];
}

/** On record as what the customer will read, with the text that it was made of. */
async function want(context: StaffContext, { portal, line }: Texts, { text, values }: Chosen): Promise<string> {
  const { name, language } = text;
  const { sender: by, position: because } = context.message;
  const words = filled(text, values);
  const template = { name, ...(language === undefined ? {} : { language }), values: [...values] };
  const to = { line: line.id, network: portal.network, address: portal.address };
  const body = { ...to, by, because, text: words, template };
  await put(context, { kind: 'portal.wanted', body }, line);
  return words;
}
