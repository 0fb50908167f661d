/**
 * Why a record stays although its time is over, beside holds and what is open: the house is built on it, or it speaks of
 * something that is still there. Asked beforehand, and again in the transaction that erases.
 */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { Erasing, ErasingView } from '../../journal/projection.ts';
import { linksOf } from '../families/links.ts';
import type { ReceiptOf } from '../families/link-store.ts';
import { openPersonRun } from './person-run-store.ts';
import { armedFor, openRun } from './run-store.ts';
import { isStanding } from './standing-store.ts';

export const erasingStanding: Erasing = async (entries, { reading }) => {
  const stays: LeftOut[] = [];
  for (const entry of entries) {
    if (await isStanding(entry, reading)) stays.push({ position: entry.position, why: 'needed' });
  }
  return stays;
};

/** Whether that record is gone, or goes together with those asked about. */
export type IsGone = (position: Position, view: ErasingView) => Promise<boolean>;

export const isErased: IsGone = async (position, { reading }) => (await erasedBy(position, reading)) !== undefined;

/** A record that speaks of another one lives as long as that. */
export function erasingSpokenOf(receiptOf: ReceiptOf): Erasing {
  return async (entries, view) => {
    const going = new Set(entries.map((entry) => entry.position));
    const stays: LeftOut[] = [];
    for (const entry of entries) {
      const spoken = await spokenOf(entry, view, receiptOf);
      for (const position of spoken) {
        if (going.has(position) || (await isErased(position, view))) continue;
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

/**
 * While a run is under way: nothing goes any more once the classes changed, or somebody took the arming back. A person's
 * erasure was agreed to by itself, and is asked record by record what the classes of that moment keep.
 */
export const erasingUnlessDisarmed: Erasing = async (entries, { reading }) => {
  const run = await openRun(reading);
  if (run === undefined || (await armedFor(reading, run.classes)) !== undefined) return [];
  if ((await openPersonRun(reading)) !== undefined) return [];
  return entries.map(({ position }) => ({ position, why: 'longer-class' }));
};
