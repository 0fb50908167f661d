/** What our own users said last in a room, by the homeserver: it remembers what a restored or rolled-back record forgot. */
import { z } from 'zod';
import { parseUserId, type RoomId, type UserId } from '../core/ids.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import { sourceOf, type ShownSource } from '../core/shown-source.ts';
import type { Actors } from './actors.ts';
import { call } from './calls.ts';

const PAGE = 100;
const CHECKPOINT_KEY = 'org.gatehouse.checkpoint';

export interface OwnWord {
  /** The entry that it shows. */
  readonly source?: ShownSource;
  /** The checkpoint that it posts, as text. */
  readonly checkpoint?: string;
}

const pageShape = z.object({
  chunk: z.array(z.object({ sender: z.string(), content: z.record(z.string(), z.unknown()) })),
});

/** Of the room's newest hundred events those of our users, the newest first. `as` is a member. */
export async function ownWords(
  actors: Actors,
  at: { readonly as: UserId; readonly room: RoomId },
): Done<readonly OwnWord[]> {
  const page = await call(actors, {
    as: at.as,
    method: 'GET',
    path: ['rooms', at.room, 'messages'],
    query: { dir: 'b', limit: String(PAGE) },
    answer: pageShape,
  });
  if (!page.ok) return page;
  const ours = page.value.chunk.filter(({ sender }) => {
    const user = parseUserId(sender);
    return user.ok && actors.isOurs(user.value);
  });
  return ok(ours.map(({ content }) => wordOf(content)));
}

function wordOf(content: Readonly<Record<string, unknown>>): OwnWord {
  const source = sourceOf(content);
  const checkpoint = content[CHECKPOINT_KEY];
  return {
    ...(source === undefined ? {} : { source }),
    ...(typeof checkpoint === 'string' ? { checkpoint } : {}),
  };
}
