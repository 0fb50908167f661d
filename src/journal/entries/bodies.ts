/** The body of each kind, version 1. `core/entry.ts` and `core/watch-entries.ts` have the types and what the fields mean. */
import { z } from 'zod';
import type { EntryBodies, EntryKind } from '../../core/entry.ts';
import { failures, type FailureKind } from '../../core/failures.ts';
import { alarmKinds } from '../../core/watch-entries.ts';
import * as id from './ids.ts';
import { networkBodies } from './network-bodies.ts';
import { judged, policyBodies } from './policy-bodies.ts';
import { personBodies } from './person-bodies.ts';
import { retentionBodies } from './retention-bodies.ts';

const text = z.string();
const optionalText = z.exactOptional(z.string());
const failureKind = z.custom<FailureKind>((value) => typeof value === 'string' && Object.hasOwn(failures, value));
const target = z.enum(['network', 'matrix']);
const answerCode = z.enum(['ok', 'denied', 'usage', 'not-found', 'pending', 'failed']);

type Bodies = { readonly [K in EntryKind]: z.ZodType<EntryBodies[K]> };

const fromOutside = {
  'matrix.event': z.object({
    event_id: id.eventId,
    type: text,
    room_id: id.roomId,
    sender: id.userId,
    origin_server_ts: z.number(),
    content: id.jsonObject,
    state_key: optionalText,
    redacts: z.exactOptional(id.eventId),
  }),
  'matrix.malformed': z.object({ reason: text, eventId: optionalText, roomId: optionalText }),
} satisfies Partial<Bodies>;

const fileOf = {
  of: id.position,
  part: z.int().nonnegative(),
  uri: z.exactOptional(id.mediaUri),
  name: optionalText,
};
const scan = z.object({
  by: text,
  result: z.enum(['clean', 'found', 'failed']),
  detail: optionalText,
  again: z.exactOptional(z.literal(true)),
});
const hex256 = z.string().regex(/^[0-9a-f]{64}$/u);

const files = {
  'file.stored': z.object({
    ...fileOf,
    type: text,
    size: z.int().nonnegative(),
    sha256: hex256,
    blob: hex256,
    key: text,
    encrypted: z.exactOptional(z.boolean()),
    scan: z.exactOptional(scan),
  }),
  'file.missing': z.object({
    ...fileOf,
    why: z.enum(['too-large', 'not-found', 'refused', 'later', 'gave-up']),
    detail: optionalText,
  }),
  'file.scanned': z.object({ of: id.position, part: z.int().nonnegative(), stored: id.position, scan }),
} satisfies Partial<Bodies>;

const delivery = {
  'delivery.attempt': z.object({
    of: id.position,
    attempt: z.int(),
    target,
    text: optionalText,
    judged: z.exactOptional(judged),
  }),
  'delivery.outcome': z.object({
    of: id.position,
    target,
    state: z.enum(['sent', 'pending', 'failed', 'unknown']),
    ids: z.exactOptional(z.array(id.remoteId)),
    eventId: z.exactOptional(id.eventId),
    further: z.exactOptional(z.array(id.eventId)),
    lacking: z.exactOptional(z.array(z.int().nonnegative())),
    reason: z.exactOptional(failureKind),
    code: optionalText,
    detail: optionalText,
    maybeTwice: z.exactOptional(z.boolean()),
    settleBy: z.exactOptional(id.millis),
  }),
  'delivery.retry': z.object({ of: id.position, by: id.userId }),
  'delivery.deferred': z.object({ of: id.position, behind: id.position }),
  'delivery.abandoned': z.object({ of: id.position, reason: failureKind, by: z.exactOptional(id.userId) }),
} satisfies Partial<Bodies>;

const roomUse = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('space'), line: id.lineId }),
  z.object({ kind: z.literal('desk'), desk: id.deskId }),
  z.object({ kind: z.literal('staff'), user: id.userId }),
]);

const bridge = {
  'portal.opened': z.object({
    portal: id.portalId,
    room: id.roomId,
    line: id.lineId,
    contact: id.contactId,
    network: id.networkId,
    because: z.exactOptional(id.position),
  }),
  'portal.moved': z.object({ portal: id.portalId, from: id.roomId, to: id.roomId }),
  'portal.closed': z.object({
    portal: id.portalId,
    room: z.exactOptional(id.roomId),
    why: text,
    over: z.exactOptional(z.object({ contact: id.contactId, asOf: id.position })),
  }),
  'portal.wanted': z.object({
    line: id.lineId,
    network: id.networkId,
    address: id.address,
    by: id.userId,
    because: id.position,
    text: optionalText,
    // Without a language it is one of the company's own.
    template: z.exactOptional(z.object({ name: text, language: z.exactOptional(text), values: z.array(text) })),
  }),
  'ghost.made': z.object({ user: id.userId, network: id.networkId, address: id.address, name: text }),
  'room.made': z.object({ room: id.roomId, use: roomUse }),
  'room.gone': z.object({ room: id.roomId, portal: z.exactOptional(id.portalId), why: text }),
  'line.assigned': z.object({ line: id.lineId, portal: id.portalId, to: id.userId, by: id.userId }),
  'contact.changed': z.object({ contact: id.contactId, name: text, by: id.userId }),
  'staff.notice': z.object({ user: id.userId, room: id.roomId, notice: text }),
} satisfies Partial<Bodies>;

const house = {
  'desk.command': z.object({
    desk: id.deskId,
    room: id.roomId,
    event: id.eventId,
    command: text,
    code: answerCode,
    positions: z.array(id.position),
  }),
  'cli.command': z.object({ command: text, user: text, positions: z.array(id.position) }),
  'system.started': z.object({ version: text, epoch: z.int(), config: text }),
  'system.stopped': z.object({ why: text }),
  'config.changed': z.object({ digest: text }),
  'gate.changed': z.object({ gate: id.gateId, open: z.boolean(), reason: text }),
  'task.dead': z.object({ task: id.taskId, of: id.position, reason: text }),
  'checkpoint.published': z.object({ origin: text, size: z.int(), root: text, where: text }),
} satisfies Partial<Bodies>;

const count = z.int().nonnegative();
const look = z.enum(['restart', 'rounds', 'asked']);
const gapIn = { room: id.roomId, events: count, unreadable: count, from: id.millis, to: id.millis };
const alarm = {
  alarm: id.alarmId,
  kind: z.enum(alarmKinds),
  words: text,
};
const lineReconciled = z.object({
  line: id.lineId,
  ...{ received: count, shown: count, waitingIn: count, failedIn: count },
  ...{ written: count, sent: count, delivered: count, waitingOut: count, failedOut: count, unknownOut: count },
  listed: z.exactOptional(z.object({ inbound: count, takenIn: count })),
});

const watching = {
  'log.continued': z.object({ origin: text, size: count, root: text, restored: count, why: text }),
  'backup.made': z.object({ size: count, root: text, files: count, bytes: count, keysUntil: id.millis }),
  'gap.found': z.object({ ...gapIn, by: look }),
  'gap.repaired': z.object({
    by: look,
    rooms: z.array(z.object({ ...gapIn, found: id.position })),
    events: count,
    unreadable: count,
  }),
  'reconcile.report': z.object({
    by: z.enum(['daily', 'desk', 'cli']),
    from: id.millis,
    to: id.millis,
    homeserver: z.exactOptional(
      z.object({
        reach: z.enum(['all', 'ours']),
        ...{ rooms: count, unreadRooms: count, events: count },
        ...{ fetched: count, missing: count, unreadable: count, goneThere: count },
      }),
    ),
    lines: z.array(lineReconciled),
    findings: z.array(
      z.object({
        what: z.enum(['unplaced', 'forgotten', 'attempt-open', 'unsettled']),
        line: id.lineId,
        of: id.position,
      }),
    ),
    digest: text,
    unanswered: z.array(text),
    ok: z.boolean(),
    because: z.exactOptional(id.position),
  }),
  'alarm.raised': z.object(alarm),
  'alarm.cleared': z.object(alarm),
  'clock.jumped': z.object({ byMs: z.int() }),
} satisfies Partial<Bodies>;

export const bodies: Bodies = {
  ...fromOutside,
  ...networkBodies,
  ...files,
  ...delivery,
  ...bridge,
  ...house,
  ...watching,
  ...policyBodies,
  ...personBodies,
  ...retentionBodies,
};
