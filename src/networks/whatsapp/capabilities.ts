/** What WhatsApp's Cloud API carries ("Supported media types", "Messages", "Groups API"). */
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { ChatRef } from '../../core/ports/outbound.ts';
import { groupIdOf } from './people.ts';
import { windowMs } from './windows.ts';

const KB = 1_024;
const MB = 1_024 * KB;
export const textMost = 4_096;
export const captionMost = 1_024;
/** A sticker that doesn't move may be this large; `max_size` is that of one that does. */
export const stillStickerMost = 100 * KB;

const audio = ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'];
const video = ['video/mp4', 'video/3gpp'];
const image = ['image/jpeg', 'image/png'];
const office = 'application/vnd.openxmlformats-officedocument';
const documents = [
  ...['text/plain', 'application/pdf', 'application/msword'],
  ...['application/vnd.ms-excel', 'application/vnd.ms-powerpoint'],
  ...[`${office}.wordprocessingml.document`, `${office}.spreadsheetml.sheet`, `${office}.presentationml.presentation`],
];

export const whatsappCapabilities: Capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  keepsForMs: 24 * 3_600_000,
  sendIdentifiedBy: 'our-id',
  max_text_length: textMost,
  formatting: 1,
  file: {
    image: { mime_types: image, max_size: 5 * MB, caption: 2 },
    video: { mime_types: video, max_size: 16 * MB, caption: 2 },
    animation: { mime_types: ['video/mp4'], max_size: 16 * MB, caption: 2 },
    audio: { mime_types: audio, max_size: 16 * MB, caption: 0 },
    voice: { mime_types: ['audio/ogg'], max_size: 16 * MB, caption: 0 },
    sticker: { mime_types: ['image/webp'], max_size: 500 * KB, caption: 0 },
    file: { mime_types: [...documents, ...image, ...video, ...audio, 'image/webp'], max_size: 100 * MB, caption: 2 },
  },
  location_message: 2,
  reply: 2,
  edit: -2,
  delete: -2,
  reaction: 2,
  reaction_count: 1,
  delivery_receipts: 2,
  read_receipts: 2,
  typing_notifications: 1,
  typing_marks_read: true,
  presence: -1,
  groups: 1,
  templates: 2,
  service_window: windowMs,
};

/** A group takes texts, files and templates. */
const inGroups: Capabilities = {
  ...whatsappCapabilities,
  location_message: 0,
  reaction: -2,
  read_receipts: -1,
  typing_notifications: -1,
};

export function capabilitiesOf(chat: ChatRef | undefined): Capabilities {
  return chat !== undefined && groupIdOf(chat.to) !== undefined ? inGroups : whatsappCapabilities;
}
