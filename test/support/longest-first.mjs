/**
 * Runs test files with a house each, two at a time: most of their time they wait for somebody. The longest begin first,
 * so that none is left over at the end; one that isn't named here only begins later. Who needs the whole machine, because
 * hundreds of messages must be under way at once, runs before all others.
 */
import TestRunner from 'jest-runner';

const ALONE = ['crash/faults/faults'];
const LONGEST = [
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

function isAny({ path }, names) {
  return names.some((name) => path.endsWith(`/test/${name}.test.ts`));
}

function rank(test) {
  const at = LONGEST.findIndex((name) => isAny(test, [name]));
  return at < 0 ? LONGEST.length : at;
}

export default class LongestFirst extends TestRunner {
  async runTests(tests, watcher, options) {
    const alone = tests.filter((test) => isAny(test, ALONE));
    const others = tests.filter((test) => !alone.includes(test)).toSorted((one, other) => rank(one) - rank(other));
    if (alone.length > 0) await super.runTests(alone, watcher, { ...options, serial: true });
    if (others.length > 0) await super.runTests(others, watcher, options);
  }
}
