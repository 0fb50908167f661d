/** A terminal on the process's own streams. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Terminal } from './terminal.ts';

interface Streams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

export interface ProcessTerminal extends Terminal {
  /** Lets go of stdin, so that the process can end. */
  close(): void;
}

/** `interrupt` is called when somebody presses Ctrl-C while a question is open. */
export function processTerminal(streams: Streams, interrupt: () => void): ProcessTerminal {
  const input = new Input(streams, interrupt);
  const { stdout, stderr, stdin } = streams;
  return {
    out: (line) => stdout.write(`${line}\n`),
    err: (line) => stderr.write(`${line}\n`),
    interactive: stdin.isTTY && stdout.isTTY,
    ask: (question, how) => input.ask(question, how?.hidden === true),
    lines: () => input.lines(),
    close: () => {
      input.close();
    },
  };
}

/** stdin line by line; opened when it is first asked for. */
class Input {
  readonly #streams: Streams;
  readonly #interrupt: () => void;
  #hidden = false;
  #open: { readonly readline: Interface; readonly lines: AsyncIterator<string> } | undefined;

  constructor(streams: Streams, interrupt: () => void) {
    this.#streams = streams;
    this.#interrupt = interrupt;
  }

  async ask(question: string, hidden: boolean): Promise<string | undefined> {
    const { readline, lines } = this.#opened();
    readline.setPrompt(question);
    readline.prompt();
    this.#hidden = hidden;
    const line = await lines.next();
    this.#hidden = false;
    if (hidden) this.#streams.stdout.write('\n');
    return line.done === true ? undefined : line.value;
  }

  async *lines(): AsyncGenerator<string> {
    const { lines } = this.#opened();
    for (;;) {
      const line = await lines.next();
      if (line.done === true) return;
      yield line.value;
    }
  }

  close(): void {
    this.#open?.readline.close();
  }

  #opened(): { readonly readline: Interface; readonly lines: AsyncIterator<string> } {
    if (this.#open !== undefined) return this.#open;
    const { stdin, stdout } = this.#streams;
    // What is typed into a hidden question is read, and not shown.
    const output = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        if (!this.#hidden) stdout.write(chunk);
        done();
      },
    });
    const terminal = stdin.isTTY && stdout.isTTY;
    const readline = createInterface({ input: stdin, output, terminal });
    readline.on('SIGINT', () => {
      readline.close();
      this.#interrupt();
    });
    this.#open = { readline, lines: readline[Symbol.asyncIterator]() };
    return this.#open;
  }
}
