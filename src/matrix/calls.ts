/** One call to the client-server API as one of our users, decoded, with failures as values. */
import { z } from 'zod';
import type { UserId } from '../core/ids.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { failureOfOurs } from './failure.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

export interface Call<T> {
  readonly as: UserId;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** After `/_matrix/client/<version>/`, its parts not yet escaped. */
  readonly path: readonly string[];
  /** `v3` unless the API has it under another one. */
  readonly version?: 'v1' | 'v3' | 'unstable';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<T>;
  /** False where a second call does no harm: a lost answer is then "down", not "unclear". By default: not a GET. */
  readonly changes?: boolean;
}

export const nothing = z.unknown().transform(() => undefined);

export async function call<T>(actors: Actors, given: Call<T>): Done<T> {
  const client = await actors.client(given.as);
  if (!client.ok) return client;
  const path = `/_matrix/client/${given.version ?? 'v3'}/${given.path.map(encodeURIComponent).join('/')}`;
  const query = given.query === undefined ? null : { ...given.query };
  try {
    const sent = client.value.doRequest(given.method, path, query, given.body, DEFAULT_TIMEOUT_MS);
    const answer: unknown = await sent;
    const decoded = given.answer.safeParse(answer);
    if (decoded.success) return ok(decoded.data);
    // Something answered 200 that is not a homeserver: whether one got it, nobody knows.
    return err({ kind: changes(given) ? 'unclear' : 'down', detail: 'the answer is not of the expected form' });
  } catch (error) {
    const failure = failureOfOurs(error, !changes(given));
    if (failure.kind === 'forbidden') actors.forget(given.as);
    return err(failure);
  }
}

function changes(given: Pick<Call<unknown>, 'method' | 'changes'>): boolean {
  return given.changes ?? given.method !== 'GET';
}
