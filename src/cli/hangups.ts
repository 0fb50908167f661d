/** SIGHUP asks for the rules to be read again. What was asked before anybody listens is remembered, once. */
export class Hangups {
  #listener: (() => void) | undefined;
  #waiting = false;

  heard(): void {
    if (this.#listener === undefined) this.#waiting = true;
    else this.#listener();
  }

  /** Calls `listener` for each from now on, and at once when there was one before. */
  readonly tell = (listener: () => void): void => {
    this.#listener = listener;
    if (this.#waiting) listener();
    this.#waiting = false;
  };
}
