/** Whether a slow disk stalls the process: the main thread's event loop, while the writer waits for its fsyncs. */
import { fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { openJournal } from '../../src/journal/open-journal.ts';
import { percentile, timed } from './figures.ts';
import { ground } from './ground.ts';
import { line, type Bench } from './line.ts';
import { WRITER } from './writer-thread.ts';
import { DOMAIN, mixed } from './traffic.ts';

const MEASURED_MS = 4_000;
const BATCH = 20;

export const stall: Bench = {
  name: 'stall',
  run: async () => {
    await using place = await ground();
    await using journal = await openJournal({
      ...place.place,
      writer: { in: 'thread', url: WRITER, data: { domain: DOMAIN } },
    });
    await journal.append(mixed(500));
    // Another process keeps the same disk busy with fsyncs of its own.
    const busy = fork(new URL('./busy-disk.ts', import.meta.url), [join(place.dir, 'busy')], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const drafts = mixed(20_000);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const appends: number[] = [];
    const until = performance.now() + MEASURED_MS;
    delay.enable();
    for (let at = 0; performance.now() < until && at < drafts.length; at += BATCH) {
      appends.push(await timed(() => journal.append(drafts.slice(at, at + BATCH))));
    }
    delay.disable();
    busy.kill();
    // The histogram counts the timer's own 5 ms.
    const late = (of: number): number => Math.max(0, delay.percentile(of) / 1e6 - 5);
    const slow = `while a commit took ${percentile(appends, 0.5).toFixed(1)} ms p50, ${percentile(appends, 0.99).toFixed(0)} ms p99`;
    return [
      line('event loop late, p99', [late(99)], {
        unit: 'ms',
        what: `main thread, another process keeps the disk busy with fsyncs; ${slow}`,
      }),
      line('event loop late, longest', [late(100)], { unit: 'ms', what: 'the same run' }),
    ];
  },
};
