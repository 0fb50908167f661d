/** Runs of retention as an officer reads them: what would go, what went, why the rest stays. Short, for a phone. */
import type { EntryBodies, EntryOf } from '../../core/entry.ts';
import type { ClassCount, StayCount } from '../../core/retention-entries.ts';
import { dayOf, goneWords, grouped, records, stayWords } from '../../retention/certificate/words.ts';
import { personShown } from './ended-words.ts';
import { NO, YES } from './tap.ts';

export function totalOf(counts: readonly ClassCount[]): number {
  return counts.reduce((sum, one) => sum + one.entries, 0);
}

/** `1,204 records would go` and the reasons of the rest. */
export function previewLines({
  due,
  stays,
}: Pick<EntryBodies['retention.previewed'], 'due' | 'stays'>): readonly string[] {
  const total = totalOf(due);
  const head = total === 0 ? 'Nothing is due.' : `${records(total)} would go:`;
  return [head, ...due.map((one) => `- ${goneWords(one)}`), ...stayLines(stays)];
}

function stayLines(stays: readonly StayCount[]): readonly string[] {
  return stays.length === 0 ? [] : ['Due, and stays:', ...stays.map((one) => `- ${stayWords(one)}`)];
}

export function certificateLines({
  run,
  gone,
  stays,
  stores,
  finalAt,
}: EntryBodies['retention.certificate']): readonly string[] {
  const total = totalOf(gone);
  const failed = stores.filter(({ stayed, why }) => stayed > 0 && why !== undefined);
  return [
    total === 0 ? `Run ${grouped(run)}: nothing was due.` : `Run ${grouped(run)}: ${records(total)} deleted for good.`,
    ...gone.map((one) => `- ${goneWords(one)}`),
    ...stayLines(stays),
    ...failed.map(({ store, stayed, why }) => `${store}: ${grouped(stayed)} still there, ${why ?? ''}`),
    ...(total === 0 ? [] : [`Final in the backups too on ${dayOf(finalAt)}.`]),
  ];
}

export function armCardHead({ body }: EntryOf<'retention.arm-requested'>): string {
  return `Deletion by age · ${personShown(body.by)} asks to let it begin`;
}

export function openArmCard(
  request: EntryOf<'retention.arm-requested'>,
  preview: EntryOf<'retention.previewed'>,
): string {
  return [
    armCardHead(request),
    ...previewLines(preview.body),
    'From then on each nightly run deletes what is due, until the classes change.',
    `${YES} approve   ${NO} reject`,
  ].join('\n');
}

/** `4 hours ahead` */
export function setByWords(byMs: number): string {
  const minutes = Math.round(Math.abs(byMs) / 60_000);
  const hours = Math.round(minutes / 60);
  const days = Math.round(hours / 24);
  const long = days > 2 ? `${grouped(days)} days` : hours > 2 ? `${String(hours)} hours` : `${String(minutes)} minutes`;
  return `${long} ${byMs > 0 ? 'ahead' : 'back'}`;
}
