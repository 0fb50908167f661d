/** A file at a link that a provider was given, fetched as providers do: HTTPS, or this machine in a test. */
import { createHash } from 'node:crypto';

export interface LinkedFile {
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

/** Undefined where it isn't given, or not as what the header says. */
export async function linkedFile(link: string, types: RegExp, most: number): Promise<LinkedFile | undefined> {
  if (!isGoodLink(link)) return undefined;
  const response = await fetch(link, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !types.test(type) || bytes.length > most) return undefined;
  return { type, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export function isGoodLink(link: string): boolean {
  if (!URL.canParse(link) || link.length > 2_000) return false;
  const { protocol, hostname } = new URL(link);
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
