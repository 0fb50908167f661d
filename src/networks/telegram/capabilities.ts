/** What Telegram can do for a bot in its own chats, and for a bot that answers for somebody's account. */
import type { Capabilities, FileFeatures, NetworkFacts } from '../../core/ports/capabilities.ts';
import type { Account } from './known.ts';

const MB = 1024 * 1024;
const DAY = 86_400_000;

/** Bot API, "sendMessage" and "sendPhoto": characters after the entities are parsed. */
export const textMost = 4_096;
export const captionMost = 1_024;
/** Bot API, "Sending files" and "getFile". */
const uploadMost = 50 * MB;
const photoMost = 10 * MB;

/** Bot API, "ReactionTypeEmoji". */
export const reactions: readonly string[] = (
  '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 ' +
  '👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
).split(' ');

const file = (mime_types: readonly string[], max_size: number, caption: FileFeatures['caption'] = 2): FileFeatures => ({
  mime_types,
  max_size,
  caption,
});

const shared: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  keepsForMs: DAY,
  sendIdentifiedBy: 'nothing',
  max_text_length: textMost,
  // Headings become bold and lists signs.
  formatting: 1,
  file: {
    image: file(['image/jpeg', 'image/png'], photoMost),
    video: file(['video/mp4'], uploadMost),
    animation: file(['image/gif', 'video/mp4'], uploadMost),
    audio: file(['audio/mpeg', 'audio/mp4', 'audio/x-m4a'], uploadMost),
    voice: file(['audio/ogg', 'audio/mpeg', 'audio/mp4', 'audio/x-m4a'], uploadMost),
    sticker: file(['image/webp'], 512 * 1024, 0),
    file: file(['*/*'], uploadMost),
  },
  location_message: 2,
  reply: 2,
  edit: 2,
  delete: 2,
  delete_max_age: 2 * DAY,
  reaction: -2,
  delivery_receipts: -1,
  read_receipts: -1,
  typing_notifications: 2,
  presence: -1,
  groups: -2,
  templates: -2,
};

/** In the bot's own chats; groups are partial: Telegram tells who writes, not who is there. */
export const botCapabilities: Capabilities = {
  ...shared,
  reaction: 1,
  reaction_count: 1,
  allowed_reactions: reactions,
  groups: 1,
};

/** In the chats of a connected account, by what its owner allows; undefined: it isn't connected. */
export function accountCapabilities(account: Account | undefined): Capabilities {
  const { mayReply = false, mayRead = false, mayDelete = false } = account ?? {};
  return {
    ...shared,
    edit: mayReply ? 2 : -2,
    delete: mayDelete ? 2 : -2,
    read_receipts: mayRead ? 2 : -1,
    typing_notifications: mayReply ? 2 : -1,
    // Bot API, "BusinessBotRights", can_reply.
    service_window: DAY,
  };
}

export const telegramFacts: NetworkFacts = {
  title: 'Telegram: a bot, and personal accounts connected to it',
  most: { ...botCapabilities, read_receipts: 2 },
  receives: [
    'text with its formatting',
    'photos, videos, animations, voice and video messages, music, files, stickers',
    'places, also live ones',
    'contacts',
    'replies, forwards, edits',
    'reactions to messages of the bot (in groups where the bot is an administrator)',
    'deletions (connected accounts only)',
    'groups, with who joined and who left',
    'what the owner of a connected account writes on the phone',
    'polls, games, invoices and the like in words',
  ],
  cannot: [
    'Telegram lets nobody be written to who has not written first.',
    'A bot is not told what was read, delivered, typed or deleted in its chats.',
    'Deletions are told for connected accounts only, and without who deleted.',
    'Reactions in the chats of a connected account are neither told nor possible.',
    'A connected account can be answered for only within 24 hours of the last message of the customer.',
    'Files above 20 MB can not be fetched, and above 50 MB not be sent.',
    'A message is deleted for the customer only within 48 hours.',
    'In a group the members are known only when they write, and a bot hears all of them only as administrator or with privacy mode off.',
  ],
};
