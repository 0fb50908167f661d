import { z } from 'zod';
import { say } from '../problem.ts';
import { section } from '../section.ts';
import { duration } from '../values/duration.ts';
import { classId, connectorId, lineAddress, lineId, person } from '../values/ids.ts';
import { openingHours } from '../values/opening-hours.ts';
import { timezone } from '../values/timezone.ts';

const words = z.string().min(1).max(1000);
const textName = z
  .string()
  .regex(/^[\p{L}\p{N}_-]{1,64}$/u, say('can be no name of a text', 'write the name in letters, digits, _ and -'));

const PLACE = /\{\{([1-9]\d?)\}\}/gu;
/** A place that is none would reach the customer as it is written. */
const readyText = words.superRefine((text, ctx) => {
  const numbers = Array.from(text.matchAll(PLACE), ([, number]) => Number(number));
  const gap = Array.from({ length: Math.max(0, ...numbers) }, (_, i) => i + 1).find((n) => !numbers.includes(n));
  const isOdd = /\{\{|\}\}/u.test(text.replaceAll(PLACE, ''));
  if (!isOdd && gap === undefined) return;
  const message = isOdd ? 'has a place that is none' : `has no {{${String(gap)}}}`;
  ctx.addIssue({ code: 'custom', message: say(message, 'write what is filled in as {{1}}, {{2}} and so on, from 1') });
});

/** Every message of the line waits so long, and so does everybody who wants an answer. */
const UNDO_MOST_MS = 60_000;
const undo = duration.refine((ms) => ms <= UNDO_MOST_MS, {
  error: say(
    'lets each message wait for more than a minute',
    'write at most 60s, for example 5s; without it a message goes out at once',
  ),
});

const line = section({
  id: lineId,
  name: words.describe('what staff see'),
  connector: connectorId.describe('id of one of the connectors'),
  address: lineAddress.describe('the number with its country code, in quotes; or what the network calls the account'),
  staff: z.array(person).describe('who may use it: groups and users'),
  supervisors: z.array(person).prefault([]).describe('who may change who uses it'),
  routing: z
    .enum(['shared', 'claim', 'owner'])
    .default('shared')
    .describe('shared: all staff in each portal · claim: first to take it · owner: one person'),
  hours: section({ timezone, open: openingHours }).optional(),
  autoReply: section({ closed: words.optional(), busy: words.optional(), dnd: words.optional() })
    .optional()
    .describe('what the customer is told, once per conversation per day'),
  answerWithin: duration.optional().describe('then the owner is reminded, then the line, then the supervisor'),
  notice: section({ firstContact: words.optional() }).optional().describe('what a new customer is told'),
  consent: section({
    scope: z.enum(['company', 'line']).default('company').describe('what an opt-out closes'),
    proactive: z.enum(['allow', 'require']).default('allow').describe('whether staff need consent to write first'),
  }).prefault({}),
  class: classId.optional().describe('how long its records are kept; else retention.default'),
  onUnknown: z
    .enum(['tell', 'resend'])
    .default('tell')
    .describe('a send whose outcome is unknown: tell the sender, or send it again (may arrive twice)'),
  undo: undo.optional().describe('how long a message waits so that its sender can take it back; at most 60s'),
  tells: section({
    read: z.boolean().default(true).describe('that staff have read a message'),
    typing: z.boolean().default(true).describe('that staff are writing'),
    presence: z.boolean().default(false).describe('whether somebody on the line is there'),
  })
    .optional()
    .describe('what customers may know of staff, where the network can carry it'),
  templates: z
    .record(textName, readyText)
    .optional()
    .describe('ready texts for !use, by name; {{1}}, {{2}} stand for what is filled in'),
});

export const linesSection = z
  .array(line)
  .prefault([])
  .describe('Company-owned addresses on a network, with their staff.');
