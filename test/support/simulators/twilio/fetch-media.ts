import { PATIENCE_MS } from './calls.ts';
import { newSid, type SimMedia } from './messages.ts';

const MEDIA_TYPES =
  /^(?:image\/(?:jpeg|jpg|png|gif|bmp|tiff|webp|heic|heif)|video\/|audio\/|text\/|application\/(?:pdf|vcard|vnd\.apple\.pkpass))/u;
const MEDIA_BYTES = 5_000_000;

/** As Twilio validates a MediaUrl: HEAD, then GET; the header has to say what may be sent. An error code where it can't. */
export async function fetchMedia(url: string): Promise<SimMedia | number> {
  for (const method of ['HEAD', 'GET'] as const) {
    const response = await fetch(url, { method, redirect: 'follow', signal: AbortSignal.timeout(PATIENCE_MS) });
    const type = response.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!response.ok) return 11_200;
    if (!MEDIA_TYPES.test(type)) return 12_300;
    if (bytes.length > MEDIA_BYTES) return 11_751;
    if (method === 'GET') return { sid: newSid('ME'), type, bytes };
  }
  return 11_200;
}
