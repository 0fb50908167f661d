/** What `!c rule …` asks for, as phones type it. */
import { parseDuration } from '../../config/values/duration.ts';
import { parseRuleId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { consequences, type Consequence } from '../../core/policy-words.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Switches } from '../../policy/rules/rules-on-record.ts';
import type { Misread } from '../command.ts';
import { parseSubcommand, plainTyping } from '../command-line.ts';

export type RuleAsked =
  | { readonly do: 'help' | 'reload' }
  | { readonly do: 'list'; readonly part: string }
  | { readonly do: 'show' | 'history' | 'approve'; readonly id: string }
  | { readonly do: 'test'; readonly id: string; readonly text: string }
  | { readonly do: 'set'; readonly id: string; readonly set: Switches }
  /** Without a rule: how far the one under way is. */
  | { readonly do: 'backtest'; readonly id: string | undefined; readonly spanMs: number };

type Asking = Result<RuleAsked, string>;

/** One line for each act that works as it stands. */
const examples: Readonly<Partial<Record<string, string>>> = {
  list: '!c rule list card',
  show: '!c rule show card-number',
  history: '!c rule history card-number',
  approve: '!c rule approve card-number',
  enable: '!c rule enable card-number',
  disable: '!c rule disable card-number',
  set: '!c rule set card-number then=flag dryRun=on',
  backtest: '!c rule backtest card-number 90d',
  test: '!c rule test card-number it is 4111 1111 1111 1111',
};

const acts: Readonly<Record<string, (rest: string) => Asking>> = {
  help: () => ok({ do: 'help' }),
  reload: () => ok({ do: 'reload' }),
  list: (rest) => ok({ do: 'list', part: plainTyping(rest).toLowerCase() }),
  show: (rest) => named(rest, (id) => ok({ do: 'show', id })),
  history: (rest) => named(rest, (id) => ok({ do: 'history', id })),
  approve: (rest) => named(rest, (id) => ok({ do: 'approve', id })),
  enable: (rest) => named(rest, (id) => ok({ do: 'set', id, set: { enabled: true } })),
  disable: (rest) => named(rest, (id) => ok({ do: 'set', id, set: { enabled: false } })),
  set: (rest) => named(rest, (id, more) => settingOf(id, more)),
  backtest: (rest) =>
    rest.trim() === '' ? ok({ do: 'backtest', id: undefined, spanMs: 0 }) : named(rest, (id, more) => spanOf(id, more)),
  test: (rest) =>
    named(rest, (id, text) => (text === '' ? err('Which text should it be tried on?') : ok({ do: 'test', id, text }))),
};

export function ruleAsked(rest: string): Result<RuleAsked, Misread> {
  const spoken = parseSubcommand(rest);
  if (spoken === undefined) return ok({ do: 'help' });
  const act = Object.hasOwn(acts, spoken.name) ? acts[spoken.name] : undefined;
  if (act !== undefined) {
    const asked = act(spoken.rest);
    return asked.ok ? asked : misread(asked.error, spoken.name);
  }
  const meant = nearest(spoken.name, Object.keys(acts));
  return misread(meant === undefined ? 'Say !c rule help for what there is.' : `Did you mean !c rule ${meant}?`, meant);
}

function misread(what: string, act = 'list'): Result<never, Misread> {
  return err({ what, example: examples[act] ?? `!c rule ${act}` });
}

/** Phones begin a line with a capital letter: names are read in lower case. What follows stays as typed. */
function named(rest: string, then: (id: string, more: string) => Asking): Asking {
  const [, typed = '', more = ''] = /^(\S*)([\s\S]*)$/u.exec(rest.trim()) ?? [];
  if (typed === '') return err('Which rule? !c rule list shows them.');
  const id = parseRuleId(plainTyping(typed).toLowerCase());
  return id.ok ? then(id.value, more.trim()) : err('That is no name of a rule. !c rule list shows them.');
}

function settingOf(id: string, typed: string): Asking {
  const words = plainTyping(typed).toLowerCase();
  const parts = words === '' ? [] : words.split(' ');
  let set: Switches = {};
  for (const part of parts) {
    const [key = '', value = ''] = part.split('=');
    const one = switchOf(key, value);
    if (one === undefined)
      return err(`"${part.slice(0, 40)}" can't be set. Write then=flag, dryRun=on or enabled=off.`);
    set = { ...set, ...one };
  }
  return parts.length === 0 ? err('What should be set?') : ok({ do: 'set', id, set });
}

const DAY_MS = 86_400_000;
const SPAN_BY_DEFAULT_MS = 90 * DAY_MS;
const LONGEST_SPAN_MS = 3_650 * DAY_MS;

function spanOf(id: string, typed: string): Asking {
  const words = plainTyping(typed).toLowerCase().replace(/ /gu, '');
  const spanMs = words === '' ? SPAN_BY_DEFAULT_MS : parseDuration(words);
  const fits = spanMs !== undefined && spanMs >= DAY_MS && spanMs <= LONGEST_SPAN_MS;
  return fits
    ? ok({ do: 'backtest', id, spanMs })
    : err('Over how long? Write 90d, 12w or 1y: a day at least, 10y at most.');
}

function switchOf(key: string, value: string): Switches | undefined {
  if (key === 'then') return isConsequence(value) ? { consequence: value } : undefined;
  const flag = value === 'on' ? true : value === 'off' ? false : undefined;
  if (flag === undefined) return undefined;
  if (key === 'enabled') return { enabled: flag };
  return key === 'dryrun' ? { dryRun: flag } : undefined;
}

function isConsequence(value: string): value is Consequence {
  return consequences.some((one) => one === value);
}
