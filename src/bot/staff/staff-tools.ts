/** What staff commands are given of the house. */
import type { Position } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Journal } from '../../journal/journal.ts';
import { portalsIn, type PortalReading, type Portals } from '../portals.ts';
import type { StaffTools } from './staff-context.ts';
import { warningsIn } from './warnings.ts';

interface Given extends Pick<StaffTools, 'staff' | 'clock' | 'connectors'>, Pick<PortalReading, 'entryOfEvent'> {
  readonly journal: Pick<Journal, 'append' | 'read' | 'views'>;
  readonly homeserver: Pick<Homeserver, 'domain' | 'isOurs'>;
  readonly tools: Pick<StaffTools, 'skewAt'>;
}

export function staffToolsIn(given: Given): StaffTools & { readonly portals: Portals } {
  const { journal, homeserver, entryOfEvent, staff, clock, connectors } = given;
  const reading = {
    ...{ views: journal.views, read: journal.read.bind(journal), entryOfEvent },
    isOurs: homeserver.isOurs.bind(homeserver),
  };
  return {
    ...{ domain: homeserver.domain, recorder: journal, staff, clock, connectors },
    portals: portalsIn(reading),
    warnings: warningsIn(reading),
    skewAt: (position: Position) => given.tools.skewAt?.(position) ?? Promise.resolve(0),
  };
}
