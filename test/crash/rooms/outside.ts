/** What somebody sees who looks at the homeserver and the network alone: rooms, who is in them, every word and change. */
import { isDeepStrictEqual } from 'node:util';
import type { MatrixEvent } from '../../../src/core/entry.ts';
import type { KeptWorld } from './kept-world.ts';

interface SeenRoom {
  readonly members: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, unknown>>;
  /** Words, in order, by who said them. */
  readonly said: readonly string[];
  /** Reactions that stand. */
  readonly marks: readonly string[];
  /** Changes that were made, by whom; the same thing set again by the same one is none, as for a homeserver. */
  readonly changes: readonly string[];
}

export interface Outside {
  readonly rooms: Readonly<Record<string, SeenRoom>>;
  readonly sent: readonly string[];
  /** Tasks that are left in any state but done. */
  readonly left: number;
}

export function outsideOf({ homeserver, sent }: KeptWorld, left: number): Outside {
  const rooms = [...homeserver.rooms].map(([id, room]): [string, SeenRoom] => [
    id,
    {
      members: Object.fromEntries(room.members),
      state: Object.fromEntries(room.state),
      said: room.events.flatMap((event) => said(event)),
      marks: room.events.flatMap((event) => mark(event)).toSorted(),
      changes: changesIn(room.events).toSorted(),
    },
  ]);
  return { rooms: Object.fromEntries(rooms), sent, left };
}

function said({ type, sender, content }: MatrixEvent): readonly string[] {
  const { body } = content;
  return type === 'm.room.message' && typeof body === 'string' ? [`${sender}: ${body}`] : [];
}

function mark({ type, sender, content }: MatrixEvent): readonly string[] {
  return type === 'm.reaction' ? [`${sender}: ${JSON.stringify(content)}`] : [];
}

function changesIn(events: readonly MatrixEvent[]): string[] {
  const last = new Map<string, MatrixEvent>();
  return events.flatMap((event) => {
    const { type, state_key: key, sender, content } = event;
    if (key === undefined) return [];
    const before = last.get(`${type} ${key}`);
    last.set(`${type} ${key}`, event);
    const same = before?.sender === sender && isDeepStrictEqual(before.content, content);
    return same ? [] : [`${sender} ${type} ${key} ${JSON.stringify(content)}`];
  });
}
