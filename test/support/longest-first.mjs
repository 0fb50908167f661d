/**
 * Runs test files with a house each, three at a time on two cores: more than half of their time they wait for somebody.
 * The longest begin first, so that none is left over at the end; one that isn't named here only begins later.
 */
import TestRunner from 'jest-runner';

const HOUSES = 3;
const LONGEST = [
  'crash/faults/machine',
  'crash/faults/processes',
  'crash/kill',
  'synapse/house/outage',
  'synapse/networks/conversations',
  'synapse/house/gap',
  'synapse/house/alarms',
  'crash/networks/kill',
  'crash/retention/kill',
  'synapse/house/restore',
  'crash/rooms/kill',
  'synapse/house/erased',
  'synapse/postgres/conversation',
  'synapse/house/conversation',
  'synapse/house/presend',
  'synapse/house/quarantine',
  'crash/policy/kill',
  'crash/restore/kill',
];

function rank({ path }) {
  const at = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
}

export default class LongestFirst extends TestRunner {
  /** Whoever asks for one at a time gets that. */
  constructor(globalConfig, context) {
    const maxWorkers = globalConfig.maxWorkers > 1 ? HOUSES : 1;
    super({ ...globalConfig, maxWorkers }, context);
  }

  runTests(tests, watcher, options) {
    return super.runTests(
      tests.toSorted((one, other) => rank(one) - rank(other)),
      watcher,
      options,
    );
  }
}
