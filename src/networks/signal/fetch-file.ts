/** Brings the bytes of what came: from signal-cli's folder where this machine can read it, else through the daemon. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { FileFetched, FileWish } from '../../core/ports/connector.ts';
import type { Called } from './daemon.ts';
import { readFileRef, type FileRef } from './file-ref.ts';
import { isGroup } from './people.ts';
import type { Session } from './session.ts';
import { fileData } from './wire.ts';

/** What the daemon may give in one answer, as bytes; base64 makes a third more of it. */
export const largestFetched = 24 * 1024 * 1024;
const answerMax = 34 * 1024 * 1024;
const fetchWithinMs = 120_000;
const againMs = 10_000;

export interface FileSource {
  readonly session: Pick<Session, 'ask'>;
  readonly folder: string | undefined;
}

export async function fetchSignalFile(wish: FileWish, source: FileSource): Promise<FileFetched> {
  const ref = readFileRef(wish.attachment.ref);
  const line = parseAddress(ref?.line);
  if (ref === undefined || !line.ok) return { state: 'gone', detail: 'signal-cli names no such file' };
  if (ref.sticker !== undefined) return fromDaemon({ wish, line: line.value, ref }, source);
  if (ref.id === undefined || !/^[\w-][\w.-]{0,254}$/u.test(ref.id)) {
    return { state: 'gone', detail: 'signal-cli did not download it' };
  }
  if (source.folder !== undefined) return fromFolder(wish, join(source.folder, ref.id));
  if ((ref.size ?? 0) > largestFetched) {
    const detail = `larger than signal-cli gives away (${String(largestFetched / 1_048_576)} MB): set attachments to its folder`;
    return { state: 'refused', detail };
  }
  return fromDaemon({ wish, line: line.value, ref }, source);
}

async function fromFolder({ into, maxBytes, signal }: FileWish, path: string): Promise<FileFetched> {
  let size = 0;
  const stream = createReadStream(path, { signal });
  try {
    for await (const chunk of stream) {
      const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      size += piece.length;
      if (size > maxBytes) return { state: 'too-large' };
      await taken(into(piece));
    }
    return { state: 'fetched' };
  } catch (error) {
    if (error instanceof NotTaken) throw error.cause;
    return unread(error);
  } finally {
    stream.destroy();
  }
}

/** What `into` throws goes on to the caller as it is. */
class NotTaken extends Error {}
async function taken(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    throw new NotTaken('not taken', { cause: error });
  }
}

function unread(error: unknown): FileFetched {
  const code = codeOf(error);
  if (code === 'ENOENT') return { state: 'gone', detail: "it is not in signal-cli's folder" };
  const detail = code === 'EACCES' ? "Gatehouse may not read signal-cli's folder" : "signal-cli's folder can't be read";
  return { state: 'retry', afterMs: againMs, detail };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

interface Fetching {
  readonly wish: FileWish;
  readonly line: Address;
  readonly ref: FileRef;
}

async function fromDaemon({ wish, line, ref }: Fetching, { session }: FileSource): Promise<FileFetched> {
  const { id, sticker } = ref;
  const limits = { timeoutMs: fetchWithinMs, maxBytes: answerMax };
  const called =
    sticker === undefined
      ? await session.ask(line, 'getAttachment', { id, ...chatOf(ref) }, limits)
      : await session.ask(line, 'getSticker', sticker, limits);
  if (called.kind !== 'result') return notGiven(called);
  const answer = fileData.safeParse(called.value);
  if (!answer.success) return { state: 'gone', detail: 'signal-cli gave no file' };
  const bytes = Buffer.from(answer.data.data, 'base64');
  if (bytes.length > wish.maxBytes) return { state: 'too-large' };
  await wish.into(bytes);
  return { state: 'fetched' };
}

function chatOf({ chat }: FileRef): object {
  const address = parseAddress(chat);
  return address.ok && isGroup(address.value) ? { groupId: chat } : { recipient: chat };
}

function notGiven(called: Exclude<Called, { kind: 'result' }>): FileFetched {
  if (called.kind === 'error') return { state: 'gone', detail: "signal-cli can't give it" };
  return { state: 'retry', afterMs: againMs, detail: called.detail };
}
