/** What `!c hold …` asks for, as phones type it. */
import { parseHoldId, parseUserId, type HoldId, type UserId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { parseSubcommand, plainTyping } from '../command-line.ts';

export interface HoldTyped {
  readonly hold: HoldId;
  readonly query: string;
  readonly case?: string;
  /** As typed: `@bob`, or a whole user id. */
  readonly custodians: readonly string[];
}

export type HoldAsked =
  | { readonly do: 'help' }
  | { readonly do: 'list' }
  | { readonly do: 'show' | 'release'; readonly hold: HoldId }
  | ({ readonly do: 'add' } & HoldTyped);

type Asking = Result<HoldAsked, string>;

/** A message of ours names each of them. */
const MOST_CUSTODIANS = 50;
const LONGEST_CASE = 120;

const acts: Readonly<Record<string, (rest: string) => Asking>> = {
  help: () => ok({ do: 'help' }),
  list: () => ok({ do: 'list' }),
  show: (rest) => named(rest, (hold) => ok({ do: 'show', hold })),
  release: (rest) => named(rest, (hold) => ok({ do: 'release', hold })),
  add: (rest) => named(rest, (hold, more) => added(hold, more)),
};

export function holdAsked(rest: string): Asking {
  const spoken = parseSubcommand(rest);
  if (spoken === undefined) return ok({ do: 'list' });
  const act = Object.hasOwn(acts, spoken.name) ? acts[spoken.name] : undefined;
  if (act !== undefined) return act(spoken.rest);
  const meant = nearest(spoken.name, Object.keys(acts));
  return err(meant === undefined ? 'Say !c hold help for what there is.' : `Did you mean !c hold ${meant}?`);
}

/** Phones begin a line with a capital letter: names are read in lower case. */
function named(rest: string, then: (hold: HoldId, more: string) => Asking): Asking {
  const [, typed = '', more = ''] = /^(\S*)([\s\S]*)$/u.exec(rest.trim()) ?? [];
  if (typed === '') return err('Which hold? !c hold list shows them.');
  const hold = parseHoldId(plainTyping(typed).toLowerCase());
  return hold.ok ? then(hold.value, more.trim()) : err('A hold is called by letters, digits and dashes: acme-matter.');
}

const OPTION = /(?<=^|\s)(?<name>case|custodians?)[::](?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]+))/giu;

function added(hold: HoldId, more: string): Asking {
  const typed = more.replace(/[“”„‟«»＂]/gu, '"');
  const { caseName, custodians } = optionsIn(typed);
  const query = typed.replace(OPTION, ' ').replace(/\s+/gu, ' ').trim();
  if (query === '') return err('What should it cover? Write whom, where or what, as in a search.');
  if (custodians.length > MOST_CUSTODIANS) return err(`Name at most ${String(MOST_CUSTODIANS)} custodians.`);
  if (caseName === undefined) return ok({ do: 'add', hold, query, custodians });
  return caseName === '' || caseName.length > LONGEST_CASE
    ? err('Which case? Write case:acme-2026 or case:"Acme v. Doe".')
    : ok({ do: 'add', hold, query, custodians, case: caseName });
}

interface Options {
  readonly caseName: string | undefined;
  readonly custodians: readonly string[];
}

function optionsIn(typed: string): Options {
  const options = [...typed.matchAll(OPTION)].map(({ groups = {} }) => ({
    isCase: groups['name']?.toLowerCase() === 'case',
    value: (groups['quoted'] ?? groups['plain'] ?? '').trim(),
  }));
  const custodians = options.filter(({ isCase }) => !isCase).flatMap(({ value }) => value.split(/[\s,;]+/u));
  return {
    caseName: options.findLast(({ isCase }) => isCase)?.value,
    custodians: custodians.filter((one) => one !== ''),
  };
}

/** `@bob`, `bob` or a whole user id, of the company's own server; the error is what names none. */
export function custodiansIn(typed: readonly string[], domain: string): Result<readonly UserId[], string> {
  const users = new Set<UserId>();
  for (const one of typed) {
    const name = one.startsWith('@') ? one.toLowerCase() : `@${one.toLowerCase()}`;
    const user = parseUserId(name.includes(':') ? name : `${name}:${domain}`);
    if (!user.ok || name === '@' || !user.value.endsWith(`:${domain}`)) return err(one);
    users.add(user.value);
  }
  return ok([...users]);
}
