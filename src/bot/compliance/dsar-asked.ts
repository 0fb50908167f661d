/** What `!c dsar …` asks for, as phones type it. */
import { DateTime } from 'luxon';
import { must, parseMillis, type Millis, type Position } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import type { DsarWants } from '../../core/person-entries.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { parseItemId } from '../../policy/verdicts/item-id.ts';
import { parseSubcommand, plainTyping } from '../command-line.ts';

export interface DsarTyped {
  readonly names: readonly string[];
  readonly wants: DsarWants;
  /** `2026-12-24`: a day that exists. */
  readonly due?: string;
}

export type DsarAsked =
  | { readonly do: 'help' | 'list' }
  | { readonly do: 'show' | 'run' | 'letter'; readonly request: Position }
  | ({ readonly do: 'new' } & DsarTyped);

type Asking = Result<DsarAsked, string>;

/** Addresses of one person. */
const MOST_NAMES = 20;
const LONGEST_NAME = 255;

const acts: Readonly<Record<string, (rest: string) => Asking>> = {
  help: () => ok({ do: 'help' }),
  list: () => ok({ do: 'list' }),
  show: (rest) => (plainTyping(rest) === '' ? ok({ do: 'list' }) : named('show', rest)),
  run: (rest) => named('run', rest),
  letter: (rest) => named('letter', rest),
  new: (rest) => opened(plainTyping(rest)),
};

export function dsarAsked(rest: string): Asking {
  const spoken = parseSubcommand(rest);
  if (spoken === undefined) return ok({ do: 'list' });
  const act = Object.hasOwn(acts, spoken.name) ? acts[spoken.name] : undefined;
  if (act !== undefined) return act(spoken.rest);
  const meant = nearest(spoken.name, Object.keys(acts));
  return err(meant === undefined ? 'Say !c dsar help for what there is.' : `Did you mean !c dsar ${meant}?`);
}

function named(act: 'show' | 'run' | 'letter', rest: string): Asking {
  const typed = plainTyping(rest).replace(/^(?:request|dsar)\s+/iu, '');
  if (typed === '') return err('Which request? !c dsar show lists them.');
  const request = parseItemId(typed);
  return request.ok ? ok({ do: act, request: request.value }) : err("That isn't a request's id.");
}

/** The person may be called anything: what is wanted, and until when, is read from the end. */
const WISH =
  /^(?<who>.*?)[\s,;:]+(?:for\s+)?(?<wants>access|erase|erasure)(?:[\s,;]+(?:due|by|until)[\s:]*(?<due>[^\s.!]+))?[.!]?$/iu;

function opened(typed: string): Asking {
  const { who, wants, due } = WISH.exec(typed)?.groups ?? {};
  if (who === undefined || wants === undefined) return err('Who, and what do they want: access or erase?');
  const names = namesIn(who);
  if (!names.ok) return names;
  if (due !== undefined && !isDay(due)) return err('By which day? Write it like 2026-12-24.');
  const asked = {
    do: 'new',
    names: names.value,
    wants: wants.toLowerCase() === 'access' ? 'access' : 'erase',
  } as const;
  return ok(due === undefined ? asked : { ...asked, due });
}

function namesIn(who: string): Result<readonly string[], string> {
  const names = who
    .split(/[,;]/u)
    .map((name) => name.replace(/^[\s"']+|[\s"']+$/gu, ''))
    .filter((name) => name !== '');
  if (names.length === 0) return err('Whose data? Write a number, a name or @bob.');
  if (names.length > MOST_NAMES) return err(`Name at most ${String(MOST_NAMES)} addresses of one person.`);
  return names.some((name) => name.length > LONGEST_NAME) ? err('Nobody is called so: that is too long.') : ok(names);
}

function isDay(typed: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/u.test(typed) && DateTime.fromISO(typed).isValid;
}

/** The last moment of that day. */
export function endOfDay(due: string, timezone: string): Millis {
  return must(parseMillis(DateTime.fromISO(due, { zone: timezone }).endOf('day').toMillis()));
}
