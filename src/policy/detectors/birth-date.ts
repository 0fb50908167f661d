/**
 * Days on which somebody was born: a date is one only where a word right before it (or behind it) says so. Judging knows
 * no time, so a year is believed from 1900 on, whenever it is judged.
 */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import { bestOf } from './best-candidates.ts';
import { datesIn } from './calendar-dates.ts';
import { endOf } from './masked.ts';
import { longestRun } from './numbers-in.ts';

/** Characters before and behind a date in which the word has to stand. */
const before = 40;
const behind = 24;
/** A year, or day, month and year in short. */
const fewestDigits = 4;
const earliest = '1900';
const latest = '2100';
const says =
  /(?<![\p{L}\p{N}])(?:dob|d\.o\.b|date of birth|birth ?date|birth ?day|born|geb|geboren|geburtsdatum|geburtstag|nee? le|date de naissance|naissance|nacid[oa]|fecha de nacimiento|nacimiento|cumpleanos|anniversaire)(?![\p{L}\p{N}])/u;
const saysBehind = /\b(?:dob|born|geb|geboren|birth|birthday|date of birth|nacimiento|naissance)\b/u;
/** A part of each of those words. */
const hint = /dob|d\.o\.b|birth|born|geb|nee? le|naiss|naci|cumple|anniv/u;
const rightBehind = new RegExp(`^ ?[(,]?[ ]?${saysBehind.source.slice(2)}`, 'u');
/** Words of another date in between: "born in Rome, joined on 12.03.2019". */
const other = /(?:joined|hired|due|expires?|signed|since|seit|eingestellt|depuis|desde)\b[^.]*$/u;

export const birthDate: Detector = {
  id: must(parseDetectorId('birth-date')),
  says: 'a date of birth',
  contextWords: [
    ...['born', 'birth', 'birthday', 'birthdate', 'dob', 'age', 'geboren', 'geb', 'geburtsdatum', 'geburtstag'],
    ...['naissance', 'ne', 'nee', 'anniversaire', 'nacimiento', 'nacido', 'nacida', 'cumpleaños'],
  ],
  digits: fewestDigits,
  mayBeIn: (readings) => longestRun(readings) >= fewestDigits,
  find: ({ plain }) => bestOf(found(plain.folded)),
};

function* found(folded: string): Generator<Candidate> {
  if (!hint.test(folded) || (!says.test(folded) && !saysBehind.test(folded))) return;
  for (const { span, day } of datesIn(folded)) {
    if (day < earliest || day > latest || !isOfBirth(folded, span)) continue;
    yield { span, value: day, confidence: 0.5, checksum: 'none', masked: endOf(day) };
  }
}

function isOfBirth(folded: string, span: Candidate['span']): boolean {
  const ahead = folded.slice(Math.max(0, span.start - before), span.start);
  const word = says.exec(ahead);
  if (word !== null) return !other.test(ahead.slice(word.index + word[0].length));
  return rightBehind.test(folded.slice(span.end, span.end + behind));
}
