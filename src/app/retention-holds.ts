/** Holds, joined to the rest of the house. What they and open work are told by the other parts: in the writer, and wherever a run is looked at beforehand. */
import { createQueryResolver } from '../bridge/messages/query-resolver.ts';
import { sentAs } from '../bridge/messages/provider-id-store.ts';
import type { HoldListed } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { Cases } from '../journal/search/cases.ts';
import { policyMarks } from '../policy/verdicts/mark-store.ts';
import { verdictAt, verdictsOf } from '../policy/verdicts/verdict-store.ts';
import { DeskHolds } from '../retention/holds/desk-holds.ts';
import type { FreezingDeps } from '../retention/holds/freezing.ts';
import { allHolds, coveredByCase, custodiansOf } from '../retention/holds/hold-store.ts';
import type { OpenWorkDeps } from '../retention/open/open-work.ts';

export const keepingDeps: FreezingDeps & OpenWorkDeps = {
  marks: policyMarks,
  receiptOf: async ({ body }, reading, sealer) => {
    const { connector, remoteId, matches = [] } = body;
    return (await sentAs(reading, sealer, { connector, ids: [remoteId, ...matches] }))?.of;
  },
  isUndecided: async (position, reading) => {
    const about = [await verdictAt(reading, position), ...(await verdictsOf(reading, position))];
    return about.some((verdict) => verdict?.state === 'open');
  },
};

/** A desk that names this act wants two officers to release a hold: at whichever desk it is asked for. */
const HOLD_RELEASE = 'hold-release';

export function deskHolds(given: {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly clock: Pick<Clock, 'now'>;
}): DeskHolds {
  const { config, journal, clock } = given;
  return new DeskHolds({
    resolver: createQueryResolver({ views: journal.views, domain: config.homeserver.domain, lines: config.lines }),
    fourEyes: config.desks.some(({ fourEyes }) => fourEyes.includes(HOLD_RELEASE)),
    ...{ journal, clock, marks: policyMarks },
  });
}

/** For the command line. */
export function holdsListed({ views }: Pick<OpenJournal, 'views'>): Promise<readonly HoldListed[]> {
  return views.read(async (reading) => {
    const listed: HoldListed[] = [];
    for (const one of await allHolds(reading, views.sealer)) {
      const { hold, placed, state, by, query } = one;
      const custodians = (await custodiansOf(reading, placed)).map(({ user, acknowledgedAt: at }) => ({
        user,
        acknowledged: at === undefined ? null : new Date(at).toISOString(),
      }));
      const at = new Date(one.at).toISOString();
      listed.push({ hold, placed, state, at, by, case: one.case ?? null, query, custodians });
    }
    return listed;
  });
}

/** For the search: what `case:` stands for. */
export function casesIn({ views }: Pick<OpenJournal, 'views'>): Cases {
  return (name) => views.read((reading) => coveredByCase(reading, views.sealer, name));
}
