/** `gatehouse demo`: a real Synapse, a simulated carrier and a morning of messages. */
import { resolve } from 'node:path';
import type { Register } from './command.ts';

interface DemoOptions {
  readonly once: boolean;
  readonly data: string;
}

export const register: Register = (program, deps) => {
  program
    .command('demo')
    .description('play a morning with a real Synapse and a simulated carrier')
    .option('--once', 'end after the scenario; exit 0 only if every step was observed', false)
    .option('--data <dir>', 'where the demo keeps its data', '.cache/demo')
    .action(async (options: DemoOptions) => {
      const dataDir = resolve(deps.cwd, options.data);
      const lines = (): AsyncIterable<string> => deps.terminal.lines();
      deps.end(await deps.program.runDemo({ once: options.once, dataDir, lines, signal: deps.signal }));
    });
};
