/**
 * What libphonenumber's own tables say of a number before it is asked: nothing, for most rows of digits. Asking costs 10 to
 * 50 µs, and whoever writes a page of numbers would make everybody wait for it.
 */
import metadata from 'libphonenumber-js/min/metadata';
import { z } from 'zod';

/** Places in a numbering plan, as the package's METADATA.md has them. */
const place = { code: 0, abroad: 1, pattern: 2, lengths: 3, prefix: 5, prefixForParsing: 7, transform: 8 } as const;

const plan = z.array(z.unknown());
const lengthsOf = z.array(z.number());
const tables = z
  .object({
    country_calling_codes: z.record(z.string(), z.array(z.string())),
    countries: z.record(z.string(), plan),
    nonGeographic: z.record(z.string(), plan),
  })
  .parse(metadata);

const mostOfCode = 3;

/** One calling code: what its numbers look like in any of its countries, and what people dial before them there. */
interface CallingCode {
  readonly code: string;
  readonly pattern: RegExp;
  readonly lengths: ReadonlySet<number>;
  readonly prefix: RegExp | undefined;
  readonly transform: string | undefined;
}

interface Country extends CallingCode {
  /** What is dialled before a number abroad. */
  readonly abroad: RegExp;
}

const byCode = new Map<string, CallingCode | undefined>();
const byCountry = new Map<string, Country | undefined>();

/**
 * The number in E.164 (as far as its plan's general form tells) where libphonenumber may find it valid; nothing where it
 * can't. `country`: where a number without a plus is read, ISO 3166, upper case.
 */
export function likelyNumber(digits: string, country: string | undefined): string | undefined {
  if (country === undefined) return abroad(digits);
  const home = countryOf(country);
  if (home === undefined) return undefined;
  const dialled = home.abroad.exec(digits);
  const international = dialled === null ? undefined : abroad(digits.slice(dialled[0].length));
  if (international !== undefined) return international;
  const whole = digits.startsWith(home.code) ? digits.slice(home.code.length) : undefined;
  return inPlan(home, digits) ?? (whole === undefined ? undefined : inPlan(home, whole));
}

function abroad(digits: string): string | undefined {
  for (let length = 1; length <= mostOfCode; length += 1) {
    const code = callingCode(digits.slice(0, length));
    if (code !== undefined) return inPlan(code, digits.slice(length));
  }
  return undefined;
}

/** As it stands, or without what is dialled before it. */
function inPlan(plan: CallingCode, digits: string): string | undefined {
  const { code, prefix, transform } = plan;
  if (fits(plan, digits)) return `+${code}${digits}`;
  const dialled = prefix?.exec(digits);
  if (prefix === undefined || dialled === null || dialled === undefined) return undefined;
  const bare = digits.slice(dialled[0].length);
  if (fits(plan, bare)) return `+${code}${bare}`;
  const other = transform === undefined ? bare : digits.replace(prefix, transform);
  return fits(plan, other) ? `+${code}${other}` : undefined;
}

function fits({ lengths, pattern }: CallingCode, digits: string): boolean {
  return lengths.has(digits.length) && pattern.test(digits);
}

function callingCode(code: string): CallingCode | undefined {
  if (byCode.has(code)) return byCode.get(code);
  const countries = tables.country_calling_codes[code]?.flatMap((country) => [tables.countries[country] ?? []]);
  const other = tables.nonGeographic[code];
  const plans = countries ?? (other === undefined ? [] : [other]);
  const made = plans[0] === undefined ? undefined : codeOf(code, plans, plans[0]);
  byCode.set(code, made);
  return made;
}

/** @param main whose way of dialling counts */
function codeOf(code: string, plans: readonly (readonly unknown[])[], main: readonly unknown[]): CallingCode {
  const prefix = textAt(main, place.prefixForParsing) ?? textAt(main, place.prefix);
  return {
    code,
    pattern: new RegExp(
      `^(?:${[...new Set(plans.flatMap((one) => textAt(one, place.pattern) ?? []))].join('|')})$`,
      'u',
    ),
    lengths: new Set(plans.flatMap((one) => lengthsOf.parse(one[place.lengths]))),
    prefix: prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`, 'u'),
    transform: textAt(main, place.transform),
  };
}

function countryOf(country: string): Country | undefined {
  if (byCountry.has(country)) return byCountry.get(country);
  const own = tables.countries[country];
  const code = own === undefined ? undefined : textAt(own, place.code);
  const made = own === undefined || code === undefined ? undefined : homeOf(code, own);
  byCountry.set(country, made);
  return made;
}

function homeOf(code: string, own: readonly unknown[]): Country {
  const plans = (tables.country_calling_codes[code] ?? []).flatMap((one) => [tables.countries[one] ?? []]);
  return { ...codeOf(code, plans, own), abroad: new RegExp(`^(?:${textAt(own, place.abroad) ?? '00'})`, 'u') };
}

function textAt(of: readonly unknown[], at: number): string | undefined {
  const text = of[at];
  return typeof text === 'string' && text !== '' ? text : undefined;
}
