/** The connector's part of the config. */
import { z } from 'zod';

/** A Twilio id: two letters and 32 hexadecimal digits ("String Identifier", twilio.com/docs/glossary/what-is-a-sid). */
function sid(letters: string, what: string) {
  return z.string().regex(new RegExp(`^${letters}[0-9a-fA-F]{32}$`, 'u'), `write ${what}: ${letters} and 32 digits`);
}

const secret = z.string().min(1);

export const twilioConfig = z.strictObject({
  accountSid: sid('AC', 'the Account SID from the console'),
  /** Of the account: webhooks are signed with it, also where an API key is used. */
  authToken: secret,
  /** While the token is exchanged: webhooks signed with either are believed. */
  secondaryAuthToken: secret.optional(),
  /** For requests of ours, in place of the account's own token. */
  apiKey: z.strictObject({ sid: sid('SK', "the API key's SID"), secret }).optional(),
  /** The messaging service of a line, by the line's address; a line without one sends from its number alone. */
  messagingServices: z.record(z.string().min(1), sid('MG', "the messaging service's SID")).default({}),
  /** Whether the numbers can send pictures and files. */
  mms: z.boolean().default(true),
  /** Requests a second; Twilio itself spreads them over what each number may send. */
  perSecond: z.number().positive().max(1_000).default(10),
  /** Sends unanswered at a time. */
  window: z.number().int().min(1).max(100).default(10),
  /** Another one for a Twilio region or a test. */
  api: z
    .url({ protocol: /^https?$/u, error: 'write an address like https://api.twilio.com' })
    .transform((text) => new URL(text).origin)
    .default('https://api.twilio.com'),
});

export type TwilioConfig = z.output<typeof twilioConfig>;
