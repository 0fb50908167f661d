/**
 * Where a provider fetches the files that we send by a link: our own webhook, with a word in the address that nobody can
 * guess, made for one file, and good for some hours. Nothing is kept of a file but how to open it, and that not longer
 * than the process lives: what was not fetched by then, the provider says that it could not fetch.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { OutboundFile } from '../core/ports/outbound.ts';
import type { WebhookAnswer } from '../core/ports/webhook.ts';

/** Files that wait to be fetched; the oldest make room. */
export const FILES_MAX = 500;

/** What is given: its bytes are read as they go out. */
export type LaidFile = Pick<OutboundFile, 'name' | 'type' | 'size' | 'open'>;

interface Laid {
  readonly file: LaidFile;
  readonly until: number;
}

export class FileDoor {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #openMs: number;
  readonly #laid = new Map<string, Laid>();

  /** @param openMs how long a file can be fetched */
  constructor(clock: Pick<Clock, 'monotonic'>, openMs: number) {
    this.#clock = clock;
    this.#openMs = openMs;
  }

  /** @returns the word to ask for it by */
  lay(file: LaidFile): string {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#laid) if (until <= now || this.#laid.size >= FILES_MAX) this.#laid.delete(key);
    const word = randomBytes(32).toString('base64url');
    this.#laid.set(keyOf(word), { file, until: now + this.#openMs });
    return word;
  }

  give(word: string): WebhookAnswer {
    const laid = this.#laid.get(keyOf(word));
    if (laid === undefined || laid.until <= this.#clock.monotonic()) return { to: 'bad-signature' };
    const { name, type, size } = laid.file;
    return { to: 'accepted', body: { type, name, size, pieces: () => laid.file.open() } };
  }
}

/** Looked up by its hash: how long that takes tells nothing of the words that are there. */
function keyOf(word: string): string {
  return createHash('sha256').update(word).digest('base64');
}
