/** Reads the ephemeral events of a transaction (MSC2409): what has another form is left out. */
import { z } from 'zod';
import { parseEventId, parseRoomId, parseUserId } from '../core/ids.ts';
import type { LiveEvent } from '../core/ports/live-homeserver.ts';
import type { PresenceState } from '../core/ports/outbound.ts';

const typing = z.object({
  type: z.literal('m.typing'),
  room_id: z.string(),
  content: z.object({ user_ids: z.array(z.string()) }),
});
const receipt = z.object({
  type: z.literal('m.receipt'),
  room_id: z.string(),
  content: z.record(z.string(), z.object({ 'm.read': z.record(z.string(), z.unknown()).optional() })),
});
const presence = z.object({
  type: z.literal('m.presence'),
  sender: z.string(),
  content: z.object({ presence: z.string(), status_msg: z.string().nullish() }),
});
const shape = z.discriminatedUnion('type', [typing, receipt, presence]);

/** Of one transaction at most so many are looked at. */
const MOST = 1_000;

export function liveEvents(ephemeral: readonly unknown[]): readonly LiveEvent[] {
  return ephemeral.slice(0, MOST).flatMap((given) => {
    const parsed = shape.safeParse(given);
    if (!parsed.success) return [];
    switch (parsed.data.type) {
      case 'm.typing':
        return typingIn(parsed.data);
      case 'm.receipt':
        return readIn(parsed.data);
      case 'm.presence':
        return presenceIn(parsed.data);
    }
  });
}

function typingIn({ room_id, content }: z.infer<typeof typing>): readonly LiveEvent[] {
  const room = parseRoomId(room_id);
  const users = content.user_ids.map((user) => parseUserId(user)).flatMap((user) => (user.ok ? [user.value] : []));
  return room.ok ? [{ is: 'typing', room: room.value, users }] : [];
}

/** Private receipts never come here, and are nobody's to tell. */
function readIn({ room_id, content }: z.infer<typeof receipt>): readonly LiveEvent[] {
  const room = parseRoomId(room_id);
  if (!room.ok) return [];
  return Object.entries(content).flatMap(([id, by]) => {
    const event = parseEventId(id);
    if (!event.ok) return [];
    return Object.keys(by['m.read'] ?? {}).flatMap((name) => {
      const user = parseUserId(name);
      return user.ok ? [{ is: 'read' as const, room: room.value, user: user.value, event: event.value }] : [];
    });
  });
}

const STATES: Readonly<Record<string, PresenceState>> = {
  online: 'available',
  unavailable: 'away',
  offline: 'offline',
  'org.matrix.msc3026.busy': 'dnd',
  busy: 'dnd',
};

function presenceIn({ sender, content }: z.infer<typeof presence>): readonly LiveEvent[] {
  const user = parseUserId(sender);
  const state = STATES[content.presence];
  if (!user.ok || state === undefined) return [];
  const words = content.status_msg ?? '';
  return [{ is: 'presence', user: user.value, state, ...(words === '' ? {} : { words }) }];
}
