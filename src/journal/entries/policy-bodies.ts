/** The body of each kind of the policy family, version 1. `core/policy-entries.ts` has the types and what the fields mean. */
import { z } from 'zod';
import { roomChanges, type PolicyBodies } from '../../core/policy-entries.ts';
import { consequences, engineFailures, unreadables } from '../../core/policy-words.ts';
import * as id from './ids.ts';

const text = z.string();
const count = z.int().nonnegative();
const hex256 = z.string().regex(/^[0-9a-f]{64}$/u);
const consequence = z.enum(consequences);
const failed = z.exactOptional(z.enum(engineFailures));
const afterwards = z.exactOptional(z.literal(true));

export const judged = z.object({ rules: hex256, verdict: z.exactOptional(id.position) });

const finding = z.object({
  by: text,
  what: text,
  file: z.exactOptional(id.position),
  start: count,
  end: count,
  confidence: z.number(),
  masked: text,
  value: z.exactOptional(text),
  tricks: z.array(text),
  over: z.array(id.position),
  parts: z.exactOptional(z.array(z.object({ of: id.position, fromEnd: count, length: count }))),
});

const hit = z.object({
  rule: text,
  version: hex256,
  says: text,
  severity: z.enum(['low', 'medium', 'high']),
  consequence,
  dryRun: z.boolean(),
  notify: z.boolean(),
  count,
  findings: z.array(finding),
});

const unread = z.object({ why: z.enum(unreadables), part: z.exactOptional(count) });

/** What an officer decided of exactly this content. */
const decision = z.object({
  of: id.position,
  verdict: id.position,
  content: hex256,
  by: id.userId,
  note: z.exactOptional(text),
});

type Bodies = { readonly [K in keyof PolicyBodies]: z.ZodType<PolicyBodies[K]> };

export const policyBodies: Bodies = {
  'policy.verdict': z.object({
    of: id.position,
    version: z.exactOptional(id.position),
    file: z.exactOptional(id.position),
    rules: hex256,
    content: hex256,
    hits: z.array(hit),
    unread: z.array(unread),
    consequence: z.enum([...consequences, 'none']),
    failed,
    until: z.exactOptional(id.millis),
    afterwards,
  }),
  'policy.refused': z.object({
    callback: z.enum(['check_event_for_spam', 'user_may_invite', 'user_may_join_room', 'federated_user_may_invite']),
    user: id.userId,
    room: id.roomId,
    event: z.exactOptional(id.jsonObject),
    invitee: z.exactOptional(id.userId),
    rules: hex256,
    content: hex256,
    hits: z.array(hit),
    barrier: z.exactOptional(z.tuple([text, text])),
    shadow: z.boolean(),
    failed,
    until: z.exactOptional(id.millis),
  }),
  'policy.approved': decision,
  'policy.rejected': decision,
  'policy.expired': z.object({ of: id.position, verdict: id.position }),
  'policy.overridden': z.object({
    of: id.position,
    message: z.exactOptional(id.position),
    content: hex256,
    by: id.userId,
    reason: text,
    until: id.millis,
  }),
  'policy.redacted': z.object({
    of: id.position,
    verdict: id.position,
    event: id.eventId,
    how: z.enum(['own-power', 'admin', 'not-possible']),
    afterwards,
  }),
  'policy.unmasked': z.object({
    of: id.position,
    also: z.exactOptional(z.array(id.position)),
    desk: id.deskId,
    room: id.roomId,
    event: id.eventId,
    by: id.userId,
    reason: text,
  }),
  'policy.rule-changed': z.object({
    what: z.enum(['rule', 'lexicon']),
    id: text,
    change: z.enum(['added', 'changed', 'removed', 'switched', 'proposed', 'refused']),
    version: hex256,
    text: z.exactOptional(text),
    set: z.exactOptional(
      z.object({
        enabled: z.exactOptional(z.boolean()),
        dryRun: z.exactOptional(z.boolean()),
        consequence: z.exactOptional(consequence),
      }),
    ),
    rules: hex256,
    by: z.exactOptional(id.userId),
    approvedBy: z.exactOptional(id.userId),
  }),
  'policy.backtest-asked': z.object({
    rule: text,
    from: id.millis,
    by: id.userId,
    room: id.roomId,
    event: id.eventId,
  }),
  'policy.backtested': z.object({
    because: id.position,
    rule: text,
    version: z.exactOptional(hex256),
    as: z.exactOptional(z.enum(['in-force', 'off', 'proposed', 'in-files'])),
    from: id.millis,
    to: id.millis,
    ...{ judged: count, flagged: count, erased: count, failed: count },
    months: z.array(z.object({ month: z.string().regex(/^\d{4}-\d{2}$/u), judged: count, flagged: count })),
    ...{ violations: count, falsePositives: count },
    examples: z.array(id.position).max(5),
    unfit: z.exactOptional(z.enum(['gone', 'not-compiled'])),
  }),
  'policy.room-changed': z.object({
    room: id.roomId,
    what: z.enum(roomChanges),
    event: id.eventId,
    by: id.userId,
    undone: z.enum(['yes', 'not-possible', 'no']),
  }),
  'policy.barrier-crossed': z.object({
    room: id.roomId,
    barrier: z.tuple([text, text]),
    users: z.array(id.userId).max(40),
    how: z.enum(['invite', 'join', 'found']),
    event: z.exactOptional(id.eventId),
    by: z.exactOptional(id.userId),
    over: z.boolean(),
  }),
};
