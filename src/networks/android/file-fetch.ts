/** Fetches a picture or file that came: what the webhook brought, else from the phone. */
import type { FileFetched, FileWish } from '../../core/ports/connector.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { Gateway } from './gateway.ts';
import type { HeardMms } from './heard-mms.ts';
import { mmsItem } from './inbox.ts';

const AGAIN_MS = 30_000;

export interface FileFetchDeps {
  readonly gateway: Gateway;
  readonly heard: HeardMms;
  /** Only the phone's own server hands out files. */
  readonly local: boolean;
}

export async function fetchAndroidFile(wish: FileWish, deps: FileFetchDeps): Promise<FileFetched> {
  const { ref } = wish.attachment;
  const brought = await deps.heard.bytesOf(ref);
  if (brought !== undefined) {
    if (brought.length > wish.maxBytes) return { state: 'too-large' };
    await wish.into(brought);
    return { state: 'fetched' };
  }
  if (!deps.local) return { state: 'gone', detail: 'the phone did not bring it' };
  try {
    return await fromPhone(wish, deps.gateway);
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    if (error.kind === 'too-large') return { state: 'too-large' };
    return { state: 'retry', afterMs: AGAIN_MS, detail: error.detail };
  }
}

async function fromPhone({ attachment: { ref }, maxBytes, into }: FileWish, gateway: Gateway): Promise<FileFetched> {
  const [part = '', id = ''] = ref.split('@');
  const item = await mmsItem(gateway, id);
  if (item === undefined) return { state: 'gone', detail: 'the phone has it no longer' };
  const answer = await gateway.file(`/inbox/${encodeURIComponent(item.id)}/attachments/${part}`, maxBytes);
  if (answer.status === 404) return { state: 'gone', detail: 'the phone has it no longer' };
  if (answer.status !== 200) {
    return { state: 'retry', afterMs: AGAIN_MS, detail: `the phone answers ${String(answer.status)}` };
  }
  for await (const piece of answer.pieces()) await into(piece);
  return { state: 'fetched' };
}
