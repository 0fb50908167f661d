/** Judges the lines of a file, one at a time, whatever its size. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MessageContext } from '../../policy/message.ts';
import type { Judge } from '../../policy/verdict.ts';
import type { CliDeps } from '../deps.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from '../exit-code.ts';
import { progress } from '../progress.ts';
import { complain } from '../terminal.ts';
import { boundedLines, type BoundedLine } from './bounded-lines.ts';
import { judgeLine, MOST_LINE_BYTES } from './judge-line.ts';

export interface Asked {
  /** The JSON lines; relative to the working directory. */
  readonly file: string;
  readonly judge: Judge;
  readonly context: MessageContext;
  /** Without the summary. */
  readonly json: boolean;
}

/** Wrong lines that are named one by one; those after are counted. */
const MOST_NAMED = 20;

/** Exit 1 with any wrong line, 2 when the file can't be read. Lines without hits are printed as well. */
export async function testTexts(asked: Asked, deps: CliDeps): Promise<ExitCode> {
  const { terminal, cwd, signal } = deps;
  const path = resolve(cwd, asked.file);
  const size = await sizeOf(path);
  if (size === undefined) {
    complain(terminal, `${asked.file} can't be read: name a file of JSON lines {"id": ..., "text": "..."}`);
    return WRONG_USAGE;
  }
  const bar = progress('judging', deps);
  const run = new Run(asked, deps);
  const stream = createReadStream(path, { signal });
  try {
    for await (const line of boundedLines(stream, MOST_LINE_BYTES)) {
      run.take(line);
      bar.update(stream.bytesRead, size);
    }
  } finally {
    bar.end();
  }
  return run.end();
}

/** Bytes; undefined where there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

class Run {
  readonly #asked: Asked;
  readonly #deps: CliDeps;
  #judged = 0;
  #hit = 0;
  #wrong = 0;

  constructor(asked: Asked, deps: CliDeps) {
    this.#asked = asked;
    this.#deps = deps;
  }

  take({ number, text }: BoundedLine): void {
    if (text?.trim() === '') return;
    const { judge, context } = this.#asked;
    if (text === undefined) {
      this.#isWrong(number, `is longer than ${String(MOST_LINE_BYTES)} bytes, or not UTF-8`);
      return;
    }
    const judged = judgeLine(text, judge, context);
    if (!judged.ok) {
      this.#isWrong(number, judged.error);
      return;
    }
    this.#judged += 1;
    if (judged.value.hits.length > 0) this.#hit += 1;
    this.#deps.terminal.out(JSON.stringify(judged.value));
  }

  end(): ExitCode {
    const { terminal } = this.#deps;
    if (this.#wrong > MOST_NAMED) complain(terminal, `${String(this.#wrong - MOST_NAMED)} more lines are wrong`);
    if (!this.#asked.json) {
      const wrong = this.#wrong === 0 ? '' : `, ${String(this.#wrong)} wrong`;
      terminal.err(`${String(this.#judged)} judged, ${String(this.#hit)} with hits${wrong}`);
    }
    return this.#wrong === 0 ? DONE : FAILED;
  }

  #isWrong(number: number, why: string): void {
    this.#wrong += 1;
    if (this.#wrong > MOST_NAMED) return;
    complain(this.#deps.terminal, `${this.#asked.file}, line ${String(number)}: ${why}`);
  }
}
