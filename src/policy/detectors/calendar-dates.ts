/** Days as people write them: 12.03.1985, 1985-03-12, 12 March 1985, March 12, 1985, 12 de marzo de 1985. */
import type { Span } from '../normalised.ts';

export interface DateSeen {
  readonly span: Span;
  /** ISO 8601. */
  readonly day: string;
}

/** Folded: without accents. The first three or four letters tell the month in English, German, French and Spanish. */
const months: readonly (readonly string[])[] = [
  ['january', 'jan', 'januar', 'janner', 'janvier', 'enero', 'ene'],
  ['february', 'feb', 'februar', 'feber', 'fevrier', 'fev', 'febrero'],
  ['march', 'mar', 'marz', 'maerz', 'mrz', 'mars', 'marzo'],
  ['april', 'apr', 'avril', 'avr', 'abril', 'abr'],
  ['may', 'mai', 'mayo'],
  ['june', 'jun', 'juni', 'juin', 'junio'],
  ['july', 'jul', 'juli', 'juillet', 'juil', 'julio'],
  ['august', 'aug', 'aout', 'agosto', 'ago'],
  ['september', 'sep', 'sept', 'septembre', 'septiembre'],
  ['october', 'oct', 'oktober', 'okt', 'octobre', 'octubre'],
  ['november', 'nov', 'novembre', 'noviembre'],
  ['december', 'dec', 'dezember', 'dez', 'decembre', 'diciembre', 'dic'],
];
const numberOfMonth: ReadonlyMap<string, number> = new Map(
  months.flatMap((names, i) => names.map((name) => [name, i + 1] as const)),
);
const names = [...numberOfMonth.keys()].sort((a, b) => b.length - a.length).join('|');

const inFigures =
  /(?<![\p{L}\p{N}_.:/-])(?<d>\d{1,2})(?<s>[./ -]|\. )(?<m>\d{1,2})\k<s>(?<y>\d{4}|\d{2})(?![\p{L}\p{N}_/:-]|\.\d)/gu;
const yearFirst =
  /(?<![\p{L}\p{N}_.:/-])(?<y>\d{4})(?<s>[./-])(?<m>\d{1,2})\k<s>(?<d>\d{1,2})(?![\p{L}\p{N}_/:-]|\.\d)/gu;
const dayAndName = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?<d>\\d{1,2})(?:st|nd|rd|th|er|\\.)?(?: of| de)? ?(?<m>${names})\\.?(?: de| del)?,? ?(?<y>\\d{4})(?![\\p{L}\\p{N}_])`,
  'gu',
);
const nameAndDay = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?<m>${names})\\.? (?<d>\\d{1,2})(?:st|nd|rd|th)?,? (?<y>\\d{4})(?![\\p{L}\\p{N}_])`,
  'gu',
);

/** Days that exist. Of 03/04/1985 the day comes first unless it can't; two-digit years are of the last century. */
export function* datesIn(folded: string): Generator<DateSeen> {
  for (const writing of [inFigures, yearFirst, dayAndName, nameAndDay]) {
    for (const match of folded.matchAll(writing)) {
      const { d: date = '', m: month = '', y: year = '' } = match.groups ?? {};
      const named = numberOfMonth.get(month);
      const day = dayOf(year, String(named ?? month), date) ?? dayOf(year, date, month);
      if (day !== undefined) yield { span: { start: match.index, end: match.index + match[0].length }, day };
    }
  }
}

function dayOf(yearText: string, monthText: string, dateText: string): string | undefined {
  const year = Number(yearText.length === 2 ? `19${yearText}` : yearText);
  const [month, date] = [Number(monthText), Number(dateText)];
  if (month < 1 || month > 12 || date < 1 || date > daysOf(year, month)) return undefined;
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

/** Of a month from 1 to 12, by the Gregorian calendar. */
export function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
