/**
 * The webhook's shapes, as far as they are read; fields that are added later are ignored
 * (developers.facebook.com, WhatsApp Business Platform, "messages webhook reference", 2026-06-17).
 */
import { z } from 'zod';

const text = z.string();
const optional = text.optional();

export const envelope = z.object({ object: z.literal('whatsapp_business_account'), entry: z.array(z.unknown()) });
export const entry = z.object({ id: optional, time: z.number().optional(), changes: z.array(z.unknown()) });
export const change = z.object({ field: text, value: z.record(text, z.unknown()) });
export const metadata = z.object({ phone_number_id: text });

/** With a username, a person's phone number may be missing everywhere; the business-scoped user id never is. */
const contact = z.object({
  profile: z.object({ name: optional, username: optional }).optional(),
  wa_id: optional,
  user_id: optional,
  parent_user_id: optional,
});
export type WaContact = z.output<typeof contact>;

const error = z.object({
  code: z.number(),
  title: optional,
  message: optional,
  error_data: z.object({ details: optional }).optional(),
});
export type WaError = z.output<typeof error>;

const context = z.object({
  id: optional,
  forwarded: z.boolean().optional(),
  frequently_forwarded: z.boolean().optional(),
  referred_product: z.object({ catalog_id: optional, product_retailer_id: optional }).optional(),
});

/** Unix seconds, as text or as a number. */
const seconds = z.union([text, z.number()]);

export const message = z.looseObject({
  id: text.min(1),
  from: optional,
  from_user_id: optional,
  from_parent_user_id: optional,
  to: optional,
  to_user_id: optional,
  to_parent_user_id: optional,
  group_id: optional,
  timestamp: seconds.optional(),
  type: text,
  context: context.optional().catch(undefined),
  errors: z.array(error).optional().catch(undefined),
});
export type WaMessage = z.output<typeof message>;

export const status = z.object({
  id: text.min(1),
  status: text,
  timestamp: seconds.optional(),
  recipient_id: optional,
  recipient_type: optional,
  recipient_user_id: optional,
  recipient_parent_user_id: optional,
  recipient_participant_id: optional,
  recipient_participant_user_id: optional,
  biz_opaque_callback_data: optional,
  errors: z.array(error).optional().catch(undefined),
});
export type WaStatus = z.output<typeof status>;

/** Those of a list that have the shape. */
function listOf<T>(item: z.ZodType<T>, value: unknown): readonly T[] {
  return (Array.isArray(value) ? value : []).flatMap((one: unknown) => {
    const read = item.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

export function contactsIn(value: Readonly<Record<string, unknown>>): readonly WaContact[] {
  return listOf(contact, value['contacts']);
}

export function errorsIn(value: Readonly<Record<string, unknown>>): readonly WaError[] {
  return listOf(error, value['errors']);
}

/** What an error says, in the provider's words. */
export function errorWords({ code, title, message: said, error_data: data }: WaError): string {
  return `${data?.details ?? said ?? title ?? 'no reason given'} (${code})`;
}
