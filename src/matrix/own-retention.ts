/** Whether Synapse deletes by age itself: it tells where its `retention` is on and MSC1763 is switched on (1.156 and later). */
import { z } from 'zod';
import type { Done } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { call } from './calls.ts';

/** False where it doesn't tell. */
export async function deletesByAge(actors: Actors): Done<boolean> {
  const told = await call(actors, {
    as: actors.gatehouse,
    method: 'GET',
    version: 'unstable',
    path: ['org.matrix.msc1763', 'retention', 'configuration'],
    answer: z.object({ policies: z.record(z.string(), z.unknown()) }),
  });
  if (told.ok) return ok(true);
  return told.error.kind === 'not-found' ? ok(false) : told;
}
