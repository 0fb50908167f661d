/**
 * Where Twilio fetches the files that we send (`MediaUrl`): our own webhook, with a word in the address that nobody can
 * guess, made for one file, and good for some hours. Nothing is kept of a file but how to open it.
 */
import { randomBytes, createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { OutboundFile } from '../../core/ports/outbound.ts';
import type { WebhookAnswer } from '../../core/ports/webhook.ts';

/** Twilio keeps a message in its queue so long ("Queueing and latency"). */
const OPEN_MS = 4 * 3_600_000;
/** Files that wait to be fetched; the oldest make room. */
export const FILES_MAX = 500;

interface Laid {
  readonly file: OutboundFile;
  readonly until: number;
}

export class FileDoor {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #laid = new Map<string, Laid>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns the word to ask for it by */
  lay(file: OutboundFile): string {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#laid) if (until <= now || this.#laid.size >= FILES_MAX) this.#laid.delete(key);
    const word = randomBytes(32).toString('base64url');
    this.#laid.set(keyOf(word), { file, until: now + OPEN_MS });
    return word;
  }

  async give(word: string): Promise<WebhookAnswer> {
    const laid = this.#laid.get(keyOf(word));
    if (laid === undefined || laid.until <= this.#clock.monotonic()) return { to: 'bad-signature' };
    const pieces: Uint8Array[] = [];
    for await (const piece of laid.file.open()) pieces.push(piece);
    return { to: 'accepted', body: { type: laid.file.type, content: Buffer.concat(pieces) } };
  }
}

/** Looked up by its hash: how long that takes tells nothing of the words that are there. */
function keyOf(word: string): string {
  return createHash('sha256').update(word).digest('base64');
}
