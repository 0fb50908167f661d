/** The holds' part in the writer: what may not go, in every transaction that erases, and who is told and asked of a hold. */
import type { WriterPart } from '../../journal/projection.ts';
import { linksProjection } from '../families/link-store.ts';
import { delaysProjection, openWork, type OpenWorkDeps } from '../open/open-work.ts';
import { freezingBy, type FreezingDeps } from './freezing.ts';
import { holdPlanner } from './hold-planner.ts';
import { holdsProjection } from './hold-store.ts';

/** A hold counts before what is open: that one ends after 30 days, and a hold does not. */
export function holdsWriterPart(deps: FreezingDeps & OpenWorkDeps): WriterPart {
  const { erasing: held } = freezingBy(deps);
  const open = openWork(deps);
  return {
    erasing: async (entries, view) => {
      const frozen = await held(entries, view);
      const positions = new Set(frozen.map(({ position }) => position));
      const rest = entries.filter(({ position }) => !positions.has(position));
      return [...frozen, ...(await open(rest, view))];
    },
    projections: [linksProjection, holdsProjection, delaysProjection],
    planners: [holdPlanner],
  };
}
