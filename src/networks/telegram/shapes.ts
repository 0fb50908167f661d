/** What is used of Telegram's updates (core.telegram.org/bots/api). Fields that came with later versions may be missing. */
import { z } from 'zod';

export const userShape = z.object({
  id: z.int(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  username: z.string().optional(),
});
export type User = z.output<typeof userShape>;

export const chatShape = z.object({
  id: z.int(),
  /** Old samples leave it out. */
  type: z.string().optional(),
  title: z.string().optional(),
  /** A group with topics. */
  is_forum: z.boolean().optional(),
  ...{ first_name: z.string().optional(), last_name: z.string().optional(), username: z.string().optional() },
});
export type Chat = z.output<typeof chatShape>;

export const messageShape = z.looseObject({
  message_id: z.int().nonnegative(),
  date: z.int().nonnegative(),
  chat: chatShape,
  from: userShape.optional(),
  sender_chat: chatShape.optional(),
  author_signature: z.string().optional(),
  edit_date: z.int().optional(),
  message_thread_id: z.int().positive().optional(),
  is_topic_message: z.boolean().optional(),
  business_connection_id: z.string().max(200).optional(),
  sender_business_bot: userShape.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
});
export type Message = z.output<typeof messageShape>;

export const rightsShape = z.object({
  can_reply: z.boolean().optional(),
  can_read_messages: z.boolean().optional(),
  /** Two names for one right: the first is what servers send, the second what a version of the page said. */
  can_delete_sent_messages: z.boolean().optional(),
  can_delete_outgoing_messages: z.boolean().optional(),
  can_delete_all_messages: z.boolean().optional(),
});

export const connectionShape = z.object({
  id: z.string().min(1).max(200),
  user: userShape,
  date: z.int().nonnegative(),
  is_enabled: z.boolean(),
  rights: rightsShape.optional(),
  /** Bot API 7.2 to 8.3, before there were `rights`. */
  can_reply: z.boolean().optional(),
});
export type Connection = z.output<typeof connectionShape>;

export const deletedShape = z.object({
  business_connection_id: z.string().max(200),
  chat: chatShape,
  message_ids: z.array(z.int().nonnegative()).min(1),
});
export type Deleted = z.output<typeof deletedShape>;

const reactionType = z.discriminatedUnion('type', [
  z.object({ type: z.literal('emoji'), emoji: z.string().min(1).max(100) }),
  z.object({ type: z.literal('custom_emoji'), custom_emoji_id: z.string() }),
  z.object({ type: z.literal('paid') }),
]);
export type ReactionKind = z.output<typeof reactionType>;

export const reactionShape = z.object({
  chat: chatShape,
  message_id: z.int().nonnegative(),
  user: userShape.optional(),
  actor_chat: chatShape.optional(),
  date: z.int().nonnegative(),
  new_reaction: z.array(reactionType),
});
export type Reaction = z.output<typeof reactionShape>;

export const memberShape = z.object({
  chat: chatShape,
  from: userShape,
  date: z.int().nonnegative(),
  old_chat_member: z.object({ status: z.string() }),
  new_chat_member: z.object({ status: z.string() }),
});
export type Member = z.output<typeof memberShape>;

export const meShape = z.object({
  id: z.int(),
  username: z.string().min(1),
  can_connect_to_business: z.boolean().optional(),
});

/** All kinds that are asked for; others come only while an earlier setting still holds. */
export const updateKinds = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
  'message_reaction',
  'my_chat_member',
] as const;
export type UpdateKind = (typeof updateKinds)[number];

/** As Telegram shows a name; undefined where there is none. */
export function nameOf(of: Pick<User, 'first_name' | 'last_name' | 'username'>): string | undefined {
  const full = [of.first_name, of.last_name].filter((part) => part !== undefined && part !== '').join(' ');
  if (full !== '') return full;
  return of.username === undefined ? undefined : `@${of.username}`;
}
