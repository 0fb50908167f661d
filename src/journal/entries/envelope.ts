/** Schemas of what is sealed beside the body: who, where, and from which source. */
import { z } from 'zod';
import type { EntryKind } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import { bodies } from './bodies.ts';
import * as id from './ids.ts';

export const entryKind = z.custom<EntryKind>((value) => typeof value === 'string' && Object.hasOwn(bodies, value));

export const where = {
  actor: z.exactOptional(z.string()),
  room: z.exactOptional(id.roomId),
  portal: z.exactOptional(id.portalId),
  line: z.exactOptional(id.lineId),
  contact: z.exactOptional(id.contactId),
};
export const source = z.object({
  system: z.string(),
  id: z.string(),
  sure: z.boolean(),
  mayRepeat: z.exactOptional(z.boolean()),
  conflictWith: z.exactOptional(id.position),
  possibleDuplicateOf: z.exactOptional(id.position),
  echoOf: z.exactOptional(id.position),
  late: z.exactOptional(z.object({ by: z.enum(['gap', 'walk-back']), after: z.exactOptional(id.eventId) })),
});

/** A JSON value, looked at only as far as the canonical text looks at it. */
export const json = z.custom<Json>((value) => value !== undefined);
