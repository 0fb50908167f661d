import { z } from 'zod';
import { section } from '../section.ts';
import { deskId, groupName, lineId, person, roomAlias } from '../values/ids.ts';
import { timezone } from '../values/timezone.ts';

const act = z.enum(['export', 'hold-release', 'rule-change', 'erase', 'retention-arm']);

const desk = section({
  id: deskId,
  room: roomAlias.describe("made by Gatehouse if it doesn't exist"),
  timezone: timezone.describe('in which its people read times'),
  scope: z
    .union([z.literal('all'), section({ lines: z.array(lineId).optional(), groups: z.array(groupName).optional() })])
    .default('all')
    .describe('whose records it sees: all, or {lines: [...], groups: [...]}'),
  officers: z.array(person).describe('full rights'),
  reviewers: z.array(person).prefault([]).describe('review and search'),
  auditors: z.array(person).prefault([]).describe('read only'),
  supervises: z.array(groupName).prefault([]).describe('groups whose messages are sampled for review'),
  fourEyes: z.array(act).prefault([]).describe('acts that wait for a second officer'),
});

export const desksSection = z
  .array(desk)
  .prefault([])
  .describe('Compliance desks: a room with the bot, and its people.');
