/** A desk's holds for tests that ask for none. */
import type { Holds } from '../../../src/bot/compliance/desk-context.ts';

const unused = (): never => {
  throw new Error('not asked for');
};

export const noHolds: Holds = {
  ...{ place: unused, say: unused, all: unused, named: unused, placedAt: unused, custodians: unused },
  ...{ acknowledge: unused, coverage: unused, isAsked: unused, requestsEndedBy: unused },
};
