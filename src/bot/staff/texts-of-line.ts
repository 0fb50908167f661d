/** The ready texts of a line: the company's own (config `lines[].templates`), and those that its provider approved. */
import { networkName } from '../../core/address.ts';
import type { Line } from '../../core/line.ts';
import type { Template } from '../../core/ports/outbound.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { refused, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import type { PortalHere } from '../portals.ts';
import type { StaffConnector, StaffContext } from './staff-context.ts';

/** `language` is there where the provider approved it: then it goes out as its template, else as a text like any other. */
export type ReadyText = Omit<Template, 'language'> & { readonly language?: string };

export interface Texts {
  readonly portal: PortalHere;
  readonly line: Line;
  /** The company's own first. */
  readonly all: readonly ReadyText[];
  /** The provider didn't say what it approved: an answer in place of what may be missing. */
  readonly silent?: Answer;
}

const blank = /\{\{(\d+)\}\}/gu;

/** Of the line whose chat this is. The error answers whoever may not use them. */
export async function textsHere({ message, portal, tools }: StaffContext): Promise<Result<Texts, Answer>> {
  if (portal === undefined) return err(refused('usage', "That works in a customer's chat."));
  const line = (await tools.staff.linesOf(message.sender)).find(({ id }) => id === portal.line);
  if (line === undefined) return err(refused('denied', "You're not on this line."));
  const own = Object.entries(line.texts ?? {}).map(([name, text]) => ({ name, text, values: valuesOf(text) }));
  const connector = tools.connectors(line.connector);
  if (!approves(connector, line, portal)) return ok({ portal, line, all: own });
  try {
    return ok({ portal, line, all: [...own, ...(await connector.templates(line.address))] });
  } catch {
    return ok({ portal, line, all: own, silent: silence(line) });
  }
}

type Approving = StaffConnector & Required<Pick<StaffConnector, 'templates'>>;

function approves(connector: StaffConnector | undefined, line: Line, portal: PortalHere): connector is Approving {
  const chat = { from: line.address, to: portal.address };
  return connector?.templates !== undefined && connector.capabilities(chat).templates > 0;
}

function silence({ network }: Line): Answer {
  const words = `${networkName(network)} doesn't say which texts are approved right now. Try again in a minute.`;
  return refused('failed', words, { urgent: true });
}

/** As many as its highest blank says. */
function valuesOf(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(blank), ([, number]) => Number(number)));
}

/** With its language where another has the same name. */
export function nameOf({ name, language }: ReadyText, all: readonly ReadyText[]): string {
  const alike = all.filter((other) => other.name === name);
  return alike.length > 1 && language !== undefined ? `${name}/${language}` : name;
}

/** What `typed` names. A name that the company and the provider both gave is the company's; theirs has its language. */
export function textNamed(typed: string, { all, line, silent }: Texts): Result<ReadyText, Answer> {
  const exact = all.filter((one) => typed === (one.language === undefined ? one.name : `${one.name}/${one.language}`));
  const found = exact.length > 0 ? exact : all.filter(({ name }) => typed === name);
  const usable = found.filter(({ unusable }) => unusable === undefined);
  const [one, other] = usable.length > 0 ? usable : found;
  if (one === undefined) return err(silent ?? unknown(typed, all, line));
  if (one.unusable !== undefined) {
    return err(refused('failed', `${oneLine(typed)} can't be sent now: ${oneLine(one.unusable)}. ${SHOWS_OTHERS}`));
  }
  if (other === undefined) return ok(one);
  const names = usable.map((text) => `!use ${nameOf(text, all)}`).join(', ');
  return err(refused('usage', `In which language? ${names}`));
}

const SHOWS_OTHERS = '!templates shows what can be.';

function unknown(typed: string, all: readonly ReadyText[], line: Line): Answer {
  return all.length === 0
    ? refused('failed', noneOn(line))
    : refused('not-found', `No text is called "${oneLine(typed)}". !templates lists them.`);
}

export function noneOn({ name }: Line): string {
  return `There are no ready texts for ${oneLine(name)}: write it in your own words, or ask your admin to add some.`;
}

/**
 * One value, or several with `|` between them. A line break or a tab in a value is a space: no provider takes them there
 * (Meta: no new lines, no tabs, no more than four spaces in a row).
 */
export function valuesIn(rest: string, text: ReadyText, all: readonly ReadyText[]): Result<readonly string[], Answer> {
  const given = text.values === 1 ? [rest] : rest.split('|');
  const values = rest === '' ? [] : given.map((value) => value.replace(/\s+/gu, ' ').trim());
  if (values.length === text.values && values.every((value) => value !== '')) return ok(values);
  const example = Array.from({ length: text.values }, (_, n) => `<value ${n + 1}>`).join(' | ');
  const takes = text.values === 0 ? 'no values' : `${text.values} value${text.values === 1 ? '' : 's'}`;
  const use = `!use ${nameOf(text, all)} ${example}`.trimEnd();
  return err(refused('usage', `That text takes ${takes}: ${oneLine(text.text)}\n${use}`));
}

/** What the customer will read. */
export function filled({ text }: ReadyText, values: readonly string[]): string {
  return text.replace(blank, (whole, number: string) => values[Number(number) - 1] ?? whole);
}
