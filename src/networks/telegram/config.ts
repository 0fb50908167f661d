/** The connector's part of the config. */
import { z } from 'zod';
import { duration } from '../duration.ts';

export const telegramConfig = z.strictObject({
  token: z
    .string()
    .regex(/^\d{1,16}:[\w-]{20,100}$/u, 'is no token of a bot: copy it from @BotFather, like 123456:ABC-DEF...'),
  /** Another Bot API server than Telegram's own. */
  apiUrl: z.url({ protocol: /^https?$/u }).default('https://api.telegram.org'),
  /** `polling`: we ask Telegram. `webhook`: Telegram calls us; the config needs `publicUrl`. */
  mode: z.enum(['polling', 'webhook']).default('polling'),
  /** How long Telegram keeps one question for news open. */
  pollTimeout: duration.default(50_000),
  /** How often it is looked at whether Telegram still calls us. */
  checkWebhook: duration.default(60_000),
  /** For every other answer of Telegram's. */
  responseTimeout: duration.default(30_000),
  /** Messages to all chats together; Telegram allows about 30. */
  perSecond: z.number().positive().max(1_000).default(30),
  /** Messages to one chat; Telegram asks for no more than 1. */
  perChatPerSecond: z.number().positive().max(1_000).default(1),
  /** Messages to one group; Telegram allows 20. */
  perGroupPerMinute: z.number().positive().max(60_000).default(20),
  reconnect: z
    .strictObject({
      first: duration.default(1_000),
      most: duration.default(60_000),
      /** After the token was refused. */
      refused: duration.default(300_000),
    })
    .prefault({}),
});

export type TelegramConfig = z.output<typeof telegramConfig>;
