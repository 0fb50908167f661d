/** The templates of the account, and which of them can be sent now ("Template management", WhatsApp Business Platform). */
import { z } from 'zod';
import type { Template } from '../../core/ports/outbound.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { Graph } from './graph.ts';

const component = z.object({
  type: z.string(),
  format: z.string().optional(),
  text: z.string().optional(),
  buttons: z.array(z.looseObject({ type: z.string() })).optional(),
});
const template = z.object({
  name: z.string(),
  language: z.string(),
  status: z.string(),
  category: z.string().optional(),
  components: z.array(component),
});
type Listed = z.output<typeof template>;
const page = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.string().optional() })
    .optional(),
});

/** Accounts have 250 templates, or 6,000 once they are verified. */
const pagesMost = 60;
const pageSize = 100;
const place = /\{\{\s*(\w+)\s*\}\}/gu;
/** Filled in by nobody. */
const plainButtons: ReadonlySet<string> = new Set(['QUICK_REPLY', 'PHONE_NUMBER', 'URL', 'VOICE_CALL']);

const deleted: ReadonlySet<string> = new Set(['DELETED', 'PENDING_DELETION']);
/** As `message_template_status_update` names them ("webhook reference", 2026-04-13). */
const states: ReadonlyMap<string, string> = new Map([
  ['PENDING', 'WhatsApp has not approved it yet'],
  ['IN_APPEAL', 'WhatsApp rejected it, and looks at it again'],
  ['REJECTED', 'WhatsApp rejected it'],
  ['PAUSED', 'WhatsApp has paused it because people complained of it'],
  ['DISABLED', 'WhatsApp has disabled it because people complained of it'],
  ['LIMIT_EXCEEDED', 'the account has too many templates'],
  ['ARCHIVED', 'it is archived at WhatsApp'],
]);

export class Templates {
  readonly #graph: Graph;
  readonly #account: string;
  /** What the last list called the places of a template, by name and language. */
  #names = new Map<string, readonly string[]>();

  constructor(graph: Graph, account: string) {
    this.#graph = graph;
    this.#account = account;
  }

  /** All that are not deleted; those that can't be sent now, or not by us, say why. @throws FetchFailed */
  async list(): Promise<readonly Template[]> {
    const found: Shown[] = [];
    let after: string | undefined;
    for (let i = 0; i < pagesMost; i += 1) {
      const { data, paging } = await this.#page(after);
      found.push(...data.flatMap(shownAs));
      after = paging?.next === undefined ? undefined : paging.cursors?.after;
      if (after === undefined) break;
    }
    const usable = found.filter(({ template: { unusable } }) => unusable === undefined);
    this.#names = new Map(usable.map((one) => [keyOf(one.template), one.places]));
    return found.map((one) => one.template);
  }

  /** The names of its blanks where it has names for them. @throws FetchFailed when that can't be asked */
  async namesOf(chosen: { readonly name: string; readonly language: string }): Promise<readonly string[] | undefined> {
    if (!this.#names.has(keyOf(chosen))) await this.list();
    const places = this.#names.get(keyOf(chosen));
    return places?.some((one) => !/^\d+$/u.test(one)) === true ? places : undefined;
  }

  async #page(after: string | undefined): Promise<z.output<typeof page>> {
    const query = new URLSearchParams({
      fields: 'name,language,status,category,components',
      limit: String(pageSize),
      ...(after === undefined ? {} : { after }),
    });
    const answered = await this.#graph.ask(`/${this.#account}/message_templates?${query.toString()}`);
    if (!answered.ok) throw new FetchFailed('refused', answered.error.words);
    const read = page.safeParse(answered.json);
    if (!read.success) throw new FetchFailed('refused', 'the list of templates can not be read');
    return read.data;
  }
}

function keyOf({ name, language }: { readonly name: string; readonly language: string }): string {
  return `${name} ${language}`;
}

/** Why it can't be sent now, in words; undefined where it can. */
function whyNot({ status, category, components }: Listed): string | undefined {
  if (status !== 'APPROVED') return states.get(status) ?? 'WhatsApp has not approved it';
  if (category === 'AUTHENTICATION') return 'it is for codes to sign in with';
  const isOurs =
    components.some(({ type, text }) => type === 'BODY' && text !== undefined) &&
    components.every((one) => one.type === 'BODY' || isFixed(one));
  return isOurs ? undefined : "it needs a picture, a code or an address, which can't be filled in here";
}

/** A picture in the header, a code to copy, an address to complete: we have nothing to put there. */
function isFixed({ type, format, text = '', buttons = [] }: z.output<typeof component>): boolean {
  if (type === 'HEADER') return format === 'TEXT' && !text.includes('{{');
  if (type === 'FOOTER') return true;
  return (
    type === 'BUTTONS' && buttons.every((one) => plainButtons.has(one.type) && !JSON.stringify(one).includes('{{'))
  );
}

interface Shown {
  readonly template: Template;
  /** What Meta calls its blanks. */
  readonly places: readonly string[];
}

/** None for what is deleted, or no template. */
function shownAs(item: unknown): readonly Shown[] {
  const read = template.safeParse(item);
  if (!read.success || deleted.has(read.data.status)) return [];
  const { name, language, components } = read.data;
  const part = (wanted: string): string => components.find(({ type }) => type === wanted)?.text ?? '';
  const body = part('BODY');
  const called = [...new Set(Array.from(body.matchAll(place), ([, one = '']) => one))];
  const numbers = called.every((one) => /^\d+$/u.test(one));
  const places = numbers ? called.sort((a, b) => Number(a) - Number(b)) : called;
  const numbered = body.replace(place, (_whole, one: string) => `{{${places.indexOf(one) + 1}}}`);
  const text = [part('HEADER'), numbered, part('FOOTER')].filter((one) => one !== '').join('\n');
  const unusable = whyNot(read.data);
  const known = { name, language, text, values: places.length };
  return [{ template: unusable === undefined ? known : { ...known, unusable }, places }];
}
