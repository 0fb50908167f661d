/** Files of messages: by a link of anybody's, or by an id at a place of the provider's that wants our credentials. */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import type { ConnectorContext, FileFetched, FileWish } from '../../core/ports/connector.ts';
import { FetchFailed, type FetchAnswer, type FetchWish } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { HttpConfig } from './config.ts';
import { filledHeader, filledPath, type Values } from './template.ts';

const transferMs = 600_000;
const refMost = 2_048;
const ref = z.union([z.strictObject({ link: z.string() }), z.strictObject({ source: z.string(), id: z.string() })]);

/** What an attachment is fetched by; undefined where nothing names it, or too long to be kept. */
export function refOf(given: {
  link: string | undefined;
  source: string | undefined;
  id: string | undefined;
}): string | undefined {
  const { link, source, id } = given;
  const named = source === undefined || id === undefined ? undefined : { source, id };
  const kept = link === undefined ? named : { link };
  const text = kept === undefined ? '' : JSON.stringify(kept);
  return text === '' || text.length > refMost ? undefined : text;
}

interface Fetching {
  readonly ctx: ConnectorContext;
  readonly config: HttpConfig;
  readonly secrets: Values;
}

export async function fetchFile(wish: FileWish, fetching: Fetching): Promise<FileFetched> {
  try {
    const answer = await asked(wish, fetching);
    if (answer === undefined) return { state: 'gone', detail: 'the config has no such place' };
    return await taken(answer, wish, fetching.ctx);
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    if (error.kind === 'too-large') return { state: 'too-large' };
    if (error.kind === 'refused') return { state: 'refused', detail: error.detail };
    return { state: 'retry', afterMs: 10_000, detail: error.detail };
  }
}

async function asked(wish: FileWish, { ctx, config, secrets }: Fetching): Promise<FetchAnswer | undefined> {
  const kept = ref.safeParse(parseJson(wish.attachment.ref)).data;
  const limits: FetchWish = { maxBytes: wish.maxBytes, timeoutMs: transferMs };
  if (kept === undefined) return undefined;
  if ('link' in kept) return ctx.fetch(kept.link, limits);
  const source = Object.hasOwn(config.fileSources, kept.source) ? config.fileSources[kept.source] : undefined;
  const path = source === undefined ? undefined : filledPath(source.path, { ...secrets, id: kept.id });
  if (source === undefined || path === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(source.headers).map(([name, value]) => [name, filledHeader(value, secrets)]),
  );
  return ctx.api(source.origin)(path, { ...limits, headers });
}

/** 202: the provider is still at it. */
async function taken(answer: FetchAnswer, wish: FileWish, { clock }: ConnectorContext): Promise<FileFetched> {
  const { status } = answer;
  if (status === 404 || status === 410) return { state: 'gone', detail: 'the provider has not got it any more' };
  if (status !== 200) {
    const afterMs = retryAfterMs(answer.header('retry-after'), clock.now()) ?? 10_000;
    return { state: 'retry', afterMs, detail: `HTTP ${status}` };
  }
  const length = Number(answer.header('content-length') ?? 0);
  if (length > wish.maxBytes) return { state: 'too-large' };
  for await (const piece of answer.pieces()) {
    if (wish.signal.aborted) return { state: 'retry', afterMs: 1_000, detail: 'stopped meanwhile' };
    await wish.into(piece);
  }
  return { state: 'fetched' };
}
