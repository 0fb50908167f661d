/** Brings the bytes of a file that a message linked to: from wherever its sender's server keeps it. */
import type { ConnectorContext, FileFetched, FileWish } from '../../core/ports/connector.ts';
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';

const timeoutMs = 300_000;
const laterMs = 60_000;

export async function fetchFile(ctx: Pick<ConnectorContext, 'fetch' | 'clock'>, wish: FileWish): Promise<FileFetched> {
  const { attachment, maxBytes, into } = wish;
  try {
    const answer = await ctx.fetch(attachment.ref, { timeoutMs, maxBytes });
    if (answer.status !== 200) return notGiven(answer, ctx);
    for await (const piece of answer.pieces()) {
      if (wish.signal.aborted) return { state: 'retry', afterMs: laterMs, detail: 'stopping' };
      await into(piece);
    }
    return { state: 'fetched' };
  } catch (error) {
    if (error instanceof FetchFailed) return failed(error);
    throw error;
  }
}

function notGiven(answer: FetchAnswer, { clock }: Pick<ConnectorContext, 'clock'>): FileFetched {
  const detail = `its server answered ${String(answer.status)}`;
  if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) return { state: 'gone', detail };
  const afterMs = retryAfterMs(answer.header('retry-after'), clock.now()) ?? laterMs;
  return { state: 'retry', afterMs, detail };
}

function failed({ kind, detail }: FetchFailed): FileFetched {
  if (kind === 'too-large') return { state: 'too-large' };
  if (kind === 'refused') return { state: 'refused', detail };
  return { state: 'retry', afterMs: laterMs, detail };
}
