/** What `POST /<phone number id>/messages` takes, and nothing else ("Messages API"; limits of each type's page). */
import { z } from 'zod';

const caption = z.string().min(1).max(1_024).optional();
const media = { id: z.string().min(1) };
const language = z.strictObject({ code: z.string().min(2), policy: z.literal('deterministic').optional() });
const parameter = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1).max(32_768),
  parameter_name: z.string().optional(),
});
const component = z.strictObject({ type: z.enum(['header', 'body', 'button']), parameters: z.array(parameter).min(1) });

const base = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.enum(['individual', 'group']).optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  context: z.strictObject({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
};

export const outboundShape = z.discriminatedUnion('type', [
  z.strictObject({
    ...base,
    type: z.literal('text'),
    text: z.strictObject({ body: z.string().min(1).max(4_096), preview_url: z.boolean().optional() }),
  }),
  z.strictObject({ ...base, type: z.literal('image'), image: z.strictObject({ ...media, caption }) }),
  z.strictObject({ ...base, type: z.literal('video'), video: z.strictObject({ ...media, caption }) }),
  z.strictObject({
    ...base,
    type: z.literal('audio'),
    audio: z.strictObject({ ...media, voice: z.boolean().optional() }),
  }),
  z.strictObject({
    ...base,
    type: z.literal('document'),
    document: z.strictObject({ ...media, caption, filename: z.string().min(1).max(240).optional() }),
  }),
  z.strictObject({ ...base, type: z.literal('sticker'), sticker: z.strictObject(media) }),
  z.strictObject({
    ...base,
    type: z.literal('location'),
    location: z.strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: z.string().max(1_000).optional(),
      address: z.string().max(1_000).optional(),
    }),
  }),
  z.strictObject({
    ...base,
    type: z.literal('reaction'),
    reaction: z.strictObject({ message_id: z.string().startsWith('wamid.'), emoji: z.string().max(32) }),
  }),
  z.strictObject({
    ...base,
    type: z.literal('template'),
    template: z.strictObject({ name: z.string(), language, components: z.array(component).optional() }),
  }),
]);
export type Outbound = z.output<typeof outboundShape>;

export const readShape = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: z.string().startsWith('wamid.'),
  typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
});

/** Bytes, by the type of message ("Supported media types"). */
const MB = 1_024 * 1_024;
export const fileLimits: Readonly<Record<string, { readonly types: RegExp; readonly most: number }>> = {
  image: { types: /^image\/(jpeg|png)$/u, most: 5 * MB },
  video: { types: /^video\/(mp4|3gpp)$/u, most: 16 * MB },
  audio: { types: /^audio\/(aac|amr|mpeg|mp4|ogg)$/u, most: 16 * MB },
  sticker: { types: /^image\/webp$/u, most: 500 * 1_024 },
  document: { types: /./u, most: 100 * MB },
};
export const uploadTypes =
  /^(image\/(jpeg|png|webp)|video\/(mp4|3gpp)|audio\/(aac|amr|mpeg|mp4|ogg)|text\/plain|application\/(pdf|msword|vnd\.ms-excel|vnd\.ms-powerpoint|vnd\.openxmlformats-officedocument\.(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)))$/u;
