/** Runs one test file at a time: each of these has a homeserver and a house of its own, which want the whole machine. */
import TestRunner from 'jest-runner';

export default class OneAtATime extends TestRunner {
  isSerial = true;
}
