/** What a back-test found, as it is read on a phone; examples are quoted masked, when they are shown. */
import { DateTime } from 'luxon';
import type { EntryOf } from '../../core/entry.ts';
import { AS_WORDS, daysOf } from './rule-backtest.ts';
import { grouped } from './shown-time.ts';

type Report = EntryOf<'policy.backtested'>['body'];

/** Months that stand in one line. */
const MOST_MONTHS = 12;

export function backtestWords(report: Report): readonly string[] {
  const { rule, unfit, from, to, judged, flagged, as } = report;
  if (unfit === 'gone') return [`${rule} is not there any more: nothing was tried.`];
  if (unfit === 'not-compiled') return [`${rule} can't be used as it is written: !c rule test ${rule} hello says why.`];
  const head = `${rule}${as === undefined ? '' : AS_WORDS[as]}, last ${daysOf(to - from)}: would have flagged ${grouped(flagged)} of ${messages(judged)}`;
  return [head, ...monthLine(report), ...reviewedLine(report), ...unsaidLine(report)];
}

function monthLine({ months, flagged }: Report): readonly string[] {
  if (months.length < 2 || flagged === 0) return [];
  const shown = months.slice(-MOST_MONTHS).map((one) => `${monthName(one.month)} ${grouped(one.flagged)}`);
  return [shown.join(' · ')];
}

function monthName(month: string): string {
  return DateTime.fromFormat(month, 'yyyy-MM', { zone: 'utc', locale: 'en' }).toFormat('LLL');
}

function reviewedLine({ flagged, violations, falsePositives }: Report): readonly string[] {
  if (flagged === 0) return [];
  const reviewed = violations + falsePositives;
  if (reviewed === 0) return ['None of those was decided by anybody before.'];
  const precision = `${String(Math.round((100 * violations) / reviewed))} %`;
  return [
    `Of those already decided ${violations === 1 ? '1 was a violation' : `${grouped(violations)} were violations`}, ${grouped(falsePositives)} false positive${falsePositives === 1 ? '' : 's'}: ${precision} right`,
  ];
}

function unsaidLine({ erased, failed }: Report): readonly string[] {
  const parts = [
    ...(erased === 0 ? [] : [`${grouped(erased)} erased`]),
    ...(failed === 0 ? [] : [`${grouped(failed)} too hard for the engine`]),
  ];
  return parts.length === 0 ? [] : [`Not looked at: ${parts.join(', ')}`];
}

function messages(n: number): string {
  return `${grouped(n)} message${n === 1 ? '' : 's'}`;
}
