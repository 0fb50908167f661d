/**
 * Runs test files with a house each, two at a time: most of their time they wait for somebody. The longest begin first,
 * so that none is left over at the end. A file that isn't named here only begins later.
 */
import TestRunner from 'jest-runner';

const LONGEST = [
  'crash/faults/faults',
  'crash/kill',
  'synapse/house/outage',
  'synapse/house/conversation',
  'synapse/house/gap',
  'synapse/house/restore',
  'crash/policy/kill',
  'synapse/house/alarms',
  'synapse/house/canary',
  'synapse/postgres/conversation',
  'synapse/house/quarantine',
  'crash/restore/kill',
  'synapse/house/two-streams',
  'crash/rooms/kill',
];

function rank({ path }) {
  const at = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
}

export default class LongestFirst extends TestRunner {
  runTests(tests, watcher, options) {
    return super.runTests(
      tests.toSorted((one, other) => rank(one) - rank(other)),
      watcher,
      options,
    );
  }
}
