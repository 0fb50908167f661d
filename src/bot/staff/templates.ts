/** `!templates` and `!use`: texts that the provider approved, for when a network takes no others. */
import { networkName } from '../../core/address.ts';
import type { Line } from '../../core/line.ts';
import type { ChosenTemplate, Template } from '../../core/ports/outbound.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { plainTyping } from '../command-line.ts';
import { oneLine } from '../quote.ts';
import type { PortalHere } from '../portals.ts';
import { put, type StaffContext } from './staff-context.ts';

const SHOWN_MAX = 20;

export const templates = command<StaffContext, string>({
  name: 'templates',
  usage: '!templates [word]',
  example: '!templates delivery',
  summary: 'the approved texts of this line; !use sends one',
  where: ['portal'],
  parse: (rest) => ok(plainTyping(rest).toLowerCase()),
  run: async (word, context) => {
    const listed = await listedFor(context);
    if (!listed.ok) return listed.error;
    const found = listed.value.templates.filter((template) =>
      `${template.name} ${template.text}`.toLowerCase().includes(word),
    );
    if (found.length === 0)
      return answered(word === '' ? 'No text is approved for this line.' : `No approved text has "${oneLine(word)}".`);
    const more = found.length > SHOWN_MAX ? [`and ${found.length - SHOWN_MAX} more: !templates <word> finds them`] : [];
    const lines = found.slice(0, SHOWN_MAX).map((template) => `${nameOf(template, found)}: ${oneLine(template.text)}`);
    return answered([...lines, ...more].join('\n'), { data: { templates: found.length } });
  },
});

export const use = command<StaffContext, { readonly name: string; readonly rest: string }>({
  name: 'use',
  usage: '!use <name> [values]',
  example: '!use delivery_ready Ann | Friday',
  summary: 'sends an approved text; several values with | between them',
  where: ['portal'],
  parse: (rest) => {
    const [, name = '', values = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(rest) ?? [];
    return name === ''
      ? err('Which text? !templates lists them.')
      : ok({ name: plainTyping(name), rest: values.trim() });
  },
  run: async ({ name, rest }, context) => {
    const listed = await listedFor(context);
    if (!listed.ok) return listed.error;
    const { portal, line } = listed.value;
    const template = chosen(name, listed.value.templates);
    if (!template.ok) return template.error;
    const values = valuesIn(rest, template.value);
    if (!values.ok) return values.error;
    const text = filled(template.value, values.value);
    const chose: ChosenTemplate = {
      name: template.value.name,
      language: template.value.language,
      values: values.value,
    };
    const { message } = context;
    const body = {
      line: line.id,
      network: portal.network,
      address: portal.address,
      by: message.sender,
      because: message.position,
    };
    await put(context, { kind: 'portal.wanted', body: { ...body, text, template: chose } }, line);
    return answered(`Sending: ${oneLine(text)}`, { data: { template: template.value.name } });
  },
});

interface Listed {
  readonly portal: PortalHere;
  readonly line: Line;
  readonly templates: readonly Template[];
}

async function listedFor({ message, portal, tools }: StaffContext): Promise<Result<Listed, Answer>> {
  if (portal === undefined) return err(refused('usage', "That works in a customer's chat."));
  const network = networkName(portal.network);
  const line = (await tools.staff.linesOf(message.sender)).find(({ id }) => id === portal.line);
  if (line === undefined) return err(refused('denied', "You're not on this line."));
  const connector = tools.connectors(line.connector);
  if (
    connector?.templates === undefined ||
    connector.capabilities({ from: line.address, to: portal.address }).templates <= 0
  ) {
    return err(refused('failed', `No templates on ${network}: write it in your own words.`));
  }
  try {
    return ok({ portal, line, templates: await connector.templates(line.address) });
  } catch {
    return err(
      refused('failed', `${network} doesn't say which texts are approved right now. Try again in a minute.`, {
        urgent: true,
      }),
    );
  }
}

/** With its language where another has the same name. */
function nameOf({ name, language }: Template, all: readonly Template[]): string {
  return all.filter((other) => other.name === name).length > 1 ? `${name}/${language}` : name;
}

function chosen(typed: string, all: readonly Template[]): Result<Template, Answer> {
  const found = all.filter(({ name, language }) => typed === name || typed === `${name}/${language}`);
  const [one, other] = found;
  if (one === undefined)
    return err(refused('not-found', `No text is called "${oneLine(typed)}". !templates lists them.`));
  if (other === undefined) return ok(one);
  const names = found.map((template) => `!use ${nameOf(template, all)}`).join(', ');
  return err(refused('usage', `In which language? ${names}`));
}

function valuesIn(rest: string, template: Template): Result<readonly string[], Answer> {
  const given = template.values === 1 ? [rest] : rest.split('|').map((value) => value.trim());
  const values = rest === '' ? [] : given;
  if (values.length === template.values && values.every((value) => value !== '')) return ok(values);
  const example = Array.from({ length: template.values }, (_, n) => `<value ${n + 1}>`).join(' | ');
  const takes = template.values === 0 ? 'no values' : `${template.values} value${template.values === 1 ? '' : 's'}`;
  return err(
    refused('usage', `That text takes ${takes}: ${oneLine(template.text)}\n!use ${template.name} ${example}`.trimEnd()),
  );
}

/** What the customer will read. */
function filled(template: Template, values: readonly string[]): string {
  return template.text.replace(/\{\{(\d+)\}\}/gu, (blank, number: string) => values[Number(number) - 1] ?? blank);
}
