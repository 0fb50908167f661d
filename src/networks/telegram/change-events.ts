/** Deletions, reactions, and what became of the bot in a chat. */
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { addressOf, remoteIdOf } from './addresses.ts';
import { endsWithBot, groupOf, isGroup, writerOf } from './ends.ts';
import type { Arrived, Known } from './known.ts';
import { aside } from './message-events.ts';
import { nameOf, type Deleted, type Member, type Reaction, type ReactionKind } from './shapes.ts';
import { timeOf } from './time.ts';
import type { Millis } from '../../core/ids.ts';

interface Reading {
  readonly arrived: Arrived;
  readonly known: Known;
}

/** Telegram doesn't say who deleted them, nor when: `heard` is when we heard of it. */
export function deletedEvent(deleted: Deleted, { arrived, known }: Reading, heard: Millis): NetworkEvent {
  const { update, raw } = arrived;
  const account = known.account(deleted.business_connection_id);
  const base = { id: `deleted/${String(update)}/${String(deleted.chat.id)}`, sure: true, at: heard, raw };
  if (account === undefined) {
    return { ...base, kind: 'unsupported', what: 'deletions by an account that is not connected to the bot' };
  }
  const chat = deleted.chat.id;
  const targets = deleted.message_ids
    .filter((message) => message > 0)
    .map((message) => remoteIdOf({ chat, message, account: account.user }));
  return { ...base, kind: 'redaction', redaction: { from: addressOf(chat), to: account.line, targets } };
}

export function reactionEvent(reaction: Reaction, { arrived, known }: Reading): NetworkEvent {
  const { chat, message_id: message, user, actor_chat: behind, date } = reaction;
  const writer = writerOf({
    chat,
    message_id: message,
    date,
    from: user,
    sender_chat: user === undefined ? behind : undefined,
  });
  const target = remoteIdOf({ chat: chat.id, message });
  return {
    kind: 'reaction',
    reaction: { ...endsWithBot(chat, writer, known.bot), target, keys: reaction.new_reaction.map(keyOf) },
    id: `reaction/${target}/${String(writer.id)}/${String(date)}/${String(arrived.update)}`,
    sure: true,
    at: timeOf(date),
    raw: arrived.raw,
  };
}

/** A custom emoji is a picture of somebody's making. */
function keyOf(kind: ReactionKind): string {
  switch (kind.type) {
    case 'emoji':
      return kind.emoji;
    case 'custom_emoji':
      return '(custom emoji)';
    case 'paid':
      return '⭐';
  }
}

/** Bot API, "ChatMember": `kicked` in a private chat means that the person blocked the bot. */
export function memberEvent(member: Member, { arrived, known }: Reading): NetworkEvent {
  const { chat, from, date, new_chat_member: now } = member;
  const base = { id: `member/${String(chat.id)}/${String(date)}/${String(arrived.update)}`, sure: true } as const;
  const at = timeOf(date);
  const gone = now.status === 'kicked' || now.status === 'left';
  if (!isGroup(chat)) {
    const detail = gone ? 'blocked the bot on Telegram' : 'unblocked the bot on Telegram';
    const consent = { from: addressOf(chat.id), to: known.bot.line, action: gone ? 'stop' : 'start', detail } as const;
    return { ...base, kind: 'consent', consent, at, raw: arrived.raw };
  }
  if (!gone || chat.type === 'channel') {
    return aside({ date }, arrived, `the bot is "${now.status.slice(0, 40)}" in a ${chat.type ?? 'group'} now`);
  }
  const who = nameOf(from) ?? 'Somebody';
  const ends = { from: addressOf(from.id), to: known.bot.line, group: groupOf(chat) };
  const text = `${who} removed the bot from this group: nothing that is written there reaches us any more`;
  return { ...base, kind: 'message', message: { ...ends, text, service: true }, at, raw: arrived.raw };
}
