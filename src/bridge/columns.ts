/** Rows of the bridge's tables become ids and values here: what a database holds is decoded like any other input. */
import { z } from 'zod';
import {
  must,
  parseClassId,
  parseContactId,
  parseEventId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePortalId,
  parsePosition,
  parseRoomId,
  parseUserId,
} from '../core/ids.ts';

export const column = {
  position: z.number().transform((n) => must(parsePosition(n))),
  millis: z.number().transform((n) => must(parseMillis(n))),
  portal: z.string().transform((s) => must(parsePortalId(s))),
  contact: z.string().transform((s) => must(parseContactId(s))),
  line: z.string().transform((s) => must(parseLineId(s))),
  network: z.string().transform((s) => must(parseNetworkId(s))),
  class: z.string().transform((s) => must(parseClassId(s))),
  room: z.string().transform((s) => must(parseRoomId(s))),
  event: z.string().transform((s) => must(parseEventId(s))),
  user: z.string().transform((s) => must(parseUserId(s))),
  bytes: z.instanceof(Uint8Array),
  flag: z.number().transform((n) => n !== 0),
} as const;
