/**
 * Texts in a person's copy, without what is other people's: their numbers and names, and the ids of users. Which numbers
 * and names are other people's is known by the record: they belong to contacts that are on it.
 */
import { YOU } from './copy-people.ts';

const NUMBER = /(?<![\p{L}\d+])[+(]{0,2}\d(?:[ .\-/()\u2010-\u2015\u00a0]{0,2}\d){6,18}(?![\p{L}\d])/gu;
const NAMED = /\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*){0,3}/gu;
const USER = /@[a-z0-9._=/+-]+:[a-z0-9.-]+(?::\d+)?/giu;
/** Fewer are no number by which somebody is reached. */
const LEAST_DIGITS = 7;
/** Of one text. */
const MOST_ASKED = 500;
/** A number as it stands in a text may be of anybody: what was asked before is not asked again. */
const REMEMBERED = 5_000;

const SOMEBODY = '[somebody else]';
const NUMBER_OF_SOMEBODY = '[number of somebody else]';

/** Of these names and numbers, as they were given, those of people on record who are not the person. */
export type OthersAmong = (given: readonly string[]) => Promise<ReadonlySet<string>>;

export interface MaskedText {
  readonly text: string;
  /** How many places of it are not shown. */
  readonly masked: number;
}

export class TextMask {
  readonly #othersAmong: OthersAmong;
  readonly #called: (user: string) => string;
  readonly #known = new Map<string, boolean>();

  constructor(othersAmong: OthersAmong, called: (user: string) => string) {
    this.#othersAmong = othersAmong;
    this.#called = called;
  }

  async masked(text: string): Promise<MaskedText> {
    const asked = asksOf(text);
    const others = await this.#others(asked);
    let count = 0;
    const hidden = (as: string): string => {
      count += 1;
      return as;
    };
    // The longest first: a name may be the beginning of a longer one.
    const longest = [...others].toSorted((a, b) => b.length - a.length);
    const withoutUsers = text.replace(USER, (user) => {
      const called = this.#called(user.toLowerCase());
      return called === YOU ? called : hidden(called);
    });
    const masked = longest.reduce(
      (left, other) =>
        left.replaceAll(whole(other), () => hidden(/^[+(\d]/u.test(other) ? NUMBER_OF_SOMEBODY : SOMEBODY)),
      withoutUsers,
    );
    return { text: masked, masked: count };
  }

  async #others(asked: readonly string[]): Promise<readonly string[]> {
    if (this.#known.size > REMEMBERED) this.#known.clear();
    const unknown = asked.filter((one) => !this.#known.has(one));
    const others = unknown.length === 0 ? undefined : await this.#othersAmong(unknown);
    for (const one of unknown) this.#known.set(one, others?.has(one) === true);
    return asked.filter((one) => this.#known.get(one) === true);
  }
}

/** What stands in a text and could be somebody's number or name. */
function asksOf(text: string): readonly string[] {
  const numbers = [...text.matchAll(NUMBER)].flatMap(([number]) => numbersIn(number));
  const names = [...text.matchAll(NAMED)].flatMap(([words]) => namesIn(words));
  return [...new Set([...numbers, ...names])].slice(0, MOST_ASKED);
}

/** Digits that merely stand beside a number are no part of it: `+12025550142 2 pm`, `(+12025550142`. */
function numbersIn(digits: string): readonly string[] {
  const runs = runsOf(digits.split(' ')).filter((run) => run.replace(/\D/gu, '').length >= LEAST_DIGITS);
  return runs.flatMap((run) => (run.startsWith('(') ? [run, run.slice(1)] : [run]));
}

/** `Dear Ann Lee`: all of it, `Dear Ann`, `Ann Lee`, `Ann`, ... */
function namesIn(words: string): readonly string[] {
  return runsOf(words.split(' '))
    .map((run) => run.replace(/['’-]+$/u, ''))
    .filter((run) => run.length > 2);
}

/** Every run of neighbours, the longest from each first. */
function runsOf(words: readonly string[]): readonly string[] {
  return words.flatMap((_, from) =>
    words.slice(from).map((__, less) => words.slice(from, words.length - less).join(' ')),
  );
}

function whole(text: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d])${text.replace(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`)}(?![\\p{L}\\d])`, 'gu');
}
