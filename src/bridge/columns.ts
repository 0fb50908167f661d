/** Rows of the bridge's tables become ids and values here: what a database holds is decoded like any other input. */
import { z } from 'zod';
import {
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
  type BadId,
} from '../core/ids.ts';
import type { Result } from '../core/result.ts';

/** A check, not a transformation: a row is decoded in half the time. */
function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}

export const column = {
  position: id(parsePosition),
  millis: id(parseMillis),
  portal: id(parsePortalId),
  contact: id(parseContactId),
  line: id(parseLineId),
  network: id(parseNetworkId),
  class: id(parseClassId),
  room: id(parseRoomId),
  event: id(parseEventId),
  user: id(parseUserId),
  bytes: z.instanceof(Uint8Array),
  flag: z.number().transform((n) => n !== 0),
} as const;
