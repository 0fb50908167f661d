/** What a user is called (client-server API, "Profiles"). */
import { z } from 'zod';
import type { UserId } from '../core/ids.ts';
import type { Actors } from './actors.ts';
import { call } from './calls.ts';

const profile = z.object({ displayname: z.string().nullish() });

/** Undefined for a user without a name, and where the homeserver doesn't tell. */
export async function displayName(actors: Actors, user: UserId): Promise<string | undefined> {
  const path = ['profile', user, 'displayname'];
  const got = await call(actors, { as: actors.gatehouse, method: 'GET', path, answer: profile });
  return got.ok ? (got.value.displayname ?? undefined) : undefined;
}
