/** Holds in words: what one is, where it stands, what it covers. */
import { DateTime } from 'luxon';
import type { EntryOf } from '../../core/entry.ts';
import type { ClassId, Millis } from '../../core/ids.ts';
import type { HoldSelector } from '../../core/retention-entries.ts';
import type { Coverage } from '../../retention/holds/coverage.ts';
import type { Custodian, Hold } from '../../retention/holds/hold-store.ts';
import { oneLine } from '../quote.ts';
import { personShown } from './ended-words.ts';
import { grouped, shownTime } from './shown-time.ts';
import { NO, YES } from './tap.ts';

export interface ShownFor {
  readonly timezone: string;
  readonly now: Millis;
}

/** `acme-matter · stands since Mon 10:14 · case Acme v. Doe` */
export function holdLine(hold: Hold, shown: ShownFor): string {
  const of = hold.case === undefined ? [] : [`case ${oneLine(hold.case)}`];
  return [hold.hold, stateWords(hold, shown), ...of].join(' · ');
}

function stateWords({ state, at, by }: Hold, { timezone, now }: ShownFor): string {
  const since = `since ${shownTime(at, timezone, now)} (${personShown(by)})`;
  if (state === 'released') return `released, was placed ${shownTime(at, timezone, now)} (${personShown(by)})`;
  return state === 'standing' ? `stands ${since}` : `stands ${since}, its release waits for a second officer`;
}

export function holdWords(hold: Hold, custodians: readonly Custodian[], shown: ShownFor): string {
  return [
    holdLine(hold, shown),
    `Covers: ${oneLine(hold.query)}`,
    ...(custodians.length === 0
      ? []
      : ['Told to keep what is theirs:', ...custodians.map((one) => custodianLine(one, shown))]),
  ].join('\n');
}

function custodianLine({ user, acknowledgedAt }: Custodian, { timezone, now }: ShownFor): string {
  const read =
    acknowledgedAt === undefined ? 'has not confirmed it yet' : `read it ${shownTime(acknowledgedAt, timezone, now)}`;
  return `${acknowledgedAt === undefined ? '·' : '✓'} ${personShown(user)} ${read}`;
}

/** What it keeps of what is there, what of what will come, and which deletions it stops. */
export function coverageWords(
  { body }: EntryOf<'hold.placed'>,
  coverage: Coverage,
  { timezone, now }: ShownFor,
): string {
  const { records, files, complete } = coverage;
  const atLeast = complete ? '' : 'at least ';
  const told =
    body.custodians.length === 0
      ? []
      : [
          `Told to keep what is theirs: ${body.custodians.map(personShown).join(', ')}. !c hold show ${body.hold} says who confirmed it.`,
        ];
  return [
    `${body.hold} stands: nothing it covers goes from now on.`,
    `Now it keeps ${atLeast}${counted(records, 'record')}, ${atLeast}${counted(files, 'file')} among them.`,
    'What belongs to a message stays with it: edits, reactions, files, receipts, verdicts.',
    comingWords(body.selector, timezone, now),
    stopsWords(coverage, timezone),
    ...told,
  ].join('\n');
}

function counted(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}

function comingWords({ from, until }: HoldSelector, timezone: string, now: Millis): string {
  if (until !== undefined && until <= now) {
    return `Of what comes it keeps only what is dated before ${day(until, timezone)}.`;
  }
  const when = [
    ...(from !== undefined && from > now ? [`from ${day(from, timezone)}`] : []),
    ...(until === undefined ? [] : [`before ${day(until, timezone)}`]),
  ];
  return `New records that fit are kept as they come${when.length === 0 ? '' : `, dated ${when.join(' and ')}`}.`;
}

function day(at: number, timezone: string): string {
  return DateTime.fromMillis(at, { zone: timezone, locale: 'en' }).toFormat('d LLL yyyy HH:mm').replace(' 00:00', '');
}

/** The deletions that it stops. */
function stopsWords({ classes, firstDue }: Coverage, timezone: string): string {
  const erasing = "erasing for a person's request";
  if (firstDue === undefined) return `Stops: ${erasing}. By age none of them would go.`;
  return `Stops: deletion by age${classWords(classes)}, the first of them from ${day(firstDue, timezone)}; and ${erasing}.`;
}

const MOST_CLASSES = 5;

function classWords(classes: ReadonlyMap<ClassId, number>): string {
  const most = [...classes].toSorted(([, a], [, b]) => b - a).slice(0, MOST_CLASSES);
  return most.length === 0 ? '' : ` (${most.map(([name, n]) => `${name} ${grouped(n)}`).join(', ')})`;
}

export function releaseCardHead({ body }: EntryOf<'hold.release-requested'>): string {
  return `Hold ${body.hold} · release asked by ${personShown(body.by)}`;
}

export function openReleaseCard(request: EntryOf<'hold.release-requested'>, hold: Hold): string {
  return [
    releaseCardHead(request),
    `Covers: ${oneLine(hold.query)}`,
    'Released, its records go when their time is over.',
    `${YES} release   ${NO} keep   !c hold show ${hold.hold}`,
  ].join('\n');
}

/** `released, Omar agreed 10:14` */
export function endedReleaseWords(
  entry: EntryOf<'hold.release-requested'> | EntryOf<'hold.released'>,
  time: (at: Millis) => string,
): string {
  const when = time(entry.recordedAt);
  if (entry.kind === 'hold.release-requested') {
    return entry.body.refused === true
      ? `kept: ${personShown(entry.body.by)} said no ${when}`
      : `asked for again ${when}`;
  }
  const { by, approvedBy } = entry.body;
  return approvedBy === undefined
    ? `released by ${personShown(by)} ${when}`
    : `released, ${personShown(approvedBy)} agreed ${when}`;
}
