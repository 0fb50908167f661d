/** A terminal in memory: what was said, and answers for what is asked. */
import type { Terminal } from '../../src/cli/terminal.ts';

export interface MemoryTerminal extends Terminal {
  readonly said: readonly string[];
  readonly complained: readonly string[];
  readonly asked: readonly string[];
}

export function memoryTerminal(answers?: readonly string[]): MemoryTerminal {
  const said: string[] = [];
  const complained: string[] = [];
  const asked: string[] = [];
  const left = [...(answers ?? [])];
  return {
    said,
    complained,
    asked,
    out: (line) => said.push(...line.split('\n')),
    err: (line) => complained.push(...line.split('\n')),
    interactive: answers !== undefined,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(left.shift());
    },
    lines: async function* lines() {
      yield* await Promise.resolve(left);
    },
  };
}
