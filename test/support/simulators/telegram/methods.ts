/** What the bot may do, and what it is refused: each method of the Bot API that a connector has use for. */
import { Refused } from './refused.ts';
import type { Method, SentEntity, Values } from './parameters.ts';
import { DAY_S, type Held, type World } from './world.ts';
import type { Updates } from './updates.ts';
import { chatFor, connectionFor, reactions, type Chatting } from './permits.ts';

export interface UploadedFile {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Asked {
  readonly world: World;
  readonly updates: Updates;
  readonly values: Values;
  readonly file: UploadedFile | undefined;
  /** What people were told beside messages. */
  readonly told: ToldAct[];
}

export type ToldAct =
  | { readonly what: 'typing'; readonly chat: number }
  | { readonly what: 'read'; readonly chat: number; readonly message: number };

type Act = (asked: Asked) => unknown;

const TEXT_MOST = 4_096;
const CAPTION_MOST = 1_024;
/** Client.cpp, `fail_query_with_error`: how MESSAGE_NOT_MODIFIED is written, of whatever it is said. */
const sameAsBefore =
  'specified new message content and reply markup are exactly the same as a current content and reply markup of the message';
const DELETE_WITHIN_S = 2 * DAY_S;
const actions =
  'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location';

export const acts: Readonly<Partial<Record<Method, Act>>> = {
  getChat: ({ world, values }) => {
    const id = values.chat_id ?? 0;
    if (!world.known.has(id) && world.groups.get(id)?.botIsIn !== true) throw new Refused(400, 'chat not found');
    return { ...world.chat(id), accent_color_id: 0, max_reaction_count: 11 };
  },
  getFile: ({ world, values }) => {
    const file = world.files.get(values.file_id ?? '');
    if (file === undefined) throw new Refused(400, 'wrong file_id or the file is temporarily unavailable');
    if (file.bytes.length > 20 * 1024 * 1024) throw new Refused(400, 'file is too big');
    return { file_id: file.id, file_unique_id: 'u', file_size: file.bytes.length, file_path: `files/${file.id}` };
  },
  getBusinessConnection: ({ world, values }) => {
    const connection = world.connections.get(values.business_connection_id ?? '');
    if (connection === undefined) throw new Refused(400, 'business connection not found');
    return connection;
  },
  sendMessage: (asked) => {
    const { values } = asked;
    const chatting = chatFor(asked);
    const text = values.text ?? '';
    if (text.trim() === '') throw new Refused(400, 'message text is empty');
    if (text.length > TEXT_MOST) throw new Refused(400, 'message is too long');
    return send(asked, chatting, { text, entities: within(values.entities, text) });
  },
  sendPhoto: (asked) => sendFile(asked, 'photo'),
  sendVideo: (asked) => sendFile(asked, 'video'),
  sendAnimation: (asked) => sendFile(asked, 'animation'),
  sendAudio: (asked) => sendFile(asked, 'audio'),
  sendVoice: (asked) => sendFile(asked, 'voice'),
  sendDocument: (asked) => sendFile(asked, 'document'),
  sendSticker: (asked) => sendFile(asked, 'sticker'),
  sendLocation: (asked) => {
    const { latitude, longitude } = asked.values;
    const chatting = chatFor(asked);
    if (latitude === undefined || longitude === undefined) throw new Refused(400, 'latitude and longitude are needed');
    return send(asked, chatting, { text: '', entities: [], place: { latitude, longitude } });
  },
  sendVenue: (asked) => {
    const { latitude, longitude, title = '', address = '' } = asked.values;
    const chatting = chatFor(asked);
    if (latitude === undefined || longitude === undefined) throw new Refused(400, 'latitude and longitude are needed');
    if (title === '') throw new Refused(400, 'title is empty');
    if (address === '') throw new Refused(400, 'address is empty');
    return send(asked, chatting, { text: '', entities: [], place: { latitude, longitude, title, address } });
  },
  editMessageText: (asked) => {
    const text = asked.values.text ?? '';
    if (text.trim() === '') throw new Refused(400, 'message text is empty');
    if (text.length > TEXT_MOST) throw new Refused(400, 'message is too long');
    const held = ownMessage(asked);
    if (held.media !== undefined || held.place !== undefined) {
      throw new Refused(400, 'there is no text in the message to edit');
    }
    return changeWords(asked, held, { text, entities: within(asked.values.entities, text) });
  },
  editMessageCaption: (asked) => {
    const text = asked.values.caption ?? '';
    if (text.length > CAPTION_MOST) throw new Refused(400, 'message caption is too long');
    const held = ownMessage(asked);
    if (held.media === undefined) throw new Refused(400, 'there is no caption in the message to edit');
    return changeWords(asked, held, { text, entities: within(asked.values.caption_entities, text) });
  },
  deleteMessage: (asked) => {
    const { world, values } = asked;
    chatFor(asked);
    const held = world.find(values.chat_id ?? 0, values.message_id ?? 0);
    if (held === undefined) throw new Refused(400, 'message to delete not found');
    if (world.now() - held.date > DELETE_WITHIN_S) throw new Refused(400, "message can't be deleted");
    held.deleted = true;
    return true;
  },
  deleteBusinessMessages: (asked) => {
    const { world, values } = asked;
    const connection = connectionFor(asked);
    const held = (values.message_ids ?? []).flatMap(
      (id) => world.messages.find((one) => one.connection === connection.id && one.id === id && !one.deleted) ?? [],
    );
    if (held.length === 0) throw new Refused(400, 'MESSAGE_ID_INVALID');
    const { can_delete_outgoing_messages: own, can_delete_all_messages: all } = connection.rights ?? {};
    if (all !== true && (own !== true || held.some(({ byBot }) => !byBot))) {
      throw new Refused(403, 'not enough rights to delete the messages');
    }
    for (const one of held) one.deleted = true;
    return true;
  },
  setMessageReaction: (asked) => {
    const { world, values } = asked;
    chatFor(asked);
    const held = world.find(values.chat_id ?? 0, values.message_id ?? 0);
    if (held === undefined) throw new Refused(400, 'message to react not found');
    const keys = (values.reaction ?? []).map(({ emoji }) => emoji);
    if (keys.length > 1) throw new Refused(400, 'REACTIONS_TOO_MANY');
    if (keys.some((key) => !reactions.includes(key))) throw new Refused(400, 'REACTION_INVALID');
    if (keys.join() === held.reactions.join()) {
      throw new Refused(400, `message is not modified: ${sameAsBefore}`);
    }
    held.reactions = keys;
    return true;
  },
  readBusinessMessage: (asked) => {
    const { world, values, told } = asked;
    const connection = connectionFor(asked);
    if (connection.rights?.can_read_messages !== true) throw new Refused(403, 'not enough rights to read messages');
    const [chat, message] = [values.chat_id ?? 0, values.message_id ?? 0];
    if (world.find(chat, message, connection.id) === undefined) throw new Refused(400, 'message not found');
    told.push({ what: 'read', chat, message });
    return true;
  },
  sendChatAction: (asked) => {
    const { chat } = chatFor(asked);
    if (!actions.split(' ').includes(asked.values.action ?? ''))
      throw new Refused(400, 'wrong parameter action in request');
    asked.told.push({ what: 'typing', chat });
    return true;
  },
};

type Words = Pick<Held, 'text' | 'entities'>;

function send(asked: Asked, chatting: Chatting, content: Words & Pick<Held, 'media' | 'place'>): unknown {
  const { world, updates } = asked;
  const { chat, connection } = chatting;
  const held: Held = {
    chat,
    id: world.nextId(),
    date: world.now(),
    from: connection?.user ?? world.bot,
    byBot: true,
    connection: connection?.id,
    replyTo: repliedTo(asked, chatting),
    topic: topicFor(asked, chatting),
    reactions: [],
    deleted: false,
    ...content,
  };
  world.messages.push(held);
  const message = world.message(held);
  // What the bot writes for an account is news of the account.
  if (connection !== undefined) updates.news({ business_message: { ...message, chat: privateOf(world, chat) } }, chat);
  return message;
}

function privateOf(world: World, chat: number) {
  return world.privateChat(world.person(chat));
}

function repliedTo({ world, values }: Asked, { chat, connection }: Chatting): number | undefined {
  const reply = values.reply_parameters;
  if (reply === undefined) return undefined;
  if (world.find(chat, reply.message_id, connection?.id) !== undefined) return reply.message_id;
  if (reply.allow_sending_without_reply === true) return undefined;
  throw new Refused(400, 'message to be replied not found');
}

/** Named, or that of the message that is answered. */
function topicFor({ world, values }: Asked, { chat, connection }: Chatting): number | undefined {
  const named = values.message_thread_id;
  if (named !== undefined) {
    if (world.groups.get(chat)?.topics?.has(named) !== true) throw new Refused(400, 'message thread not found');
    return named;
  }
  const replied = values.reply_parameters?.message_id;
  return replied === undefined ? undefined : world.find(chat, replied, connection?.id)?.topic;
}

function sendFile(asked: Asked, field: string): unknown {
  const { values, file, world } = asked;
  const chatting = chatFor(asked);
  if (file?.field !== field) throw new Refused(400, `there is no ${field} in the request`);
  const caption = values.caption ?? '';
  if (caption.length > CAPTION_MOST) throw new Refused(400, 'message caption is too long');
  if (file.bytes.length === 0) throw new Refused(400, 'file must be non-empty');
  if (field === 'photo') checkPhoto(file.bytes);
  const media = { field, file: world.keepFile({ name: file.name, type: file.type, bytes: file.bytes }) };
  return send(asked, chatting, { text: caption, entities: within(values.caption_entities, caption), media });
}

/** JPEG or PNG by their first bytes, 10 MB at most. */
function checkPhoto(bytes: Uint8Array): void {
  const begin = Buffer.from(bytes.subarray(0, 3)).toString('hex');
  if (begin !== 'ffd8ff' && begin !== '89504e') throw new Refused(400, 'IMAGE_PROCESS_FAILED');
  if (bytes.length > 10 * 1024 * 1024) throw new Refused(413, 'Request Entity Too Large');
}

/** Bot API, "Message entities": in the text, one in the other, and no code around anything. */
function within(entities: readonly SentEntity[] | undefined, text: string): Held['entities'] {
  const given = entities ?? [];
  for (const one of given) {
    if (one.offset + one.length > text.length) throw new Refused(400, 'ENTITY_BOUNDS_INVALID');
    if ((one.type === 'text_link') !== (one.url !== undefined)) throw new Refused(400, "can't parse entities");
    if (given.some((other) => other !== one && crosses(one, other))) throw new Refused(400, "can't parse entities");
  }
  return given.map(({ type, offset, length, url, language }) => {
    if (type === 'text_link') return { type, offset, length, url: url ?? '' };
    if (type === 'pre') return { type, offset, length, ...(language === undefined ? {} : { language }) };
    return { type, offset, length };
  });
}

function crosses(a: SentEntity, b: SentEntity): boolean {
  const [endA, endB] = [a.offset + a.length, b.offset + b.length];
  if (a.offset >= endB || b.offset >= endA) return false;
  const mono = [a, b].some(({ type }) => type === 'code' || type === 'pre');
  const inside = (a.offset <= b.offset && endA >= endB) || (b.offset <= a.offset && endB >= endA);
  return mono || !inside || a.type === b.type;
}

function ownMessage(asked: Asked): Held {
  const { world, values } = asked;
  const { chat, connection } = chatFor(asked);
  const held = world.find(chat, values.message_id ?? 0, connection?.id);
  if (held === undefined) throw new Refused(400, 'message to edit not found');
  if (!held.byBot && held.from.id !== connection?.user.id) throw new Refused(400, "message can't be edited");
  return held;
}

function changeWords({ world, updates }: Asked, held: Held, { text, entities }: Words): unknown {
  if (held.text === text && JSON.stringify(held.entities) === JSON.stringify(entities)) {
    throw new Refused(400, `message is not modified: ${sameAsBefore}`);
  }
  held.text = text;
  held.entities = entities;
  const message = { ...world.message(held), edit_date: world.now() };
  if (held.connection !== undefined) {
    updates.news({ edited_business_message: { ...message, chat: privateOf(world, held.chat) } }, held.chat);
  }
  return message;
}
