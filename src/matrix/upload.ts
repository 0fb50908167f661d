/**
 * A file for the media repository (client-server API 1.11, `POST /_matrix/media/v3/upload`); its address is `mxc://`. A
 * second upload leaves an unused file behind, no second message: safe to try again.
 */
import { MatrixError } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { parseJson } from '../core/json.ts';
import { OwnBytes } from '../core/own-bytes.ts';
import type { Done, Homeserver, HomeserverFailure, StreamedBytes } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { failureOfOurs } from './failure.ts';

/** Until the answer has come: for 100 MB over a slow line between two machines of one house. */
const LONGEST_MS = 10 * 60_000;

type Upload = Parameters<Homeserver['upload']>[0];

const answerShape = z.object({ content_uri: z.string() });
const errorShape = z.object({
  errcode: z.string(),
  error: z.string().catch(''),
  retry_after_ms: z.number().optional(),
});

export async function upload(actors: Actors, file: Upload, clock: Clock): Done<string> {
  const client = await actors.client(file.as);
  if (!client.ok) return client;
  const { bytes } = file;
  if (!(bytes instanceof Uint8Array)) {
    const { homeserverUrl: url, accessToken: token } = client.value;
    return stream({ url, token }, { ...file, bytes }, clock);
  }
  try {
    return ok(await client.value.uploadContent(Buffer.from(bytes), file.type, file.name));
  } catch (error) {
    return err(failureOfOurs(error, true));
  }
}

/** Not with the SDK, which would hold the file whole. */
async function stream(
  { url, token }: { readonly url: string; readonly token: string },
  { as, name, type, bytes }: Omit<Upload, 'bytes'> & { readonly bytes: StreamedBytes },
  clock: Clock,
): Done<string> {
  const asked = new URLSearchParams({ filename: name, user_id: as });
  const reading = new OwnBytes(() => bytes.open());
  const late = new AbortController();
  const cancel = clock.after(LONGEST_MS, () => {
    late.abort();
  });
  try {
    const answer = await fetch(`${url}/_matrix/media/v3/upload?${asked.toString()}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': type, 'content-length': String(bytes.size) },
      body: bytes.size === 0 ? new Uint8Array(0) : ReadableStream.from(reading.pieces()),
      duplex: 'half',
      redirect: 'error',
      signal: late.signal,
    });
    const body = parseJson(await answer.text());
    const said = answerShape.safeParse(body);
    return answer.ok && said.success ? ok(said.data.content_uri) : err(refusal(answer, body));
  } catch (error) {
    if (reading.failed !== undefined) throw reading.failed;
    if (late.signal.aborted) return err({ kind: 'down', detail: 'no answer in time' });
    return err(failureOfOurs(error instanceof Error && error.cause !== undefined ? error.cause : error, true));
  } finally {
    cancel();
  }
}

function refusal(answer: Response, body: unknown): HomeserverFailure {
  const said = errorShape.safeParse(body);
  if (!said.success) return failureOfOurs({ statusCode: answer.status }, true);
  const { errcode, error, retry_after_ms } = said.data;
  const given = { errcode, error, ...(retry_after_ms !== undefined && { retry_after_ms }) };
  return failureOfOurs(new MatrixError(given, answer.status, {}), true);
}
