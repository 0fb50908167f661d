/** Schemas of the ids in bodies: what comes back from disk is checked like what came over the wire. */
import { z } from 'zod';
import * as ids from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Result } from '../../core/result.ts';

function id<T>(parse: (value: unknown) => Result<T, ids.BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}

export const userId = id(ids.parseUserId);
export const roomId = id(ids.parseRoomId);
export const eventId = id(ids.parseEventId);
export const portalId = id(ids.parsePortalId);
export const contactId = id(ids.parseContactId);
export const lineId = id(ids.parseLineId);
export const connectorId = id(ids.parseConnectorId);
export const deskId = id(ids.parseDeskId);
export const networkId = id(ids.parseNetworkId);
export const address = id(ids.parseAddress);
export const remoteId = id(ids.parseRemoteId);
export const mediaUri = id(ids.parseMediaUri);
export const classId = id(ids.parseClassId);
export const holdId = id(ids.parseHoldId);
export const taskId = id(ids.parseTaskId);
export const gateId = id(ids.parseGateId);
export const alarmId = id(ids.parseAlarmId);
export const position = id(ids.parsePosition);
export const millis = id(ids.parseMillis);
/** Looked at only as far as being an object: the canonical text refuses what JSON can't say. */
export const jsonObject = z.custom<JsonObject>(isJsonObject);
