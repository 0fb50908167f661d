/** What it costs that messages are judged in a thread of their own: the way there and back, and how soon another one is ready. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/core/clock.ts';
import { ScannerClient } from '../../src/policy/thread/scanner-client.ts';
import type { Judge } from '../../src/policy/verdict.ts';
import { KeptLog, KeptMetrics } from '../support/quiet.ts';
import { percentile, timed, timedNow } from './figures.ts';
import { line, type Line } from './line.ts';
import { context, messageOf, ruleSet } from './policy-rules.ts';

const SCANNER = new URL('../../src/scanner.ts', import.meta.url);
const MESSAGES = 5_000;
const WARMING = 1_000;
const AT_ONCE = 500;
const STARTS = 5;
const LONG = 30_000;

/** @param judge of the same rules, in this thread @param bodies to be judged, in turns */
export async function inThread(judge: Judge, bodies: readonly string[]): Promise<readonly Line[]> {
  const messages = Array.from({ length: MESSAGES }, (_, n) => messageOf(bodies[n % bodies.length] ?? ''));
  const options = { url: SCANNER, key: randomBytes(32), clock: systemClock };
  await using scanning = new ScannerClient({ ...options, log: new KeptLog(), metrics: new KeptMetrics() });
  const ready = await starts(scanning);
  const there: number[] = [];
  const here: number[] = [];
  for (const message of messages) {
    there.push(await timed(() => scanning.judge(message, context, LONG)));
    here.push(timedNow(() => judge(message, context)));
  }
  const all = messages.slice(0, AT_ONCE);
  const together = await timed(() => Promise.all(all.map((message) => scanning.judge(message, context, LONG))));
  const hop = (of: number): number => percentile(there.slice(WARMING), of);
  const own = percentile(here.slice(WARMING), 0.5).toFixed(3);
  const what = `a chat message judged in the thread, one at a time; in this thread it takes ${own} ms`;
  return [
    line('policy: with its thread, p50', [hop(0.5)], { unit: 'ms', what }),
    line('policy: with its thread, p99', [hop(0.99)], { unit: 'ms', what: 'the same messages' }),
    line('policy: many at once, each', [together / AT_ONCE], { unit: 'ms', what: `${AT_ONCE} asked in one turn` }),
    line('policy: another thread ready', ready, {
      unit: 'ms',
      target: '<= 300',
      what: 'from its start until the same 50 rules and 2,000 words are compiled and warm',
    }),
  ];
}

/** Milliseconds of each; the last set stays. */
async function starts(scanning: ScannerClient): Promise<readonly number[]> {
  const took: number[] = [];
  for (let n = 0; n < STARTS; n += 1) {
    const compiled = await scanning.use({ ...ruleSet, digest: `bench-${n}` });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    took.push(compiled.ms);
  }
  return took;
}
