/** Stops reading from a peer while too much of what it asked is under way. */
import type { Socket } from 'node:net';

/** So much under way stops the reading until half of it is done. */
const maxUnderWay = 64;

export class ReadWindow {
  readonly #socket: Socket;
  readonly #failed: (error: unknown) => void;
  #underWay = 0;

  /** `failed` is told of work that rejects. */
  constructor(socket: Socket, failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#failed = failed;
  }

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Begins at once; who calls does not wait. */
  take(work: () => Promise<void>): void {
    this.#underWay += 1;
    if (this.#underWay >= maxUnderWay) this.#socket.pause();
    work().then(
      () => {
        this.#done();
      },
      (error: unknown) => {
        this.#failed(error);
        this.#done();
      },
    );
  }

  #done(): void {
    this.#underWay -= 1;
    if (this.#underWay <= maxUnderWay / 2 && this.#socket.isPaused()) this.#socket.resume();
  }
}
