/** What went and what stays, in words that fit a phone. */
import type { Millis } from '../../core/ids.ts';
import type { ClassCount, StayCount, StayReason } from '../../core/retention-entries.ts';

const reasons: Readonly<Record<StayReason, string>> = {
  hold: 'under the hold',
  'open-task': 'something about them is still being done',
  'open-item': 'somebody has yet to decide about them',
  needed: 'the house is built on them: rooms, contacts, rules in force',
  'spoken-of': 'they speak of records that are still there',
  'longer-class': 'another class keeps them longer',
  duty: 'a law asks for them',
  others: 'they are as much about somebody else',
  'not-captured': 'not on record for certain yet',
};

export function grouped(n: number): string {
  return String(n).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** `1 deleted`, `2,114 records` */
export function plural(n: number, what: string): string {
  return `${grouped(n)} ${what}`;
}

export function records(n: number): string {
  return n === 1 ? '1 record' : `${grouped(n)} records`;
}

function files(n: number): string {
  return n === 0 ? '' : `, ${n === 1 ? '1 file' : `${grouped(n)} files`} among them`;
}

/** `us-finra-6y: 1,204 records, 3 files among them, of 2020-01-02 to 2020-01-03` */
export function goneWords({ class: of, entries, files: n, from, to }: ClassCount, authority?: string): string {
  const days = dayOf(from) === dayOf(to) ? `of ${dayOf(from)}` : `of ${dayOf(from)} to ${dayOf(to)}`;
  return `${of}: ${records(entries)}${files(n)}, ${days}${authority === undefined || authority === '' ? '' : ` (${authority})`}`;
}

/** `2,114 records: under the hold acme-matter` */
export function stayWords({ why, hold, entries }: StayCount): string {
  return `${records(entries)}: ${reasons[why]}${hold === undefined ? '' : ` ${hold}`}`;
}

/** By UTC: what is kept and deleted is counted by it. */
export function dayOf(time: Millis): string {
  return new Date(time).toISOString().slice(0, 10);
}
