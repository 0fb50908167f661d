/** What Telegram itself says of a chat: who joined, who left, what it is called now. In words for people. */
import { z } from 'zod';
import { messageShape, nameOf, userShape, type Message } from './shapes.ts';

const QUOTE_MOST = 100;

type Words = (value: unknown, who: string) => string;

const people = z.array(userShape);

const kinds: Readonly<Record<string, Words>> = {
  new_chat_members: (value, who) => {
    const names = (people.safeParse(value).data ?? []).map((user) => nameOf(user) ?? 'somebody');
    return names.length === 1 && names[0] === who ? `${who} joined` : `${who} added ${names.join(', ')}`;
  },
  left_chat_member: (value, who) => {
    const gone = userShape.safeParse(value).data;
    const name = gone === undefined ? 'somebody' : (nameOf(gone) ?? 'somebody');
    return name === who ? `${who} left` : `${who} removed ${name}`;
  },
  new_chat_title: (value, who) => `${who} named the group ${said(value)}`,
  new_chat_photo: (_, who) => `${who} changed the photo of the group`,
  delete_chat_photo: (_, who) => `${who} removed the photo of the group`,
  group_chat_created: (_, who) => `${who} made this group`,
  supergroup_chat_created: (_, who) => `${who} made this group`,
  pinned_message: (value, who) => {
    const pinned = messageShape.safeParse(value).data;
    const text = pinned?.text ?? pinned?.caption;
    return text === undefined ? `${who} pinned a message` : `${who} pinned ${said(text)}`;
  },
  message_auto_delete_timer_changed: (value, who) => {
    const seconds = z.object({ message_auto_delete_time: z.int() }).safeParse(value).data?.message_auto_delete_time;
    if (seconds === undefined || seconds === 0) return `${who} made messages stay here`;
    return `${who} made messages vanish after ${String(seconds)} seconds here; the record keeps them`;
  },
  video_chat_scheduled: (_, who) => `${who} planned a video call`,
  video_chat_started: (_, who) => `${who} began a video call`,
  video_chat_ended: () => 'the video call ended',
  video_chat_participants_invited: (_, who) => `${who} invited people to a video call`,
  forum_topic_created: (value, who) => `${who} opened the topic ${topic(value)}`,
  forum_topic_edited: (value, who) => {
    const name = named(value);
    return name === undefined ? `${who} changed a topic` : `${who} named a topic ${said(name)}`;
  },
  forum_topic_closed: (_, who) => `${who} closed a topic`,
  forum_topic_reopened: (_, who) => `${who} opened a topic again`,
  general_forum_topic_hidden: (_, who) => `${who} hid the general topic`,
  general_forum_topic_unhidden: (_, who) => `${who} showed the general topic again`,
  users_shared: (_, who) => `${who} shared people with the bot`,
  chat_shared: (_, who) => `${who} shared a chat with the bot`,
  connected_website: (value, who) => `${who} logged in at ${said(value)} with Telegram`,
  write_access_allowed: (_, who) => `${who} allowed the bot to write`,
  proximity_alert_triggered: () => 'two people are close to each other now',
  boost_added: (_, who) => `${who} boosted the group`,
  chat_background_set: (_, who) => `${who} changed the background of the chat`,
  gift: (_, who) => `${who} sent a gift`,
  gift_upgrade_sent: (_, who) => `${who} paid for a better gift`,
  unique_gift: (_, who) => `${who} sent a gift`,
  giveaway_created: (_, who) => `${who} began a giveaway`,
  giveaway_completed: () => 'a giveaway ended',
  successful_payment: (_, who) => `${who} paid`,
  refunded_payment: (_, who) => `a payment of ${who} was paid back`,
  web_app_data: (_, who) => `${who} sent data from a web app`,
  checklist_tasks_done: (_, who) => `${who} ticked tasks of a checklist`,
  checklist_tasks_added: (_, who) => `${who} added tasks to a checklist`,
  poll_option_added: (_, who) => `${who} added an answer to a poll`,
  poll_option_deleted: (_, who) => `${who} removed an answer from a poll`,
  chat_owner_left: (_, who) => `${who}, who owned the group, left`,
  chat_owner_changed: () => 'the group has another owner',
  paid_message_price_changed: () => 'the price of a message here changed',
  direct_message_price_changed: () => 'the price of a message here changed',
};

/** Undefined for a message that somebody wrote. */
export function serviceWords(message: Message): string | undefined {
  const who = (message.from === undefined ? message.sender_chat?.title : nameOf(message.from)) ?? 'Somebody';
  const said = Object.entries(kinds).flatMap(([field, words]) => {
    const value = message[field];
    return value === undefined ? [] : [words(value, who)];
  });
  return said.length === 0 ? undefined : said.join('; ');
}

function said(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, QUOTE_MOST)}"` : 'something';
}

function topic(value: unknown): string {
  return said(named(value));
}

function named(value: unknown): string | undefined {
  return z.object({ name: z.string() }).safeParse(value).data?.name;
}
