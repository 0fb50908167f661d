/** The body of each kind of the dsar family, version 1. `core/person-entries.ts` has what the fields mean. */
import { z } from 'zod';
import { dsarOutcomes, dsarWants, type PersonBodies } from '../../core/person-entries.ts';
import * as id from './ids.ts';

const count = z.int().nonnegative();
const hex256 = z.string().regex(/^[0-9a-f]{64}$/u);
const askedAt = z.object({ by: id.userId, room: id.roomId, event: id.eventId });
const counts = z.array(
  z.object({
    outcome: z.enum(dsarOutcomes),
    class: z.exactOptional(id.classId),
    authority: z.exactOptional(z.string()),
    hold: z.exactOptional(id.holdId),
    until: z.exactOptional(id.millis),
    ...{ entries: count, files: count, from: id.millis, to: id.millis },
  }),
);

type Bodies = { readonly [K in keyof PersonBodies]: z.ZodType<PersonBodies[K]> };

export const personBodies: Bodies = {
  'dsar.opened': z.object({
    subject: z.object({ contacts: z.array(id.contactId), users: z.array(id.userId) }),
    wants: z.enum(dsarWants),
    due: id.millis,
    by: id.userId,
    at: askedAt,
  }),
  'dsar.looked': z.object({ request: id.position, because: id.position, looked: id.millis, counts }),
  'dsar.run-requested': z.object({ request: id.position, look: id.position, by: id.userId, at: askedAt }),
  'dsar.decided': z.object({
    request: id.position,
    asked: id.position,
    refused: z.exactOptional(z.literal(true)),
    by: id.userId,
    approvedBy: z.exactOptional(id.userId),
  }),
  'dsar.copied': z.object({
    ...{ request: id.position, because: id.position, entries: count, files: count, masked: count },
    ...{ written: count, received: count },
    sha256: hex256,
  }),
  'dsar.erased': z.object({ request: id.position, run: id.position, counts }),
  'dsar.answered': z.object({ request: id.position, by: id.userId, sha256: hex256 }),
};
