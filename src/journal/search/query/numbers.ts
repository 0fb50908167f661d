/** Telephone numbers as people write them after a field: with blanks, brackets and dashes, local or with `+`. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { QueryContext } from './query.ts';

const WRITTEN = /^[+(]?[\d\s().\u2010-\u2015/-]*/u;
/** Blanks that a written number may hold; E.164 has at most 15 digits. */
const MOST_PARTS = 15;

export interface WrittenNumber {
  readonly e164: string;
  /** Characters of the text that belong to it. */
  readonly length: number;
}

/** The shortest valid number that `text` begins with and that ends at a blank or at the end; undefined without one. */
export function numberAt(text: string, { country }: Pick<QueryContext, 'country'>): WrittenNumber | undefined {
  const written = WRITTEN.exec(text)?.[0] ?? '';
  const parts = written
    .trimEnd()
    .split(/(?<=\s)(?=\S)/u)
    .slice(0, MOST_PARTS);
  for (let count = 1; count <= parts.length; count += 1) {
    const candidate = withoutOpenEnd(parts.slice(0, count).join('').trimEnd());
    const next = text.charAt(candidate.length);
    const ends = next === '' || /[\s)]/u.test(next);
    const e164 = ends ? validNumber(candidate, country) : undefined;
    if (e164 !== undefined) return { e164, length: candidate.length };
  }
  return undefined;
}

/** A bracket at the end that the number did not open belongs to the query. */
function withoutOpenEnd(text: string): string {
  const closed = text.split(')').length > text.split('(').length;
  return closed && text.endsWith(')') ? text.slice(0, -1) : text;
}

function validNumber(text: string, country: string | undefined): string | undefined {
  const where = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const plain = text.replaceAll(/[\u2010-\u2015]/gu, '-');
  const number = parsePhoneNumberFromString(plain, { ...(where && { defaultCountry: where }), extract: false });
  return number?.isValid() === true ? number.number : undefined;
}
