/** Files both ways ("Media", WhatsApp Business Platform, 2026-06-16): by an id, and for bytes by an address that soon expires. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FileFetched, FileWish } from '../../core/ports/connector.ts';
import type { OutboundFile } from '../../core/ports/outbound.ts';
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import { stillStickerMost } from './capabilities.ts';
import { hexOf } from './content.ts';
import { stateOf, type GraphError } from './errors.ts';
import type { Answered, Graph } from './graph.ts';

/** Ids of received files are good for 7 days. */
const gone: FileFetched = { state: 'gone', detail: 'WhatsApp has not got this file any more' };
/** A large file on a slow line. */
const transferMs = 600_000;
/** Uploads under way. */
export const uploadsMax = 2;
/** "Unsupported get request": the id is unknown, or has expired. */
const notThere: readonly number[] = [100, 33];

const place = z.object({ url: z.string(), sha256: z.string().optional(), file_size: z.coerce.number().optional() });
const uploaded = z.object({ id: z.string().min(1) });

/** Asks for the address anew each time: it expires after five minutes. */
export async function fetchMedia(wish: FileWish, graph: Graph): Promise<FileFetched> {
  try {
    const answered = await graph.ask(`/${encodeURIComponent(wish.attachment.ref)}`);
    if (!answered.ok) return withoutPlace(answered.error);
    const at = place.safeParse(answered.json);
    if (!at.success) return { state: 'retry', afterMs: 60_000, detail: 'WhatsApp gave no address for it' };
    const { url, sha256, file_size: size } = at.data;
    if (size !== undefined && size > wish.maxBytes) return { state: 'too-large' };
    const answer = await graph.bytes(url, { maxBytes: wish.maxBytes, timeoutMs: transferMs });
    if (answer === undefined) return { state: 'refused', detail: "it does not lie at one of Meta's addresses" };
    return await taken(answer, { wish, expected: [wish.attachment.sha256, hexOf(sha256)] });
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    if (error.kind === 'too-large') return { state: 'too-large' };
    return { state: 'retry', afterMs: 10_000, detail: error.detail };
  }
}

function withoutPlace(error: GraphError): FileFetched {
  const isGone = error.status === 404 || (error.code !== undefined && notThere.includes(error.code));
  if (isGone && error.isOther !== true) return gone;
  const afterMs = error.retryAfterMs ?? (stateOf(error) === undefined ? 30_000 : 300_000);
  return { state: 'retry', afterMs, detail: error.words };
}

async function taken(
  answer: FetchAnswer,
  { wish, expected }: { readonly wish: FileWish; readonly expected: readonly (string | undefined)[] },
): Promise<FileFetched> {
  // The address has expired meanwhile: another is asked for.
  if (answer.status !== 200) return { state: 'retry', afterMs: 5_000, detail: `HTTP ${answer.status}` };
  const hash = createHash('sha256');
  for await (const piece of answer.pieces()) {
    if (wish.signal.aborted) return { state: 'retry', afterMs: 1_000, detail: 'stopped meanwhile' };
    hash.update(piece);
    await wish.into(piece);
  }
  const found = hash.digest('hex');
  const other = expected.some((one) => one !== undefined && one !== found);
  return other ? { state: 'refused', detail: 'its bytes are not those that WhatsApp announced' } : { state: 'fetched' };
}

export class Uploads {
  readonly #graph: Graph;
  readonly #tails: Promise<unknown>[] = Array.from({ length: uploadsMax }, () => Promise.resolve());
  #next = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** @returns the id to send it by, or what Meta says against it. @throws FetchFailed: nothing was sent by then */
  upload(file: OutboundFile, phoneNumberId: string): Promise<Upload> {
    const slot = this.#next;
    this.#next = (slot + 1) % uploadsMax;
    const done = (this.#tails[slot] ?? Promise.resolve()).then(() => this.#upload(file, phoneNumberId));
    this.#tails[slot] = done.catch(() => undefined);
    return done;
  }

  async #upload(file: OutboundFile, phoneNumberId: string): Promise<Upload> {
    const { kind, name, type, size } = file;
    if (kind === 'sticker' && size > stillStickerMost && !(await moves(file))) return { stillTooLarge: true };
    const fields = { messaging_product: 'whatsapp', type };
    const body = { fields, file: { field: 'file', name, type, size, open: () => file.open() } };
    const wish = { method: 'POST', body, timeoutMs: transferMs } as const;
    const answered = await this.#graph.ask(`/${phoneNumberId}/media`, wish);
    return idOf(answered);
  }
}

export type Upload = { readonly id: string } | { readonly error: GraphError } | { readonly stillTooLarge: true };

function idOf(answered: Answered): Upload {
  if (!answered.ok) return { error: answered.error };
  const read = uploaded.safeParse(answered.json);
  return read.success ? { id: read.data.id } : { error: { status: 500, words: 'WhatsApp gave the file no id' } };
}

/** The animation flag of WebP's extended header (RFC 9649, 2.7). */
async function moves(webp: Pick<OutboundFile, 'open'>): Promise<boolean> {
  let head = Buffer.alloc(0);
  for await (const piece of webp.open()) {
    head = Buffer.concat([head, piece.subarray(0, 21)]);
    if (head.length >= 21) break;
  }
  return head.toString('latin1', 12, 16) === 'VP8X' && ((head[20] ?? 0) & 0x02) !== 0;
}
