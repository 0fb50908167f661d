import { describe, expect, test } from '@jest/globals';
import type { ApiAnswer } from '../../../../src/networks/telegram/bot-api.ts';
import { failureOf, isSoAlready, isTopicGone } from '../../../../src/networks/telegram/refusals.ts';

function refused(code: number, words: string, afterMs?: number): Extract<ApiAnswer, { is: 'refused' }> {
  return { is: 'refused', code, words, bytes: new Uint8Array(), ...(afterMs === undefined ? {} : { afterMs }) };
}

describe('what Telegram refuses', () => {
  // As tdlib/telegram-bot-api writes them in Client.cpp, without "Bad Request: " and the like.
  test.each([
    [403, 'bot was blocked by the user', 'rejected'],
    [403, 'user is deactivated', 'bad-address'],
    [403, "bot can't initiate conversation with a user", 'bad-address'],
    [400, 'chat not found', 'bad-address'],
    [403, 'bot was kicked from the group chat', 'rejected'],
    [403, 'bot was kicked from the supergroup chat', 'rejected'],
    [403, 'bot is not a member of the supergroup chat', 'rejected'],
    [400, 'not enough rights to send text messages to the chat', 'rejected'],
    [400, 'have no rights to send a message', 'rejected'],
    [400, 'need administrator rights in the channel chat', 'rejected'],
    [400, 'CHAT_WRITE_FORBIDDEN', 'rejected'],
    [400, 'TOPIC_CLOSED', 'rejected'],
    [400, 'BUSINESS_PEER_USAGE_MISSING', 'window-closed'],
    [400, 'BUSINESS_PEER_INVALID', 'rejected'],
    [400, 'BUSINESS_CONNECTION_INVALID', 'rejected'],
    [400, 'VOICE_MESSAGES_FORBIDDEN', 'rejected'],
    [400, 'message is too long', 'too-long'],
    [400, 'message text is empty', 'empty'],
    [413, 'Request Entity Too Large', 'too-large'],
    [400, 'something new', 'provider-refused'],
  ])('%i %s is "%s"', (code, words, reason) => {
    expect(failureOf(refused(code, words))).toMatchObject({ state: 'failed', reason });
  });

  test('too fast waits as long as it is told', () => {
    expect(failureOf(refused(429, 'retry after 17', 17_000))).toMatchObject({
      ...{ state: 'retry', afterMs: 17_000, scope: 'chat', reason: 'rate-limited' },
    });
  });

  test('what is so already is known in both spellings, and a topic that is gone', () => {
    const written =
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';
    expect([written, 'MESSAGE_NOT_MODIFIED'].every((words) => isSoAlready.test(words))).toBe(true);
    expect(isTopicGone('message thread not found')).toBe(true);
    expect(isTopicGone('TOPIC_CLOSED')).toBe(false);
  });
});
