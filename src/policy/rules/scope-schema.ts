/** Where a rule holds, and what does not count. */
import { z } from 'zod';
import { say } from '../../config/problem.ts';
import { section } from '../../config/section.ts';
import { groupName, lineId, userId } from '../../config/values/ids.ts';
import { parseClockSpan } from '../../config/values/opening-hours.ts';
import { timezone } from '../../config/values/timezone.ts';
import type { Exclusions, Scope } from '../rule.ts';
import { fraction, networkId, roomId, whole, words } from './names.ts';

const MOST_NAMES = 200;
const MOST_WORDS = 100;

/** At least one: an empty list could mean everywhere or nowhere. */
function some<T extends z.ZodType>(one: T) {
  return z.array(one).min(1, { error: say('is empty', 'name at least one, or remove it: then it holds everywhere') });
}

const hours = section({
  zone: timezone.describe('IANA time zone'),
  during: z.string().describe('"Mon-Fri 18:00-08:00"; over midnight it belongs to the day it begins on'),
}).transform(({ zone, during }, ctx) => {
  const span = parseClockSpan(during);
  if (span !== undefined) return { zone, ...span };
  const fix = 'write days and times, for example: during: "Mon-Fri 18:00-08:00"';
  ctx.addIssue({ code: 'custom', path: ['during'], message: say(`"${during.slice(0, 80)}" are not hours`, fix) });
  return z.NEVER;
});

export const scope = section({
  directions: some(z.enum(['inbound', 'outbound', 'internal', 'external']))
    .max(4)
    .optional(),
  networks: some(networkId).max(MOST_NAMES).optional(),
  lines: some(lineId).max(MOST_NAMES).optional().describe('ids of lines'),
  rooms: some(roomId).max(MOST_NAMES).optional().describe('room ids'),
  tags: some(words(64)).max(MOST_NAMES).optional().describe('tags of rooms'),
  senderIn: some(groupName).max(MOST_NAMES).optional().describe('groups of the config that the sender is in'),
  hours: hours.optional().describe('local time'),
})
  .transform((given): Scope => {
    const { directions, networks, lines, rooms, tags, senderIn, hours: when } = given;
    return {
      ...(directions === undefined ? {} : { directions }),
      ...(networks === undefined ? {} : { networks }),
      ...(lines === undefined ? {} : { lines }),
      ...(rooms === undefined ? {} : { rooms }),
      ...(tags === undefined ? {} : { tags }),
      ...(senderIn === undefined ? {} : { senderIn }),
      ...(when === undefined ? {} : { hours: when }),
    };
  })
  .prefault({})
  .describe('where it holds; what is absent means everywhere');

export const except = section({
  quotes: z.boolean().default(false).describe('what is quoted of somebody else'),
  disclaimers: z.array(words(500)).max(MOST_WORDS).default([]).describe('sentences that a company adds by itself'),
  urls: z.boolean().default(false).describe('addresses of web pages'),
  senders: z.array(userId).max(MOST_NAMES).default([]).describe('these people'),
  terms: z.array(words(200)).max(MOST_WORDS).default([]).describe('these values or words, as found'),
})
  .transform((given): Exclusions => given)
  .prefault({})
  .describe('what does not count');

export const hotWord = section({
  words: z.array(words(100)).min(1).max(MOST_WORDS).describe('whole words'),
  before: whole(0, 1_000).default(0).describe('looked for so many characters before a finding'),
  after: whole(0, 1_000).default(0).describe('and so many after'),
  by: fraction(-1, 1).describe('added to the confidence; negative makes it less sure'),
}).refine((given) => given.before + given.after > 0, {
  error: say('looks nowhere', 'write how far: before: 50, after: 50 (characters)'),
});
