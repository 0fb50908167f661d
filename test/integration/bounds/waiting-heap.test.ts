import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const MEGABYTE = 1_000_000;
const answer = z.tuple([z.object({ few: z.number(), many: z.number() })]).rest(z.unknown());

test.each(['homeserver', 'network'])(
  'without the %s ten thousand waiting messages hold no more memory than a thousand, but for what is known of their chats',
  async (who) => {
    const child = fork(new URL('./waiting-heap.ts', import.meta.url), [who], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    });
    const ended = once(child, 'exit');
    const dies = ended.then(([code]) => Promise.reject(new Error(`the process ended with ${String(code)}`)));
    const [{ few, many }] = answer.parse(await Promise.race([once(child, 'message'), dies]));
    await ended;
    process.stdout.write(`heap without the ${who}: ${mb(few)} with 1,000 messages waiting, ${mb(many)} with 10,000\n`);
    expect(many - few).toBeLessThan(10 * MEGABYTE);
  },
  120_000,
);

function mb(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
