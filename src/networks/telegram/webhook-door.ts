/** Where Telegram calls us: one update a call, signed with a secret of ours in a header (Bot API, "setWebhook"). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Webhook, WebhookAnswer, WebhookRequest } from '../../core/ports/webhook.ts';
import { batchOf, type Inbox } from './inbox.ts';
import type { Bot } from './known.ts';

/** An update is a few kilobytes; a formatted page with all its blocks may be some hundred. */
const BODY_BYTES = 4 * 1024 * 1024;
const HEADER = 'x-telegram-bot-api-secret-token';

/** The same at each start, and another one with another token: nothing that an admin must keep. */
export function webhookSecret(token: string): string {
  return createHmac('sha256', token).update('gatehouse telegram webhook').digest('hex');
}

interface Given {
  readonly secret: string;
  readonly inbox: Inbox;
  /** Undefined while we can't take anything in: Telegram comes again. */
  readonly bot: () => Bot | undefined;
}

export function webhookDoor({ secret, inbox, bot }: Given): Webhook {
  return {
    methods: ['POST'],
    maxBytes: BODY_BYTES,
    handle: async (request): Promise<WebhookAnswer> => {
      if (!isTelegram(request, secret)) return { to: 'bad-signature' };
      if (!/^application\/json\b/iu.test(String(request.headers['content-type'] ?? '')))
        return { to: 'not-understood' };
      const known = bot();
      if (known === undefined) return { to: 'not-yet' };
      await inbox.take(batchOf([request.body]), known);
      return { to: 'accepted' };
    },
  };
}

/** Hashed first, so that both have one length, whatever was sent. */
function isTelegram({ headers }: WebhookRequest, secret: string): boolean {
  const given = headers[HEADER];
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
