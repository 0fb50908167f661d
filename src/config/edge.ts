/** The edge to the process for scripts that are not the program: arguments, working directory, words, exit code. */

export interface Edge {
  readonly args: readonly string[];
  readonly cwd: string;
  say(line: string): void;
  /** The exit code when everything is done. */
  end(code: 0 | 1): void;
}

export const edge: Edge = {
  get args() {
    return process.argv.slice(2);
  },
  get cwd() {
    return process.cwd();
  },
  say: (line) => {
    process.stdout.write(`${line}\n`);
  },
  end: (code) => {
    process.exitCode = code;
  },
};
