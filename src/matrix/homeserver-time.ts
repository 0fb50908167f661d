/** What time the homeserver says it is: the `Date` of an answer (RFC 9110, 6.6.1), in whole seconds. */
import { parseMillis, type Millis } from '../core/ids.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import { failureOf } from './failure.ts';

const TIMEOUT_MS = 5_000;

/** Asks what anybody may ask (client-server API, `GET /versions`). Undefined where the answer has no readable date. */
export async function homeserverTime(url: string): Done<Millis | undefined> {
  try {
    const answer = await fetch(`${url}/_matrix/client/versions`, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    const at = parseMillis(Date.parse(answer.headers.get('date') ?? ''));
    return ok(at.ok ? at.value : undefined);
  } catch (error) {
    return err(failureOf(error instanceof Error && error.cause !== undefined ? error.cause : error, true));
  }
}
