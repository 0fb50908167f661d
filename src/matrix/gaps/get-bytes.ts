/** A GET whose answer is wanted byte for byte, which the SDK would parse: a page of history goes on record as it came. */
import { MatrixError } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import type { UserId } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok } from '../../core/result.ts';
import { failureOf } from '../failure.ts';

const TIMEOUT_MS = 30_000;
/** 100 events of 64 KiB, with what the homeserver adds to each. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Access {
  /** The homeserver's client-server API, without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** As whom an appservice asks. */
  readonly as?: UserId;
}

const errorShape = z.object({
  errcode: z.string(),
  error: z.string().catch(''),
  retry_after_ms: z.number().optional(),
});

/** Follows no redirect, so that the token goes nowhere else. */
export async function getBytes(
  access: Access,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Done<Uint8Array> {
  const asked = new URLSearchParams({ ...query, ...(access.as !== undefined && { user_id: access.as }) });
  try {
    const answer = await fetch(`${access.url}${path}?${asked.toString()}`, {
      headers: { authorization: `Bearer ${access.token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await whole(answer);
    if (body === undefined) return err({ kind: 'too-large', detail: `an answer of more than ${MOST_BYTES} bytes` });
    return answer.ok ? ok(body) : err(refusal(answer, body));
  } catch (error) {
    return err(failureOf(error instanceof Error && error.cause !== undefined ? error.cause : error, true));
  }
}

async function whole(answer: Response): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = answer.body?.getReader();
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    size += piece.value.length;
    if (size > MOST_BYTES) {
      await reader?.cancel();
      return undefined;
    }
    pieces.push(piece.value);
  }
  return Buffer.concat(pieces);
}

function refusal(answer: Response, body: Uint8Array): HomeserverFailure {
  const said = errorShape.safeParse(parseJson(Buffer.from(body).toString('utf8')));
  if (!said.success) return failureOf({ statusCode: answer.status }, true);
  const { errcode, error, retry_after_ms } = said.data;
  const given = { errcode, error, ...(retry_after_ms !== undefined && { retry_after_ms }) };
  const after = answer.headers.get('retry-after');
  return failureOf(new MatrixError(given, answer.status, after === null ? {} : { 'retry-after': after }), true);
}
