/** A query with its names resolved, and what of it the index can narrow. */
import { DateTime } from 'luxon';
import { field } from './entry-tokens.ts';
import type { Constraint, FieldResolver } from './field-resolver.ts';
import type { Mark } from './marks.ts';
import { all, and, or, token, type Narrow } from './narrow.ts';
import type { Phrase, Query, Unit } from './query/query.ts';
import type { Tokens } from './tokens.ts';
import { PREFIX_LENGTHS } from './words.ts';

export interface Plan {
  readonly query: Query;
  /** What each `field` of the query means. */
  readonly meant: ReadonlyMap<Query, readonly Constraint[]>;
  /** Without `kind:` and `is:deleted`, only what somebody said to somebody is searched. */
  readonly messagesOnly: boolean;
  /** Asked for by its marks, what was refused before it was said counts as said. */
  readonly withRefused: boolean;
  /** Whether a record's marks have a say. */
  readonly marked: boolean;
  readonly narrow: Narrow;
  /** Fields whose value names nobody and nothing here, as `from:@bob`. */
  readonly unknown: readonly string[];
}

export interface PlanContext {
  readonly resolver: FieldResolver;
  /** Whether there ever was what a mark speaks of. */
  readonly knows: (mark: Mark) => Promise<boolean>;
  readonly tokens: Tokens;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whom and what fields name that are known already: those of what a case covers. */
  readonly given?: ReadonlyMap<Query, readonly Constraint[]>;
  /** Whatever fits is meant, not only what somebody said to somebody: what a hold covers. */
  readonly whole?: true;
}

export async function planOf(query: Query, { resolver, knows, tokens, now, whole, given }: PlanContext): Promise<Plan> {
  const meant = new Map<Query, readonly Constraint[]>();
  const unknown: string[] = [];
  for (const part of partsOf(query)) {
    if (part.is === 'marked' && !(await knows(part.mark))) unknown.push(part.mark);
    if (part.is !== 'field') continue;
    const constraints = given?.get(part) ?? (await resolver.resolve(part.field, part.value));
    meant.set(part, constraints);
    if (constraints.length === 0) unknown.push(`${part.field}:${part.value}`);
  }
  const messagesOnly = whole !== true && !partsOf(query).some((part) => part.is === 'kind' || isDeleted(part));
  const withRefused = asksForMarks(query);
  const asked = new Narrowing(tokens, meant, now).of(query);
  const narrow = messagesOnly ? and([saidOr(withRefused, tokens), asked]) : asked;
  const marked = partsOf(query).some((part) => part.is === 'marked' || isDeleted(part));
  return { query, meant, messagesOnly, withRefused, marked, narrow, unknown };
}

function isDeleted(part: Query): boolean {
  return part.is === 'state' && part.what === 'deleted';
}

/** Every node of the query. */
function partsOf(query: Query): readonly Query[] {
  if (query.is === 'and' || query.is === 'or') return [query, ...query.of.flatMap(partsOf)];
  return query.is === 'not' ? [query, ...partsOf(query.of)] : [query];
}

/** To leave out what has a mark is not to ask for marks. */
function asksForMarks(query: Query): boolean {
  if (query.is === 'and' || query.is === 'or') return query.of.some(asksForMarks);
  return query.is === 'marked';
}

function saidOr(refused: boolean, tokens: Tokens): Narrow {
  const said = token(tokens.knownField(field.message, ''));
  return refused ? or([said, token(tokens.knownField(field.kind, 'policy.refused'))]) : said;
}

class Narrowing {
  readonly #tokens: Tokens;
  readonly #meant: ReadonlyMap<Query, readonly Constraint[]>;
  readonly #now: number;

  constructor(tokens: Tokens, meant: ReadonlyMap<Query, readonly Constraint[]>, now: number) {
    this.#tokens = tokens;
    this.#meant = meant;
    this.#now = now;
  }

  of(query: Query): Narrow {
    switch (query.is) {
      case 'and':
        return and(query.of.map((part) => this.of(part)));
      case 'or':
        return or(query.of.map((part) => this.of(part)));
      case 'not':
        return this.#not(this.of(query.of), query.of);
      case 'phrase':
        return this.#phrase(query.phrase);
      case 'near':
        return and([query.first, ...query.then.map((next) => next.phrase)].map((phrase) => this.#phrase(phrase)));
      case 'field':
        return or((this.#meant.get(query) ?? []).map((constraint) => this.#constraint(constraint)));
      case 'time':
        return this.#time(query.from, query.to);
      case 'marked':
        return query;
      default:
        return this.#exact(query);
    }
  }

  #exact(query: Extract<Query, { is: 'kind' | 'class' | 'has' | 'state' }>): Narrow {
    switch (query.is) {
      case 'kind':
        return this.#field(query.kind.includes('.') ? field.kind : field.family, query.kind);
      case 'class':
        return this.#field(field.class, query.class);
      case 'has':
        return this.#field(field.has, query.what);
      case 'state':
        return this.#field(field.is, query.what);
      default:
        return query satisfies never;
    }
  }

  /**
   * Only what the token says exactly narrows when left out. A candidate with a word's token may still not have it in its
   * text, and of `and` and `or` the parts that narrow nothing are gone already. Not every deletion is a person's.
   */
  #not(narrow: Narrow, of: Query): Narrow {
    const exact = ['field', 'kind', 'class', 'has', 'state'].includes(of.is) && !isDeleted(of);
    if (narrow.is === 'none') return all;
    return exact && narrow.is === 'token' ? { is: 'without', token: narrow.token } : all;
  }

  #field(name: string, value: string): Narrow {
    return token(this.#tokens.knownField(name, value));
  }

  #constraint(constraint: Constraint): Narrow {
    const names = ['actor', 'contact', 'line', 'room', 'portal', 'direction'] as const;
    return and(
      names.flatMap((name) => {
        const value = constraint[name];
        return value === undefined ? [] : [this.#field(field[name], value)];
      }),
    );
  }

  /** A record of very many words has only some of them in the index: its own token stands for the rest. */
  #phrase(phrase: Phrase): Narrow {
    return or([this.#units(phrase), this.#field(field.long, '')]);
  }

  #units(phrase: Phrase): Narrow {
    if (phrase.length > 1 && phrase.every((unit) => unit.is === 'word')) {
      return { is: 'phrase', tokens: phrase.map((unit) => this.#tokens.word(unit.text)) };
    }
    return and(phrase.map((unit) => this.#unit(unit)));
  }

  #unit(unit: Unit): Narrow {
    if (unit.is === 'word') return token(this.#tokens.word(unit.text));
    if (unit.is === 'character') return token(this.#tokens.character(unit.text));
    const characters = Array.from(unit.text);
    const length = PREFIX_LENGTHS.findLast((known) => known <= characters.length);
    return length === undefined ? all : token(this.#tokens.prefix(characters.slice(0, length).join('')));
  }

  /** By years and, in the first and last of them, by months (UTC): whatever is in the span is in one of these. */
  #time(from = 0, to = Math.max(this.#now, from) + FURTHEST_AHEAD_MS): Narrow {
    const first = DateTime.fromMillis(Math.max(from, 0), { zone: 'utc' });
    const last = DateTime.fromMillis(Math.max(Math.min(to, Math.max(this.#now, from) + FURTHEST_AHEAD_MS), 0), {
      zone: 'utc',
    });
    const spans: Narrow[] = [this.#field(field.ahead, '')];
    for (let { year } = first; year <= last.year; year += 1) {
      const start = year === first.year ? first.month : 1;
      const end = year === last.year ? last.month : 12;
      spans.push(...this.#months(year, start, end));
    }
    return or(spans);
  }

  #months(year: number, start: number, end: number): readonly Narrow[] {
    if (start === 1 && end === 12) return [this.#field(field.year, String(year))];
    const count = Math.max(0, end - start + 1);
    return Array.from({ length: count }, (_, i) => this.#field(field.month, `${year}-${start + i}`));
  }
}

/** How far our own clock may be wrong: records dated later than a day after their recording have a token of their own. */
const FURTHEST_AHEAD_MS = 2 * 366 * 86_400_000;
