/** Brings a file's bytes: `getFile` tells a path that holds for an hour, under which they lie (Bot API, "getFile"). */
import { z } from 'zod';
import type { FileFetched, FileWish } from '../../core/ports/connector.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { ApiAnswer, BotApi } from './bot-api.ts';

const AGAIN_MS = 10_000;

const fileShape = z.object({ file_path: z.string().min(1).max(1_000).optional(), file_size: z.int().optional() });

export async function fetchFile(api: BotApi, wish: FileWish): Promise<FileFetched> {
  const { attachment, maxBytes, signal } = wish;
  const answer = await api.call('getFile', { file_id: attachment.ref }, { signal });
  if (answer.is !== 'ok') return withoutPath(answer);
  const { file_path: path, file_size: size = 0 } = fileShape.safeParse(answer.result).data ?? {};
  if (path === undefined) return again('Telegram tells no path yet');
  if (size > maxBytes) return { state: 'too-large' };
  try {
    return await bytesAt(api, path, wish);
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    return error.kind === 'too-large' ? { state: 'too-large' } : again(error.kind);
  }
}

async function bytesAt(api: BotApi, path: string, { maxBytes, signal, into }: FileWish): Promise<FileFetched> {
  const file = await api.file(path, { maxBytes, signal });
  if (file.status === 404) return { state: 'gone', detail: 'Telegram does not have it any more' };
  if (file.status !== 200) return again(`Telegram answered ${String(file.status)}`);
  for await (const piece of file.pieces()) await into(piece);
  return { state: 'fetched' };
}

function withoutPath(answer: Exclude<ApiAnswer, { readonly is: 'ok' }>): FileFetched {
  if (answer.is !== 'refused') return again(answer.detail);
  if (answer.code === 429) return { state: 'retry', afterMs: answer.afterMs ?? AGAIN_MS, detail: 'too fast' };
  if (answer.code !== 400 || /temporarily unavailable/iu.test(answer.words)) {
    return again(`Telegram answered ${String(answer.code)}`);
  }
  // Above 20 MB a bot is given nothing.
  if (/too big|too large/iu.test(answer.words)) return { state: 'too-large' };
  return { state: 'gone', detail: answer.words };
}

function again(detail: string): FileFetched {
  return { state: 'retry', afterMs: AGAIN_MS, detail };
}
