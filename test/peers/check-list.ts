/** Checks that are counted and told one by one. */
export class CheckList {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #mayMiss: boolean;

  /** `mayMiss`: whoever runs this knows that some of it can't run here. */
  constructor(mayMiss: boolean) {
    this.#mayMiss = mayMiss;
  }

  async check(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.passed += 1;
      this.#tell(`ok      ${what}`);
    } catch (error) {
      this.failed += 1;
      this.#tell(`FAILED  ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A row of checks; when it breaks off, that is a failure of its own. */
  async section(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed += 1;
      this.#tell(`FAILED  ${what} broke off: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What could not be tried is a failure, unless somebody said beforehand that it may be missing. */
  missing(what: string, why: string): void {
    if (this.#mayMiss) {
      this.skipped += 1;
      this.#tell(`skipped ${what}: ${why}`);
    } else {
      this.failed += 1;
      this.#tell(`FAILED  ${what} is not here: ${why}; \`npm run test:peers -- --may-miss\` goes without`);
    }
  }

  /** The last line, which continuous integration adds up. */
  finish(): void {
    this.#tell(`peers: ${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
  }

  #tell(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
