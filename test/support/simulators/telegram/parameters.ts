/**
 * The parameters of each method, by the names that the Bot API gives them (checked against `@grammyjs/types`), and how
 * they are read: the real server ignores a name that it doesn't know, this one refuses it.
 */
import type { Opts } from '@grammyjs/types';
import { z } from 'zod';
import { Refused } from './refused.ts';

type Names = { readonly [M in keyof Opts<string>]?: readonly (keyof Opts<string>[M] & string)[] };

const target = ['business_connection_id', 'chat_id'] as const;
const answer = ['reply_parameters', 'message_thread_id'] as const;
const caption = ['caption', 'caption_entities'] as const;

const names = {
  getMe: [],
  getUpdates: ['offset', 'limit', 'timeout', 'allowed_updates'],
  setWebhook: ['url', 'secret_token', 'allowed_updates', 'max_connections', 'drop_pending_updates'],
  deleteWebhook: ['drop_pending_updates'],
  getWebhookInfo: [],
  getChat: ['chat_id'],
  getFile: ['file_id'],
  getBusinessConnection: ['business_connection_id'],
  sendMessage: [...target, ...answer, 'text', 'entities'],
  sendPhoto: [...target, ...answer, ...caption, 'photo'],
  sendVideo: [...target, ...answer, ...caption, 'video'],
  sendAnimation: [...target, ...answer, ...caption, 'animation'],
  sendAudio: [...target, ...answer, ...caption, 'audio'],
  sendVoice: [...target, ...answer, ...caption, 'voice'],
  sendDocument: [...target, ...answer, ...caption, 'document'],
  sendSticker: [...target, ...answer, 'sticker'],
  sendLocation: [...target, ...answer, 'latitude', 'longitude', 'horizontal_accuracy'],
  sendVenue: [...target, ...answer, 'latitude', 'longitude', 'title', 'address'],
  editMessageText: [...target, 'message_id', 'text', 'entities'],
  editMessageCaption: [...target, ...caption, 'message_id'],
  deleteMessage: ['chat_id', 'message_id'],
  deleteBusinessMessages: ['business_connection_id', 'message_ids'],
  setMessageReaction: ['chat_id', 'message_id', 'reaction'],
  readBusinessMessage: [...target, 'message_id'],
  sendChatAction: [...target, 'action'],
} as const satisfies Names;

export type Method = keyof typeof names;

const byLowerCase = new Map(Object.keys(names).map((name) => [name.toLowerCase(), name]));

function isMethod(name: string): name is Method {
  return Object.hasOwn(names, name);
}

/** Methods are the same in capitals and small letters ("Making requests"). */
export function methodNamed(written: string): Method | undefined {
  const name = byLowerCase.get(written.toLowerCase()) ?? '';
  return isMethod(name) ? name : undefined;
}

const entity = z.strictObject({
  type: z.enum([
    'bold',
    'italic',
    'underline',
    'strikethrough',
    'spoiler',
    'blockquote',
    'expandable_blockquote',
    'code',
    'pre',
    'text_link',
  ]),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  url: z.string().optional(),
  language: z.string().optional(),
});
export type SentEntity = z.output<typeof entity>;

/** All values that are used, each by its one meaning in all methods. */
const values = z.strictObject({
  offset: z.int().optional(),
  limit: z.int().min(1).max(100).optional(),
  timeout: z.int().nonnegative().optional(),
  allowed_updates: z.array(z.string()).optional(),
  url: z.string().optional(),
  secret_token: z
    .string()
    .regex(/^[\w-]{1,256}$/u)
    .optional(),
  max_connections: z.int().min(1).max(100).optional(),
  drop_pending_updates: z.boolean().optional(),
  business_connection_id: z.string().optional(),
  chat_id: z.int().optional(),
  message_id: z.int().optional(),
  message_ids: z.array(z.int()).min(1).max(100).optional(),
  file_id: z.string().optional(),
  text: z.string().optional(),
  entities: z.array(entity).optional(),
  caption: z.string().optional(),
  caption_entities: z.array(entity).optional(),
  reply_parameters: z
    .strictObject({
      message_id: z.int(),
      chat_id: z.int().optional(),
      allow_sending_without_reply: z.boolean().optional(),
    })
    .optional(),
  message_thread_id: z.int().optional(),
  title: z.string().optional(),
  address: z.string().optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  horizontal_accuracy: z.number().min(0).max(1_500).optional(),
  reaction: z.array(z.strictObject({ type: z.literal('emoji'), emoji: z.string() })).optional(),
  action: z.string().optional(),
});
export type Values = z.output<typeof values>;

/** Given: JSON of the body, or fields of a form, whose values are texts. @throws Refused */
export function readParameters(method: Method, given: Readonly<Record<string, unknown>>, asText: boolean): Values {
  const known: readonly string[] = names[method];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw new Refused(400, `parameter "${name}" is not one of ${method}`);
  }
  const read = asText
    ? Object.fromEntries(Object.entries(given).map(([name, text]) => [name, valueOf(name, text)]))
    : given;
  const parsed = values.safeParse(read);
  if (parsed.success) return parsed.data;
  const path = String(parsed.error.issues[0]?.path[0] ?? '');
  throw new Refused(400, path.endsWith('entities') ? "can't parse entities" : `invalid value of "${path}"`);
}

const texts: ReadonlySet<string> = new Set([
  'text',
  'caption',
  'title',
  'address',
  'url',
  'secret_token',
  'business_connection_id',
  'file_id',
  'action',
]);

function valueOf(name: string, given: unknown): unknown {
  if (typeof given !== 'string' || texts.has(name)) return given;
  try {
    const value: unknown = JSON.parse(given);
    return value;
  } catch {
    return given;
  }
}
