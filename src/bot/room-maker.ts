/** Makes the bots' rooms once, however often it is asked or interrupted, and puts them on record. */
import type { Clock } from '../core/clock.ts';
import type { RoomUse } from '../core/entry.ts';
import type { RoomId, UserId } from '../core/ids.ts';
import type { Homeserver, HomeserverFailure } from '../core/ports/homeserver.ts';
import type { Recorder } from '../core/ports/recorder.ts';
import type { Result } from '../core/result.ts';

export type RoomMade = Result<RoomId, HomeserverFailure>;

export interface RoomMaking {
  readonly homeserver: Pick<
    Homeserver,
    | 'createRoom'
    | 'findRoomMade'
    | 'resolveAlias'
    | 'ensureJoined'
    | 'members'
    | 'invite'
    | 'state'
    | 'setState'
    | 'isOurs'
    | 'gatehouse'
    | 'compliance'
  >;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** From here on its messages are commands. The same room is on record once. */
export async function recordRoom(making: RoomMaking, room: RoomId, use: RoomUse, by: UserId): Promise<void> {
  const of = use.kind === 'desk' ? use.desk : use.kind === 'staff' ? use.user : use.line;
  await making.recorder.append([
    {
      kind: 'room.made',
      at: making.clock.now(),
      source: { system: 'gatehouse', id: `room.made/${use.kind}/${of}/${room}`, sure: true },
      actor: by,
      room,
      body: { room, use },
    },
  ]);
}
