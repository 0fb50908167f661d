/**
 * Why a record stays although its time is over, beside holds and what is open: the house is built on it, or it speaks of
 * something that is still there. Asked beforehand, and again in the transaction that erases.
 */
import type { Entry, EntryKind } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { Erasing, ErasingView } from '../../journal/projection.ts';
import { linksOf } from '../families/links.ts';
import type { ReceiptOf } from '../families/link-store.ts';
import { isPresentState } from './copies-store.ts';
import { armedFor, openRun } from './run-store.ts';

/** What the house is built on, by what other parts hold of it. */
export type StandsFor = (entry: Entry, view: ErasingView) => Promise<boolean>;

/** Kept for as long as there is a record: by these it is known what was kept, frozen, erased and continued. */
const FOR_GOOD: ReadonlySet<string> = new Set<EntryKind>(['ghost.made', 'room.made', 'room.gone', 'log.continued']);

export function erasingNeeded(standsFor: StandsFor): Erasing {
  return async (entries, view) => {
    const stays: LeftOut[] = [];
    for (const entry of entries) {
      if (await isNeeded(entry, view, standsFor)) stays.push({ position: entry.position, why: 'needed' });
    }
    return stays;
  };
}

async function isNeeded(entry: Entry, view: ErasingView, standsFor: StandsFor): Promise<boolean> {
  if (/^(?:retention|hold)\./u.test(entry.kind) || FOR_GOOD.has(entry.kind)) return true;
  if (entry.kind === 'matrix.event' && (await isPresentState(entry, view.reading, view.sealer))) return true;
  return standsFor(entry, view);
}

/** Whether that record is gone, or goes together with those asked about. */
export type IsGone = (position: Position, view: ErasingView) => Promise<boolean>;

export const isErased: IsGone = async (position, { reading }) => (await erasedBy(position, reading)) !== undefined;

/** A record that speaks of another one lives as long as that. */
export function erasingSpokenOf(receiptOf: ReceiptOf, isGone: IsGone = isErased): Erasing {
  return async (entries, view) => {
    const going = new Set(entries.map((entry) => entry.position));
    const stays: LeftOut[] = [];
    for (const entry of entries) {
      const spoken = await spokenOf(entry, view, receiptOf);
      for (const position of spoken) {
        if (going.has(position) || (await isGone(position, view))) continue;
        stays.push({ position: entry.position, why: 'spoken-of' });
        going.delete(entry.position);
        break;
      }
    }
    return stays;
  };
}

/** The records that `entry` speaks of, as far as they are on record. */
export async function spokenOf(entry: Entry, view: ErasingView, receiptOf: ReceiptOf): Promise<readonly Position[]> {
  const { of, events, mentions } = linksOf(entry);
  const found = new Set<Position>([...of, ...mentions]);
  for (const event of events) for (const position of await view.ofEvent(event)) found.add(position);
  if (entry.kind === 'network.receipt') {
    const message = await receiptOf(entry, view.reading, view.sealer);
    if (message !== undefined) found.add(message);
  }
  found.delete(entry.position);
  return [...found];
}

/** While a run is under way: nothing goes any more once the classes changed, or somebody took the arming back. */
export const erasingUnlessDisarmed: Erasing = async (entries, { reading }) => {
  const run = await openRun(reading);
  if (run === undefined || (await armedFor(reading, run.classes)) !== undefined) return [];
  return entries.map(({ position }) => ({ position, why: 'longer-class' }));
};
