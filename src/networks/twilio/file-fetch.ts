/** Fetches a picture or file that came: from the API with our login, and from where that points without it. */
import type { ConnectorContext, FileFetched, FileWish } from '../../core/ports/connector.ts';
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { TwilioApi } from './api.ts';
import { isOfApi } from './media.ts';

const AGAIN_MS = 30_000;

export interface FileFetchDeps {
  readonly ctx: Pick<ConnectorContext, 'fetch' | 'clock'>;
  readonly api: TwilioApi;
}

export async function fetchTwilioFile(wish: FileWish, deps: FileFetchDeps): Promise<FileFetched> {
  try {
    const answer = await answerFor(wish, deps);
    if (answer.status !== 200) return refusedWith(answer, deps);
    for await (const piece of answer.pieces()) {
      if (wish.signal.aborted) return { state: 'retry', afterMs: AGAIN_MS, detail: 'stopped' };
      await wish.into(piece);
    }
    return { state: 'fetched' };
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    if (error.kind === 'too-large') return { state: 'too-large' };
    if (error.kind === 'refused') return { state: 'refused', detail: error.detail };
    return { state: 'retry', afterMs: AGAIN_MS, detail: error.detail };
  }
}

async function answerFor({ attachment: { ref }, maxBytes }: FileWish, deps: FileFetchDeps): Promise<FetchAnswer> {
  if (!isOfApi(ref)) return deps.ctx.fetch(ref, { maxBytes });
  const answer = await deps.api.file(ref, maxBytes);
  const next = answer.header('location');
  if (answer.status < 300 || answer.status > 399 || next === undefined) return answer;
  if (!URL.canParse(next)) throw new FetchFailed('refused', 'Twilio points to an address that is none');
  return deps.ctx.fetch(next, { maxBytes });
}

function refusedWith(answer: FetchAnswer, { ctx }: FileFetchDeps): FileFetched {
  const { status } = answer;
  if (status === 404 || status === 410) return { state: 'gone', detail: 'Twilio has no such file any more' };
  if (status === 400 || status === 403) return { state: 'refused', detail: `Twilio answers ${String(status)}` };
  const afterMs = retryAfterMs(answer.header('retry-after'), ctx.clock.now()) ?? AGAIN_MS;
  return { state: 'retry', afterMs, detail: `Twilio answers ${String(status)}` };
}
