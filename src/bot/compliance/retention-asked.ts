/** What `!c retention show` and `set` ask for, as phones type it. */
import { parseRoomAlias, type RoomAlias } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ClassState } from '../../retention/classes/class-state.ts';
import { isKind, kindsAndFamilies } from '../../retention/classes/kinds.ts';
import { targetOf, type Target } from '../../retention/classes/target.ts';
import { plainTyping } from '../command-line.ts';

/** What names can stand for at a desk. */
export interface Nameable {
  readonly lines: readonly string[];
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

const VERDICTS = ['flagged', 'quarantined', 'unscanned'];

export type TargetTyped =
  | { readonly is: 'target'; readonly target: Target }
  /** It has to be looked up. */
  | { readonly is: 'alias'; readonly alias: RoomAlias };

/** `lunch short-30d`: the last word is the class, all before it which records. */
export function setTyped(rest: string): Result<{ readonly what: string; readonly class: string }, string> {
  const words = plainTyping(rest)
    .split(' ')
    .filter((word) => word !== '' && word !== '=');
  const given = words.at(-1);
  if (given === undefined || words.length < 2) return err('Which records, and which class?');
  if (words.length > 2) return err('Name one thing and one class.');
  return ok({ what: words[0] ?? '', class: given.toLowerCase() });
}

/** A line, tag or group by its name alone, a verdict, a room's id or address, or `kind:policy`. */
export function targetTyped(typed: string, names: Nameable): Result<TargetTyped, string> {
  const alias = parseRoomAlias(typed);
  if (alias.ok) return ok({ is: 'alias', alias: alias.value });
  const word = typed.startsWith('!') || typed.includes(':!') ? typed : typed.toLowerCase();
  const bare = bareTarget(word, names);
  const target = bare ?? targetOf(word);
  if (target === undefined) return err(unknown(word, names));
  const wrong = unknownIn(target, names);
  return wrong === undefined ? ok({ is: 'target', target }) : err(wrong);
}

function bareTarget(word: string, { lines, tags, groups }: Nameable): Target | undefined {
  if (lines.includes(word)) return targetOf(`line:${word}`);
  if (tags.includes(word)) return { tag: word };
  if (groups.includes(word)) return { group: word };
  return VERDICTS.includes(word) ? { verdict: word } : undefined;
}

function unknown(word: string, { lines, tags, groups }: Nameable): string {
  const meant = nearest(word, [...lines, ...tags, ...groups, ...VERDICTS]);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `"${word.slice(0, 60)}" is no line, tag, group or room here.${hint}`;
}

/** In words, where it names something that isn't there. */
function unknownIn({ line, tag, group, kind }: Target, names: Nameable): string | undefined {
  return (
    missing('line', line, names.lines) ??
    missing('tag', tag, names.tags) ??
    missing('group', group, names.groups) ??
    (kind === undefined || isKind(kind) ? undefined : missing('kind of record', kind, kindsAndFamilies()))
  );
}

function missing(what: string, name: string | undefined, known: readonly string[]): string | undefined {
  if (name === undefined || known.includes(name)) return undefined;
  const meant = nearest(name, known);
  return `There is no ${what} ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

/** In words, where there is no such class. */
export function noSuchClass(name: string, { classes }: Pick<ClassState, 'classes'>): string {
  const ids = classes.map(({ id }) => id);
  const meant = nearest(name, ids);
  const hint = meant === undefined ? `There are: ${ids.join(', ')}.` : `Did you mean ${meant}?`;
  return `There is no class ${name.slice(0, 60)}. ${hint}`;
}
