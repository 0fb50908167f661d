/**
 * The scanner thread of the tests: the real protocol and engine, and texts that do to it what a fault of ours would: `hang`
 * never ends, `slow` takes a while, `held in <folder>` says there that it began and goes on when it is told there (`holding.ts`),
 * `die` ends the thread, `grow` takes all memory. A rule set does so by its digest.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { ok } from '../../../../src/core/result.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { serveScanner } from '../../../../src/policy/thread/serve-scanner.ts';

const SLOW_MS = 300;
const LOOK_MS = 5;

if (parentPort === null) throw new Error('this file runs as a thread');
serveScanner(parentPort, {
  compile: (rules) => {
    misbehave(rules.digest);
    const judge = createJudge(rules, { detectors: [], key: new Uint8Array(32) });
    if (!judge.ok) return judge;
    return ok((message, context) => {
      misbehave(message.pieces[0]?.text ?? '');
      return judge.value(message, context);
    });
  },
  textOf: (file) => {
    const text = new TextDecoder().decode(file.bytes);
    misbehave(text);
    return Promise.resolve({ ok: true, texts: [`${file.name ?? ''}:${text}`], cut: false });
  },
});

function misbehave(how: string): void {
  if (how.startsWith('hang')) for (;;) continue;
  if (how.startsWith('slow')) busyFor(SLOW_MS);
  if (how.startsWith('held in ')) beHeldIn(how.split(' ')[2] ?? '');
  if (how.startsWith('die')) process.exit(1);
  if (how.startsWith('throw')) throw new Error(`a fault at ${how}`);
  if (how.startsWith('grow')) for (const all: object[] = []; ;) all.push(Array.from({ length: 10_000 }, () => ({})));
}

function busyFor(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;) continue;
}

function beHeldIn(folder: string): void {
  writeFileSync(join(folder, 'began'), '');
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(join(folder, 'go'))) Atomics.wait(never, 0, 0, LOOK_MS);
}
