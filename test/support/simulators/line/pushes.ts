/**
 * What LINE takes as a message (developers.line.biz, "Messaging API reference", "Message objects"; line/line-openapi,
 * messaging-api.yml), and what becomes of it on a phone: whoever opens the chat fetches picture and preview.
 */
import { z } from 'zod';
import { isGoodLink, linkedFile } from '../linked-file.ts';

const MB = 1_048_576;
const link = z.string().refine(isGoodLink, 'must be a valid HTTPS URL');
/** Of a message in the same chat: without end, and as often as one likes. */
const quoteToken = z.string().optional();
const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(5_000), quoteToken }),
  z.strictObject({ type: z.literal('sticker'), packageId: z.string(), stickerId: z.string(), quoteToken }),
  z.strictObject({ type: z.literal('image'), originalContentUrl: link, previewImageUrl: link }),
  z.strictObject({ type: z.literal('video'), originalContentUrl: link, previewImageUrl: link }),
  z.strictObject({ type: z.literal('audio'), originalContentUrl: link, duration: z.number().int().min(1) }),
  z.strictObject({
    type: z.literal('location'),
    title: z.string().min(1).max(100),
    address: z.string().min(1).max(100),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
  }),
]);
export type LineMessage = z.output<typeof message>;

export const push = z.strictObject({
  to: z.string().regex(/^[UCR][0-9a-f]{32}$/u),
  messages: z.array(message).min(1).max(5),
  notificationDisabled: z.boolean().optional(),
});

/** As the chat shows it. */
export interface Pushed {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  /** The message that it quotes. */
  readonly quotes?: string;
  readonly file?: string;
  /** Where it is, for whoever opens the chat later. */
  readonly link?: string;
  /** What stands there until somebody looks. */
  readonly preview?: { readonly type: string; readonly size: number };
  readonly durationMs?: number;
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly title: string };
}

const types = { image: /^image\/(?:jpeg|png)$/u, video: /^video\/mp4$/u, audio: /^audio\/(?:mp4|mpeg|x-m4a)$/u };
const most = { image: 10 * MB, video: 200 * MB, audio: 200 * MB };

/** @param quoted the message of a quote token; `opens`: whether somebody looks at once, or nobody does yet */
export async function shownOf(
  given: LineMessage,
  at: Pick<Pushed, 'id' | 'to'>,
  quoted: (token: string) => string | undefined,
  opens: 'at once' | 'later' = 'at once',
): Promise<Pushed> {
  if (opens === 'later' && 'originalContentUrl' in given) return { ...at, text: '', link: given.originalContentUrl };
  switch (given.type) {
    case 'text':
    case 'sticker': {
      const quotes = given.quoteToken === undefined ? undefined : quoted(given.quoteToken);
      return { ...at, text: given.type === 'text' ? given.text : '', ...(quotes === undefined ? {} : { quotes }) };
    }
    case 'location': {
      const { latitude, longitude, title } = given;
      return { ...at, text: '', location: { latitude, longitude, title } };
    }
    default:
      return { ...at, text: '', ...(await fileOf(given)) };
  }
}

async function fileOf(
  given: Extract<LineMessage, { originalContentUrl: string }>,
): Promise<Pick<Pushed, 'file' | 'preview' | 'durationMs'>> {
  const { type } = given;
  const file = await linkedFile(given.originalContentUrl, types[type], most[type]);
  const found = file === undefined ? {} : { file: file.sha256 };
  if (type === 'audio') return { ...found, durationMs: given.duration };
  const preview = await linkedFile(given.previewImageUrl, types.image, MB);
  return { ...found, ...(preview === undefined ? {} : { preview: { type: preview.type, size: preview.size } }) };
}
