/** The body of each kind of the retention family, version 1. `core/retention-entries.ts` has what the fields mean. */
import { z } from 'zod';
import { stayReasons, type RetentionBodies } from '../../core/retention-entries.ts';
import * as id from './ids.ts';

const text = z.string();
const count = z.int().nonnegative();
const hex256 = z.string().regex(/^[0-9a-f]{64}$/u);
const period = z.object({ years: z.exactOptional(count), ms: z.exactOptional(count) });
const keptClass = z.object({
  id: id.classId,
  keep: period,
  erase: z.exactOptional(period),
  authority: text,
  own: z.exactOptional(z.literal(true)),
});
const assignedTo = z.object({
  line: z.exactOptional(id.lineId),
  rooms: z.exactOptional(z.array(id.roomId)),
  users: z.exactOptional(z.array(id.userId)),
  network: z.exactOptional(id.networkId),
  kind: z.exactOptional(text),
  verdict: z.exactOptional(text),
});
const stay = { why: z.enum(stayReasons), hold: z.exactOptional(id.holdId) };
const classCount = z.object({ class: id.classId, entries: count, files: count, from: id.millis, to: id.millis });
const stayCount = z.object({ ...stay, entries: count });
const head = z.object({ size: count, root: text });
const stores = [
  'journal',
  'keys',
  'index',
  'blobs',
  'copies',
  'homeserver-events',
  'homeserver-rooms',
  'homeserver-media',
  'homeserver-users',
] as const;
const askedAt = z.object({ by: id.userId, room: id.roomId, event: id.eventId });
const released = { hold: id.holdId, placed: id.position, by: id.userId };

type Bodies = { readonly [K in keyof RetentionBodies]: z.ZodType<RetentionBodies[K]> };

export const retentionBodies: Bodies = {
  'retention.classes': z.object({
    classes: z.array(keptClass),
    default: id.classId,
    assignments: z.array(z.object({ name: text, class: id.classId, to: assignedTo })),
    digest: hex256,
    by: z.exactOptional(id.userId),
    approvedBy: z.exactOptional(id.userId),
  }),
  'retention.set-asked': z.object({ name: text, class: z.exactOptional(id.classId), by: id.userId }),
  'retention.asked': z.object({
    act: z.enum(['preview', 'run']),
    at: z.exactOptional(askedAt),
  }),
  'retention.previewed': z.object({
    because: id.position,
    classes: hex256,
    until: id.millis,
    due: z.array(classCount),
    stays: z.array(stayCount),
  }),
  'retention.arm-requested': z.object({ classes: hex256, preview: id.position, by: id.userId }),
  'retention.armed': z.object({
    armed: z.boolean(),
    classes: hex256,
    preview: z.exactOptional(id.position),
    request: z.exactOptional(id.position),
    why: z.enum(['asked', 'classes-changed']),
    by: z.exactOptional(id.userId),
    approvedBy: z.exactOptional(id.userId),
  }),
  'retention.run': z.object({
    because: id.position,
    dsar: z.exactOptional(id.position),
    classes: hex256,
    until: id.millis,
    refused: z.exactOptional(z.enum(['not-armed', 'clock'])),
    armed: z.exactOptional(id.position),
    size: count,
    root: text,
  }),
  'retention.erased': z.object({
    run: id.position,
    class: id.classId,
    authority: text,
    spans: z.array(z.tuple([id.position, id.position])),
    entries: count,
    leftOut: z.array(z.object({ position: id.position, ...stay })),
  }),
  'retention.certificate': z.object({
    run: id.position,
    dsar: z.exactOptional(id.position),
    classes: hex256,
    until: id.millis,
    approvers: z.array(id.userId),
    gone: z.array(classCount),
    stays: z.array(stayCount),
    stores: z.array(z.object({ store: z.enum(stores), gone: count, stayed: count, why: z.exactOptional(text) })),
    before: head,
    after: head,
    finalAt: id.millis,
    sha256: hex256,
    signature: text,
  }),
  'retention.clock-confirmed': z.object({ by: id.userId, byMs: z.int() }),
  'hold.placed': z.object({
    hold: id.holdId,
    case: z.exactOptional(text),
    selector: z.object({
      query: text,
      meant: text,
      from: z.exactOptional(id.millis),
      until: z.exactOptional(id.millis),
    }),
    custodians: z.array(id.userId),
    by: id.userId,
    at: z.exactOptional(askedAt),
  }),
  'hold.acknowledged': z.object({ hold: id.holdId, by: id.userId }),
  'hold.release-requested': z.object({ ...released, refused: z.exactOptional(z.literal(true)) }),
  'hold.released': z.object({ ...released, approvedBy: z.exactOptional(id.userId) }),
};
