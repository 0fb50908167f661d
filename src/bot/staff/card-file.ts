/** A contact card that somebody sent to @gatehouse as a file. */
import type { MediaUri } from '../../core/ids.ts';
import type { Done, Homeserver } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { LONGEST_CARD } from './vcard.ts';

const AGAIN: ReadonlySet<string> = new Set(['down', 'unclear', 'rate-limited']);

/** Its text, or the beginning of it; an error only where it is worth another try. */
export async function readCard(
  homeserver: Pick<Homeserver, 'download'>,
  uri: MediaUri,
  signal: AbortSignal,
): Done<string> {
  const pieces: Uint8Array[] = [];
  const into = (piece: Uint8Array): Promise<void> => {
    pieces.push(piece);
    return Promise.resolve();
  };
  const got = await homeserver.download({ uri, maxBytes: LONGEST_CARD, signal, into });
  if (!got.ok && AGAIN.has(got.error.kind)) return got;
  return ok(Buffer.concat(pieces).toString('utf8'));
}
