/** Capture, policy and retention. */
import { z } from 'zod';
import { say } from '../problem.ts';
import type { SecretSchema } from '../secret-reader.ts';
import { section } from '../section.ts';
import { coversAlways } from '../../core/period.ts';
import { duration } from '../values/duration.ts';
import { classId, groupName, lineId, networkId, room, roomId, ruleId } from '../values/ids.ts';
import { period } from '../values/period.ts';

export const archiveSection = section({
  rooms: z
    .union([z.literal('all'), z.array(room)], { error: say('is neither all nor a list of rooms', 'write all') })
    .default('all')
    .describe('which rooms of this homeserver are recorded'),
  except: z.array(room).prefault([]).describe('rooms that are not'),
  federated: z.enum(['all', 'none']).default('all').describe('rooms with users of other servers'),
  outside: z
    .array(z.string().min(1))
    .prefault([])
    .describe("user id patterns of other bridges' ghosts: rooms with them are external"),
  staffNotice: z.boolean().default(true).describe('tell each member of staff once what is recorded'),
  walkBack: duration.optional().describe('how far back rooms are recorded that existed before Gatehouse'),
})
  .prefault({})
  .describe('What is recorded inside the company.');

/** Where rules and lexicons lie when the config doesn't say. */
export const policyFilesByDefault = { rules: 'config/policy/*.yaml', lexicons: 'config/lexicons/*.txt' } as const;

export function policySection(secret: SecretSchema) {
  return section({
    rules: z.string().min(1).default(policyFilesByDefault.rules).describe('files of rules (docs/policy-rules.md)'),
    lexicons: z.string().min(1).default(policyFilesByDefault.lexicons).describe('lists of words that rules name'),
    presend: section({
      enabled: z
        .boolean()
        .default(false)
        .describe('Synapse asks before a message exists (module synapse-http-antispam)'),
      failOpen: z.boolean().default(true).describe('let messages pass while Gatehouse is down'),
      shadow: z.boolean().default(false).describe('judge and record, but refuse nothing'),
      secret: secret.optional().describe('what the module proves itself with'),
    }).prefault({}),
    quarantine: section({
      expires: duration.prefault('4h').describe('an undecided message is then not sent'),
    }).prefault({}),
    tags: z
      .record(groupName, z.array(roomId).min(1, { error: say('names no room', 'name one, or remove it') }))
      .prefault({})
      .describe('names for rooms, by which rules speak of them'),
    barriers: z
      .array(
        section({
          between: z
            .array(groupName)
            .refine((groups) => groups.length === 2, { error: say('needs two groups', 'write [sales, research]') }),
        }),
      )
      .prefault([])
      .describe('groups that may not share a room'),
  })
    .prefault({})
    .describe('Rules that messages are checked against.');
}

const CRON = /^(\S+\s+){4}\S+$/u;

const retentionClass = section({
  keep: period.describe('at least'),
  erase: period.optional().describe('at most; without it, kept until somebody decides'),
  authority: z.string().min(1).max(200).optional().describe('the paragraph that asks for it'),
  own: z
    .boolean()
    .optional()
    .describe("no law asks for it: a person's wish to be erased goes before its minimum (docs/retention.md)"),
}).refine((given) => given.erase === undefined || coversAlways(given.erase, given.keep), {
  error: say('would be erased before it may be', 'make erase at least as long as keep'),
});

const targets = {
  line: lineId.optional().describe('records of this line'),
  room: roomId.optional().describe('of this room'),
  tag: groupName.optional().describe('of the rooms that policy.tags calls so'),
  group: groupName.optional().describe('what members of this group say'),
  network: networkId.optional().describe('sms, whatsapp, ...'),
  kind: z
    .string()
    .regex(/^[a-z]+(\.[a-z-]+)?$/u, {
      error: say('is no kind of record', 'write for example matrix.event, or a family such as policy'),
    })
    .optional()
    .describe('a kind of record or a family'),
  verdict: ruleId.optional().describe('flagged, quarantined, unscanned, or the id of a rule that found something'),
} as const;

const MOST_ASSIGNMENTS = 200;

const assignment = section({ class: classId.describe('the class that they get'), ...targets }).refine(
  ({ class: _, ...to }) => Object.values(to).some((value) => value !== undefined),
  { error: say('says not which records', `name one of ${Object.keys(targets).join(', ')}; all is retention.default`) },
);

export const retentionSection = section({
  default: classId.prefault('us-finra-6y').describe('the class of whatever has none of its own'),
  classes: z.record(z.string(), retentionClass).prefault({}).describe('classes of your own beside the built-in ones'),
  assign: z
    .array(assignment)
    .max(MOST_ASSIGNMENTS)
    .prefault([])
    .describe('which records get another class; where several fit, the strictest minimum wins'),
  schedule: z
    .string()
    .regex(CRON, {
      error: say('is not a cron schedule', 'write five fields, for example "17 3 * * *" for 03:17 each night'),
    })
    .default('17 3 * * *')
    .describe('when the nightly run looks; it only previews until armed'),
  homeserver: section({ purge: z.boolean().default(false) })
    .prefault({})
    .describe('whether what expires is deleted in Synapse too'),
})
  .prefault({})
  .describe('How long records are kept. Nothing is ever deleted until two officers arm it.');
