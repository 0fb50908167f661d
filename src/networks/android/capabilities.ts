/** What a phone with the SMS gateway app can do. */
import type { Capabilities, FileFeatures } from '../../core/ports/capabilities.ts';
import type { AndroidConfig } from './config.ts';

/** Ten parts of 153 septets: phones join more, carriers don't. */
export const LONGEST = 1_530;
/** What carriers let an MMS be, with the third that base64 adds on the way to the phone left out. */
const MMS_BYTES = 1_000_000;

function files(...mime_types: readonly string[]): FileFeatures {
  return { mime_types, max_size: MMS_BYTES, caption: 2 };
}

export const androidMost: Capabilities = {
  official: true,
  keepsInbound: 'list-call',
  sendIdentifiedBy: 'our-id',
  max_text_length: LONGEST,
  formatting: 0,
  file: {
    image: files('image/jpeg', 'image/png', 'image/gif'),
    video: files('video/mp4', 'video/3gpp'),
    audio: files('audio/amr', 'audio/mpeg', 'audio/mp4'),
    voice: files('audio/amr', 'audio/mpeg', 'audio/mp4'),
  },
  location_message: 0,
  reply: 0,
  edit: -2,
  delete: -2,
  reaction: -2,
  delivery_receipts: 2,
  read_receipts: -1,
  typing_notifications: -1,
  presence: -1,
  groups: -2,
  templates: -2,
};

/** The app repeats a webhook for two days, by its setting of 14 times; only its own server lists what came in. */
export function capabilitiesOf({ mms, server }: AndroidConfig): Capabilities {
  const can = mms ? androidMost : { ...androidMost, file: {} };
  return server === 'local' ? can : { ...can, keepsInbound: 'provider-retries' };
}
