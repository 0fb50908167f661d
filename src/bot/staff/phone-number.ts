/** Takes the number off the front of what somebody typed, and says in words what is wrong with it. */
import {
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  isSupportedCountry,
  type CountryCode,
} from 'libphonenumber-js/max';
import { parseAddress, type Address } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';

export interface NumberTaken {
  readonly address: Address;
  /** As people write it: +1 202 555 0199. */
  readonly shown: string;
  /** What follows the number, trimmed. */
  readonly rest: string;
}

// Everything that people put between digits: spaces of all kinds, dots, slashes, brackets, hyphens and dashes.
const HEAD =
  /^[+\uff0b(]?[\p{Nd}(][\p{Nd}\s().\-\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u2010-\u2015\u2212/]*/u;
const SAME_LINE_END = /^(?:[:,;\n]|$)/u;

/**
 * `country` (ISO 3166) is where numbers without `+` are read. A number may hold spaces; where its end can't be told
 * from the text that follows, the answer asks instead of guessing: a text to a stranger can't be taken back.
 */
export function takeNumber(text: string, country: string | undefined): Result<NumberTaken, string> {
  const typed = text.replace(/^[\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/u, '');
  const head = HEAD.exec(typed)?.[0].split('\n', 1)[0] ?? '';
  if (!/\p{Nd}/u.test(head)) return err("There's no number in that.");
  const home = supported(country);
  if (home === undefined && !/^[+\uff0b]/u.test(head)) {
    return err('Write the number with its country code, like +1 202 555 0199.');
  }
  const found = SAME_LINE_END.test(typed.slice(head.length)) ? whole(head, home) : starts(head, home);
  const [first, second] = found;
  if (first === undefined) return err(problem(head, home));
  if (second !== undefined) {
    return err(`Is it ${first.shown} or ${second.shown}? Put a colon after the number.`);
  }
  const rest = typed.slice(first.length).replace(/^[\s:,;]+/u, '');
  return ok({ address: first.address, shown: first.shown, rest });
}

function supported(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

interface Candidate {
  readonly address: Address;
  readonly shown: string;
  /** How much of the text it takes. */
  readonly length: number;
}

function whole(head: string, home: CountryCode | undefined): Candidate[] {
  const one = candidate(head, home, 'isPossible');
  return one === undefined ? [] : [one];
}

/** Every beginning of `head` that ends at a space and is a number, each number once. */
function starts(head: string, home: CountryCode | undefined): Candidate[] {
  const ends = [...head.matchAll(/\p{Nd}(?=\s|$)/gu)].map((match) => match.index + match[0].length);
  for (const check of ['isValid', 'isPossible'] as const) {
    const found = ends.map((end) => candidate(head.slice(0, end), home, check)).filter((one) => one !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}

function candidate(
  text: string,
  home: CountryCode | undefined,
  check: 'isValid' | 'isPossible',
): Candidate | undefined {
  const number = parsePhoneNumberFromString(readable(text), {
    extract: false,
    ...(home === undefined ? {} : { defaultCountry: home }),
  });
  if (number?.[check]() !== true) return undefined;
  const address = parseAddress(number.number);
  return address.ok ? { address: address.value, shown: number.formatInternational(), length: text.length } : undefined;
}

/** Without what phones put around and into a number that they show. */
function readable(text: string): string {
  return text.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]/gu, '').replace('\uff0b', '+');
}

function problem(head: string, home: CountryCode | undefined): string {
  const number = readable(head).trim();
  switch (validatePhoneNumberLength(number, home)) {
    case 'TOO_SHORT':
      return `${number} is too short for a phone number.`;
    case 'TOO_LONG':
      return `${number} is too long for a phone number.`;
    case 'INVALID_COUNTRY':
      return `${number} begins with a country code that doesn't exist.`;
    default:
      return `${number} is not a phone number.`;
  }
}

/** The country of a line's own number, for reading local numbers. */
export function countryOf(address: string): string | undefined {
  return parsePhoneNumberFromString(address)?.country;
}

/** Whether `text` is a number and nothing else: then it is probably somebody to write to. */
export function bareNumber(text: string, country: string | undefined): NumberTaken | undefined {
  if (/[\p{L}!?]/u.test(text) || (text.match(/\p{Nd}/gu) ?? []).length < 7) return undefined;
  const taken = takeNumber(text, country);
  return taken.ok && taken.value.rest === '' ? taken.value : undefined;
}
