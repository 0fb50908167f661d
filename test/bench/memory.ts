/** Memory after many records, beside memory after 10,000: measured in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { line, type Bench } from './line.ts';

const answer = z.tuple([z.object({ first: z.number(), last: z.number() })]).rest(z.unknown());

export const memory: Bench = {
  name: 'memory',
  run: async ({ entries }) => {
    const child = fork(new URL('./memory-child.ts', import.meta.url), [String(entries)], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    });
    const [{ first, last }] = answer.parse(await once(child, 'message'));
    const what = `resident set after ${entries} records (${(last / 1e6).toFixed(0)} MB) against after 10,000 (${(first / 1e6).toFixed(0)} MB)`;
    return [line('memory', [last / first], { unit: 'x', target: '<= 1.2', what })];
  },
};
