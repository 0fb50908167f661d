/** Runs a command in this process, as main does, and keeps what it said. */
import { runCli } from '../../src/cli/cli.ts';
import type { CliDeps, Program } from '../../src/cli/deps.ts';
import { systemClock } from '../../src/core/clock.ts';
import { err } from '../../src/core/result.ts';
import { types } from './installation.ts';
import { memoryTerminal } from './memory-terminal.ts';

const nothing: Program = {
  createApp: () => Promise.resolve(err('no application here')),
  openRecords: () => Promise.resolve(err('no record here')),
  callRunning: () => Promise.resolve(undefined),
  restore: () => Promise.resolve(err('nothing to restore here')),
  runDemo: () => Promise.resolve(1),
};

export interface Ran {
  readonly code: number;
  readonly said: readonly string[];
  readonly complained: readonly string[];
  readonly asked: readonly string[];
}

export interface Running extends Partial<Omit<CliDeps, 'program' | 'terminal'>> {
  readonly program?: Partial<Program>;
  /** Answers of a person; without them nobody sits there. */
  readonly answers?: readonly string[];
}

export async function gatehouse(argv: readonly string[], running: Running): Promise<Ran> {
  const { program, answers, ...more } = running;
  const terminal = memoryTerminal(answers);
  const code = await runCli(argv, {
    program: { ...nothing, ...program },
    terminal,
    clock: systemClock,
    connectorTypes: types,
    cwd: '/nowhere',
    env: {},
    user: 'sam',
    version: '9.9.9',
    nodeVersion: '24.1.0',
    signal: new AbortController().signal,
    onHangup: () => undefined,
    ...more,
  });
  const { said, complained, asked } = terminal;
  return { code, said, complained, asked };
}
