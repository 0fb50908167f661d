/** Whom staff may write to: Telegram lets nobody be written to who has not written first. */
import type { Address } from '../../core/ids.ts';
import type { Resolved } from '../../core/ports/connector.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { addressOf, chatIdOf } from './addresses.ts';
import type { BotApi } from './bot-api.ts';
import { chatShape, nameOf } from './shapes.ts';

interface Asked {
  readonly api: BotApi;
  readonly bot: Address | undefined;
  /** Lines that are personal accounts have chats of which the bot itself knows nothing. */
  readonly accounts: boolean;
}

export async function resolve({ api, bot, accounts }: Asked, written: string): Promise<Result<Resolved, string>> {
  const id = chatIdOf(written.trim().toLowerCase());
  if (id === undefined) return err(nobodyFirst(bot));
  const answer = await api.call('getChat', { chat_id: id });
  if (answer.is === 'refused' && answer.code === 400 && !accounts) return err(nobodyFirst(bot));
  const chat = answer.is === 'ok' ? chatShape.safeParse(answer.result).data : undefined;
  const name = chat === undefined ? undefined : (chat.title ?? nameOf(chat));
  return ok({ address: addressOf(id), ...(name === undefined ? {} : { name }) });
}

const nobodyFirst = (line: Address | undefined): string => {
  const where = line === undefined ? 'this line' : `https://t.me/${line.replace('@', '')}`;
  return `On Telegram only people who have written first can be written to. Ask them to write to ${where} once: the chat opens by itself.`;
};
