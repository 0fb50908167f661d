/** Every detector that rules can name. */
import type { DetectorId } from '../../core/ids.ts';
import type { Detector } from '../detector.ts';
import { card } from './card.ts';

export const allDetectors: readonly Detector[] = [card];

const byId: ReadonlyMap<string, Detector> = new Map(allDetectors.map((detector) => [detector.id, detector]));

/** The detector of that name, or nothing. */
export function detectorById(id: DetectorId): Detector | undefined {
  return byId.get(id);
}
