/** To whom the bot may write, and for whom. */
import type { BusinessConnection } from '@grammyjs/types';
import type { Asked } from './methods.ts';
import { Refused } from './refused.ts';
import { DAY_S } from './world.ts';

export interface Chatting {
  readonly chat: number;
  readonly connection?: BusinessConnection | undefined;
}

/** "ReactionTypeEmoji", a part of the list. */
export const reactions = ['👍', '👎', '❤', '🔥', '🎉', '😢', '🙏', '👀', '💯'];

export function chatFor(asked: Pick<Asked, 'world' | 'values'>): Chatting {
  const chat = asked.values.chat_id ?? 0;
  if (asked.values.business_connection_id !== undefined) return accountChat(asked, chat);
  return chat < 0 ? groupChat(asked, chat) : privateChat(asked, chat);
}

export function connectionFor({ world, values }: Pick<Asked, 'world' | 'values'>): BusinessConnection {
  const connection = world.connections.get(values.business_connection_id ?? '');
  if (connection?.is_enabled !== true) throw new Refused(400, 'BUSINESS_CONNECTION_INVALID');
  return connection;
}

function accountChat(asked: Pick<Asked, 'world' | 'values'>, chat: number): Chatting {
  const connection = connectionFor(asked);
  if (connection.rights?.can_reply !== true) throw new Refused(400, 'BUSINESS_CONNECTION_NOT_ALLOWED');
  const { world } = asked;
  const written = world.lastWritten.get(`${connection.id} ${String(chat)}`);
  if (!world.users.has(chat)) throw new Refused(400, 'BUSINESS_PEER_INVALID');
  if (written === undefined || world.now() - written > DAY_S) throw new Refused(400, 'BUSINESS_PEER_USAGE_MISSING');
  return { chat, connection };
}

function groupChat({ world }: Pick<Asked, 'world'>, chat: number): Chatting {
  const group = world.groups.get(chat);
  if (group === undefined) throw new Refused(400, 'chat not found');
  if (group.movedTo !== undefined) {
    throw new Refused(400, 'group chat was upgraded to a supergroup chat', { migrate_to_chat_id: group.movedTo });
  }
  if (!group.botIsIn) throw new Refused(403, `bot was kicked from the ${group.type} chat`);
  return { chat };
}

function privateChat({ world }: Pick<Asked, 'world'>, chat: number): Chatting {
  if (!world.users.has(chat)) throw new Refused(400, 'chat not found');
  if (!world.known.has(chat)) throw new Refused(403, "bot can't initiate conversation with a user");
  if (world.blocked.has(chat)) throw new Refused(403, 'bot was blocked by the user');
  return { chat };
}
