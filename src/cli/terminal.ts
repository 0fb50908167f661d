/** What a command says and hears; `main.ts` joins it to the process, tests to memory. */
export interface Terminal {
  /** One line on stdout: the answer. */
  out(line: string): void;
  /** One line on stderr: what is said beside the answer. */
  err(line: string): void;
  /** Whether a person sits there, who can be asked and shown progress. */
  readonly interactive: boolean;
  /** Asks and waits for a line; undefined when the input has ended. What is typed is not shown when `hidden`. */
  ask(question: string, how?: { readonly hidden: boolean }): Promise<string | undefined>;
  /** The lines of stdin, until it ends. */
  lines(): AsyncIterable<string>;
}

/** A problem in words, as every command tells it. */
export function complain(terminal: Terminal, words: string): void {
  terminal.err(`gatehouse: ${words}`);
}
