/** The connector's part of the config. */
import { z } from 'zod';
import type { LineRefusal } from '../../core/ports/capabilities.ts';

const secret = z.string().min(1);
const id = z.string().regex(/^\d{5,20}$/u, 'write the digits that the WhatsApp manager shows, in quotes');
const origin = z
  .string()
  .transform((text) => text.replace(/\/+$/u, ''))
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'write an origin, like https://graph.facebook.com',
  );
/** `50ms`, `30s`, `5m`: milliseconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}(ms|s|m)$/u, 'write a time as 500ms, 30s or 5m')
  .transform((text) => {
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
    return Number.parseInt(text, 10) * (units[text.replace(/^\d+/u, '')] ?? 1);
  });

export const whatsappConfig = z.strictObject({
  /** Of a system user, with whatsapp_business_messaging and whatsapp_business_management. */
  token: secret,
  /** Signs the webhooks. */
  appSecret: secret,
  /** The secret before it or after it, accepted as well while the app's secret is being changed. */
  otherAppSecret: secret.optional(),
  /** What Meta is told to say when it asks whether the webhook is ours. */
  verifyToken: secret,
  /** The WhatsApp Business Account, whose templates are listed. */
  businessAccountId: id,
  /** The phone number id of each line's address. */
  numbers: z
    .record(z.string(), id)
    .refine((numbers) => Object.keys(numbers).length > 0, 'name the phone number id of each line, by its address')
    .refine((numbers) => new Set(Object.values(numbers)).size === Object.keys(numbers).length, 'two lines have one id'),
  /** Of the Graph API. */
  version: z
    .string()
    .regex(/^v\d{2}\.\d$/u, 'write it as v24.0')
    .default('v24.0'),
  api: origin.default('https://graph.facebook.com'),
  /** Where Meta keeps files: the only places besides `api` that are shown our token. */
  mediaOrigins: z.array(origin).max(5).default(['https://lookaside.fbsbx.com']),
  /** A number may send 80 a second, received ones counted in. */
  perSecond: z.number().positive().max(1_000).default(40),
  /** How often Meta is asked whether it still takes our token. */
  checkEvery: duration.default(300_000),
});

/** Only numbers that the config names by Meta's id can send. */
export function refusesLine(
  { numbers }: { readonly numbers: Readonly<Record<string, string>> },
  address: string,
): LineRefusal | undefined {
  if (Object.hasOwn(numbers, address)) return undefined;
  const known = Object.keys(numbers).join(', ');
  return {
    message: `is not among the numbers of its connector, which names ${known}`,
    fix: `add it to numbers with its phone number id, as the WhatsApp manager shows it: "${address}": "106540352242922"`,
  };
}

export type WhatsAppConfig = z.output<typeof whatsappConfig>;
