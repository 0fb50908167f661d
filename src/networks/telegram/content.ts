/** What a message says, whatever it is made of. Nothing of it is left out: what has no form here is said in words. */
import type { MessageContent } from '../../core/network-entries.ts';
import { fileOf } from './attachments.ts';
import { contactOn, placeOn } from './cards.ts';
import { richTextOf } from './entities.ts';
import { formlessOn } from './formless.ts';
import type { Message } from './shapes.ts';

/** Fields that say something about a message, and nothing in it. */
const about: ReadonlySet<string> = new Set([
  ...['message_id', 'message_thread_id', 'date', 'chat', 'from', 'sender_chat', 'author_signature', 'edit_date'],
  ...['business_connection_id', 'sender_business_bot', 'is_topic_message', 'direct_messages_topic', 'sender_tag'],
  ...['sender_boost_count', 'forward_origin', 'is_automatic_forward', 'reply_to_message', 'external_reply', 'quote'],
  ...['reply_to_checklist_task_id', 'reply_to_poll_option_id', 'via_bot', 'guest_query_id', 'guest_bot_caller_user'],
  ...['guest_bot_caller_chat', 'receiver_user', 'ephemeral_message_id', 'has_protected_content', 'is_from_offline'],
  ...['media_group_id', 'entities', 'link_preview_options', 'effect_id', 'caption_entities', 'has_media_spoiler'],
  ...['show_caption_above_media', 'paid_star_count', 'is_paid_post', 'reply_markup', 'suggested_post_info'],
  ...['forward_date', 'forward_from', 'forward_from_chat', 'forward_from_message_id', 'forward_sender_name'],
  ...['forward_signature', 'text', 'caption'],
]);
const FIELDS_MOST = 5;

export function contentOf(message: Message): MessageContent {
  const { text, marks } = wordsOf(message);
  const { attachments, broken } = filesOf(message);
  const held = { ...attachments, ...cardsOf(message) };
  const plain = text !== '' || Object.keys(held).length > 0;
  const unsupported = joined([broken, formlessOn(message)]) ?? (plain ? undefined : strange(message));
  return {
    text,
    ...(marks.length === 0 ? {} : { marks }),
    ...held,
    ...(unsupported === undefined ? {} : { unsupported }),
  };
}

function filesOf(message: Message): { readonly attachments: Partial<MessageContent>; readonly broken?: string } {
  const file = fileOf(message);
  if (file === undefined) return { attachments: {} };
  if ('unreadable' in file) return { attachments: {}, broken: file.unreadable };
  return { attachments: { attachments: [file.attachment] } };
}

function cardsOf(message: Message): Partial<MessageContent> {
  const location = placeOn(message);
  const contact = contactOn(message);
  return {
    ...(location === undefined ? {} : { location }),
    ...(contact === undefined ? {} : { contacts: [contact] }),
  };
}

function wordsOf(message: Message): ReturnType<typeof richTextOf> {
  if (message.text !== undefined) return richTextOf(message.text, message['entities']);
  return richTextOf(message.caption ?? '', message['caption_entities']);
}

function joined(words: readonly (string | undefined)[]): string | undefined {
  const said = words.filter((one) => one !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

function strange(message: Message): string {
  const fields = Object.keys(message).filter((field) => !about.has(field) && /^[a-z_]{1,40}$/u.test(field));
  if (fields.length === 0) return 'an empty message';
  const named = fields.slice(0, FIELDS_MOST).join(', ').replaceAll('_', ' ');
  return `something that this version of Gatehouse does not know (${named})`;
}
