/** The decision: whether an opened record is meant by a query. The index only spares opening the others. */
import type { Entry } from '../../core/entry.ts';
import { has, is, isDeletionByPerson, isMessage, isRefusedMessage, textsOf, type Is } from './entry-texts.ts';
import { familyOf } from './entry-tokens.ts';
import type { Constraint } from './field-resolver.ts';
import { TAKEN_AWAY } from './marks.ts';
import type { Plan } from './plan.ts';
import type { Phrase, Query, Unit } from './query/query.ts';
import { words } from './words.ts';

type Meant = Pick<Plan, 'query' | 'meant' | 'messagesOnly' | 'withRefused'>;

/** `marks` are the entry's own. */
export function matches(entry: Entry, plan: Meant, marks: ReadonlySet<string> = noMarks): boolean {
  if (plan.messagesOnly && !isMessage(entry) && !(plan.withRefused && isRefusedMessage(entry))) return false;
  return new Decision(entry, plan.meant, marks).on(plan.query);
}

const noMarks: ReadonlySet<string> = new Set();

class Decision {
  readonly #entry: Entry;
  readonly #meant: Plan['meant'];
  readonly #marks: ReadonlySet<string>;
  #texts: readonly (readonly string[])[] | undefined;

  constructor(entry: Entry, meant: Plan['meant'], marks: ReadonlySet<string>) {
    this.#entry = entry;
    this.#meant = meant;
    this.#marks = marks;
  }

  on(query: Query): boolean {
    switch (query.is) {
      case 'and':
        return query.of.every((part) => this.on(part));
      case 'or':
        return query.of.some((part) => this.on(part));
      case 'not':
        return !this.on(query.of);
      case 'phrase':
        return this.#words().some((text) => placesOf(query.phrase, text).length > 0);
      case 'near':
        return this.#words().some((text) => isNear(query, text));
      case 'field':
        return (this.#meant.get(query) ?? []).some((constraint) => meets(this.#entry, constraint));
      case 'marked':
        return this.#marks.has(query.mark);
      case 'state':
        return this.#isSo(query.what);
      default:
        return isOf(this.#entry, query);
    }
  }

  #isSo(what: Is): boolean {
    if (what !== 'deleted') return is(this.#entry, what);
    return isDeletionByPerson(this.#entry) && !this.#marks.has(TAKEN_AWAY);
  }

  #words(): readonly (readonly string[])[] {
    this.#texts ??= textsOf(this.#entry).map((text) => words(text));
    return this.#texts;
  }
}

function isOf(entry: Entry, query: Extract<Query, { is: 'kind' | 'class' | 'has' | 'time' }>): boolean {
  switch (query.is) {
    case 'kind':
      return query.kind === entry.kind || query.kind === familyOf(entry.kind);
    case 'class':
      return query.class === entry.class;
    case 'has':
      return has(entry, query.what);
    case 'time':
      return entry.at >= (query.from ?? -Infinity) && entry.at < (query.to ?? Infinity);
    default:
      return query satisfies never;
  }
}

function meets(entry: Entry, constraint: Constraint): boolean {
  const names = ['actor', 'contact', 'line', 'room', 'portal', 'direction'] as const;
  return names.every((name) => constraint[name] === undefined || constraint[name] === entry[name]);
}

/** Where in `text` the phrase begins. */
function placesOf(phrase: Phrase, text: readonly string[]): readonly number[] {
  const places: number[] = [];
  for (let at = 0; at + phrase.length <= text.length; at += 1) {
    if (phrase.every((unit, i) => isUnit(unit, text[at + i] ?? ''))) places.push(at);
  }
  return places;
}

function isUnit(unit: Unit, word: string): boolean {
  if (unit.is === 'word') return word === unit.text;
  return unit.is === 'prefix' ? word.startsWith(unit.text) : word.includes(unit.text);
}

/** Each next phrase stands, before or after, at most `within` words from one that was reached, and is not the same. */
function isNear({ first, then }: Extract<Query, { is: 'near' }>, text: readonly string[]): boolean {
  let reached = placesOf(first, text).map((at) => ({ from: at, to: at + first.length - 1 }));
  for (const { within, phrase } of then) {
    const spans = placesOf(phrase, text).map((at) => ({ from: at, to: at + phrase.length - 1 }));
    reached = spans.filter((span) =>
      reached.some((other) => {
        const distance = span.from > other.to ? span.from - other.to : other.from - span.to;
        return distance >= 1 && distance <= within;
      }),
    );
  }
  return reached.length > 0;
}
