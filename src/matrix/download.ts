/**
 * A file of the media repository, as it comes (client-server API 1.11, `GET /_matrix/client/v1/media/download`). Not with
 * the SDK, which would hold it whole. The homeserver fetches other servers' files; we ask nobody else, follow no redirect,
 * and so our token goes nowhere else.
 */
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { partsOfMediaUri, type MediaUri } from '../core/ids.ts';
import type { Done, Homeserver, HomeserverFailure } from '../core/ports/homeserver.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Actors, MediaAccess } from './actors.ts';
import { failureOf } from './failure.ts';

/** Until the answer begins: the homeserver first fetches another server's file whole. */
const ANSWER_MS = 120_000;
/** Between two pieces. */
const SILENCE_MS = 30_000;
/** Of an answer that is an error. */
const MOST_ERROR_BYTES = 64 * 1024;
const DEFAULT_WAIT_MS = 5_000;

const errorShape = z.object({
  errcode: z.string(),
  error: z.string().optional(),
  retry_after_ms: z.number().optional(),
});

type Wanted = Parameters<Homeserver['download']>[0];

export async function download(actors: Actors, wanted: Wanted, clock: Clock): Done<void> {
  const access = await actors.mediaAccess();
  if (!access.ok) return access;
  const patience = new Patience(clock, wanted.signal);
  try {
    patience.wait(ANSWER_MS);
    const answer = await ask(access.value, wanted.uri, patience.signal);
    if (!answer.ok) return answer;
    if (!answer.value.ok) return err(await refusal(answer.value));
    return await pass(answer.value, wanted, patience);
  } finally {
    patience.end();
  }
}

/** Ends a request that is silent for too long, or when we are told to stop. */
class Patience {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #silence = new AbortController();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.signal = AbortSignal.any([stop, this.#silence.signal]);
  }

  /** From now on. */
  wait(ms: number): void {
    this.pause();
    this.#cancel = this.#clock.after(ms, () => {
      this.end();
    });
  }

  /** What takes its time is ours, not theirs. */
  pause(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Closes the connection too, if there is still one. */
  end(): void {
    this.pause();
    this.#silence.abort();
  }
}

async function ask(
  { url, token, as }: MediaAccess,
  uri: MediaUri,
  signal: AbortSignal,
): Promise<Result<Response, HomeserverFailure>> {
  const { server, id } = partsOfMediaUri(uri);
  const path = `/_matrix/client/v1/media/download/${encodeURIComponent(server)}/${encodeURIComponent(id)}`;
  try {
    const headers = { authorization: `Bearer ${token}` };
    return ok(await fetch(`${url}${path}?user_id=${encodeURIComponent(as)}`, { headers, redirect: 'error', signal }));
  } catch (error) {
    return err(broken(error, signal));
  }
}

/** Only a connection that did not come about says something about the homeserver; anything later may be this file's. */
function broken(error: unknown, signal: AbortSignal): HomeserverFailure {
  if (signal.aborted) return { kind: 'unclear', detail: 'no answer in time' };
  return failureOf(error instanceof Error && error.cause !== undefined ? error.cause : error, false);
}

async function pass(answer: Response, { maxBytes, into }: Wanted, patience: Patience): Done<void> {
  const tooLarge = err({ kind: 'too-large', detail: `more than ${maxBytes} bytes` } as const);
  if (Number(answer.headers.get('content-length') ?? 0) > maxBytes) return tooLarge;
  const reader = answer.body?.getReader();
  if (reader === undefined) return ok(undefined);
  let size = 0;
  for (;;) {
    patience.wait(SILENCE_MS);
    const piece = await next(reader);
    if (!piece.ok) return piece;
    if (piece.value === undefined) return ok(undefined);
    size += piece.value.length;
    if (size > maxBytes) return tooLarge;
    patience.pause();
    await into(piece.value);
  }
}

type Pieces = ReadableStreamDefaultReader<Uint8Array>;

async function next(pieces: Pieces): Promise<Result<Uint8Array | undefined, HomeserverFailure>> {
  try {
    const piece = await pieces.read();
    return ok(piece.done ? undefined : piece.value);
  } catch {
    return err({ kind: 'unclear', detail: 'the answer broke off' });
  }
}

/**
 * An answer with a Matrix error code is the homeserver's own, and speaks of this file: 502 is another server that can't
 * be reached, 504 a file that is not uploaded yet. Without one it is a proxy's: the homeserver is not there.
 */
async function refusal(answer: Response): Promise<HomeserverFailure> {
  const { status } = answer;
  const said = await errorOf(answer);
  if (status === 429) return { kind: 'rate-limited', afterMs: said?.retry_after_ms ?? DEFAULT_WAIT_MS };
  return said === undefined ? ofStranger(status) : ofHomeserver(status, said);
}

function ofHomeserver(status: number, said: z.infer<typeof errorShape>): HomeserverFailure {
  const { errcode, error: detail = errcode } = said;
  // Said with 413, and with 502 of another server's file (Synapse).
  if (errcode === 'M_TOO_LARGE') return { kind: 'too-large', detail };
  if (status === 404 && errcode === 'M_NOT_FOUND') return { kind: 'not-found', errcode, detail };
  if (status === 401 || status === 403) return { kind: 'forbidden', errcode, detail };
  if (status === 503) return { kind: 'down', detail: 'HTTP 503' };
  return { kind: 'refused', status, errcode, detail };
}

function ofStranger(status: number): HomeserverFailure {
  if (status === 413) return { kind: 'too-large', detail: 'the proxy in front of the homeserver refused the size' };
  if (status >= 500) return { kind: 'down', detail: `HTTP ${status}` };
  return { kind: 'refused', status, errcode: 'M_UNKNOWN', detail: 'the answer is not from a Matrix homeserver' };
}

async function errorOf(answer: Response): Promise<z.infer<typeof errorShape> | undefined> {
  const reader: Pieces | undefined = answer.body?.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
      size += piece.value.length;
      if (size > MOST_ERROR_BYTES) return undefined;
      pieces.push(piece.value);
    }
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    return errorShape.safeParse(body).data;
  } catch {
    return undefined;
  }
}
