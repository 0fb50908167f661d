/** What Signal can do through signal-cli. */
import type { Capabilities, FileFeatures } from '../../core/ports/capabilities.ts';

const DAY = 86_400_000;

/** A file goes to signal-cli as text within one request, so that it is in memory three times over. */
export const largestSent = 24 * 1024 * 1024;
/** Signal's clients take up to 64 KiB of UTF-8, which so many code units never exceed. */
export const longestText = 20_000;

function files(...mimeTypes: readonly string[]): FileFeatures {
  return { mime_types: mimeTypes, max_size: largestSent, caption: 2 };
}

export const signalCapabilities: Capabilities = {
  official: false,
  keepsInbound: 'provider-retries',
  sendIdentifiedBy: 'nothing',
  max_text_length: longestText,
  formatting: 2,
  file: {
    image: files('image/*'),
    video: files('video/*'),
    audio: files('audio/*'),
    voice: files('audio/*'),
    animation: files('image/gif', 'video/mp4'),
    // As the picture that it is: Signal's own stickers come out of packs that were uploaded before.
    sticker: files('image/*'),
    file: files('*/*'),
  },
  location_message: 0,
  reply: 2,
  edit: 2,
  edit_max_age: DAY,
  delete: 2,
  delete_max_age: DAY,
  reaction: 2,
  reaction_count: 1,
  delivery_receipts: 2,
  read_receipts: 2,
  typing_notifications: 2,
  presence: -1,
  groups: 2,
  templates: -2,
};
