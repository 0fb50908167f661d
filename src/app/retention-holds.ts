/** What holds and open work are told by the other parts: in the writer, and wherever a run is looked at beforehand. */
import { sentAs } from '../bridge/messages/provider-id-store.ts';
import { policyMarks } from '../policy/verdicts/mark-store.ts';
import { verdictAt, verdictsOf } from '../policy/verdicts/verdict-store.ts';
import type { FreezingDeps } from '../retention/holds/freezing.ts';
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
