/** Adds up what ran: jest's own report, the peers' and the demo's closing lines, and each step that failed as a whole. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [out, ...failedSteps] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

function add(passed, failed, skipped) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** Counts of a log whose closing line is `<name>: N passed, N failed, N skipped`. */
function fromLog(name) {
  const file = join(out, `${name}.log`);
  const lines = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const found = [...lines.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/gmu)].at(-1);
  if (found === undefined) failedSteps.push(`${name} (no closing line)`);
  else add(Number(found[1]), Number(found[2]), Number(found[3] ?? 0));
}

const report = join(out, 'test.json');
if (existsSync(report)) {
  const jest = JSON.parse(readFileSync(report, 'utf8'));
  add(
    jest.numPassedTests,
    jest.numFailedTests + jest.numRuntimeErrorTestSuites,
    jest.numPendingTests + jest.numTodoTests,
  );
} else {
  failedSteps.push('test (no report)');
}
fromLog('peers');
fromLog('demo');

const steps = new Set(failedSteps);
for (const step of steps) console.log(`failed step: ${step}`);
if (steps.size > 0 && total.failed === 0) total.failed = steps.size;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
