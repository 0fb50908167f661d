/** A bar for what takes longer than two seconds, where a person looks. */
import { SingleBar } from 'cli-progress';
import type { Clock } from '../core/clock.ts';
import type { Terminal } from './terminal.ts';

const QUIET_MS = 2000;

export interface Progress {
  update(done: number, total: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** Writes to stderr, so that the answer on stdout stays clean. */
export function progress(what: string, deps: { readonly clock: Clock; readonly terminal: Terminal }): Progress {
  if (!deps.terminal.interactive) return { update: () => undefined, end: () => undefined };
  const startedAt = deps.clock.monotonic();
  let bar: SingleBar | undefined;
  return {
    update: (done, total) => {
      if (bar === undefined && deps.clock.monotonic() - startedAt < QUIET_MS) return;
      bar ??= shown(what, total);
      bar.setTotal(total);
      bar.update(done);
    },
    end: () => {
      bar?.stop();
    },
  };
}

function shown(what: string, total: number): SingleBar {
  const bar = new SingleBar({ format: `${what} [{bar}] {value}/{total}`, clearOnComplete: true, hideCursor: true });
  bar.start(total, 0);
  return bar;
}
