/**
 * `npm run simulate -- [--seed S] [--histories N] [--path P] [--trace]`: plays histories until a promise is broken; with
 * a path it plays that one history, and with `--trace` it tells each of its steps. `--first` tells the first failure as
 * it is, without looking for a smaller one.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { simulateInThreads } from './simulate-in-threads.ts';
import { commandOf, lineOf, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    histories: { type: 'string', default: '2000' },
    path: { type: 'string' },
    trace: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
  },
});

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

const seed = Number(values.seed ?? randomInt(2 ** 31));
const given = { seed, histories: Number(values.histories), verifyEvery: 50, shrink: !values.first };
const isOne = values.path !== undefined || values.trace;
const found = isOne
  ? await simulate({
      ...given,
      ...(values.path !== undefined && { path: values.path }),
      ...(values.trace && { trace: say }),
    })
  : await simulateInThreads(given);
const { broken } = found;
if (broken === undefined) {
  say(`seed ${String(seed)}: ${lineOf(found)}, every promise kept`);
} else {
  say(`after ${String(found.histories)} histories: ${broken.violation.rule}: ${broken.violation.words}`);
  if (broken.history !== undefined) say(JSON.stringify(broken.history.plan));
  say(commandOf(found) ?? 'no fault was needed');
  process.exitCode = 1;
}
