/** What SMS and MMS over Twilio can do. */
import type { Capabilities, FileFeatures } from '../../core/ports/capabilities.ts';
import type { TwilioConfig } from './config.ts';
import { LONGEST } from './outbound.ts';

/** twilio.com/docs/messaging/guides/accepted-mime-types: 5 MB for the whole message, of which the text takes a little. */
const IMAGE_BYTES = 5_000_000 - 10_000;
/** Twilio makes pictures smaller where a carrier wants it; other files it hands on as they are. */
const OTHER_BYTES = 500_000;

function files(mime_types: readonly string[], max_size: number): FileFeatures {
  return { mime_types, max_size, caption: 2 };
}

const image = files(['image/jpeg', 'image/png', 'image/gif'], IMAGE_BYTES);
const video = files(['video/mp4', 'video/3gpp', 'video/quicktime', 'video/mpeg'], OTHER_BYTES);
const audio = files(['audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/amr', 'audio/3gpp'], OTHER_BYTES);
const file = files(
  ['application/pdf', 'text/vcard', 'text/x-vcard', 'text/csv', 'text/rtf', 'text/calendar'],
  OTHER_BYTES,
);

const withFiles: Capabilities = {
  official: true,
  keepsInbound: 'list-call',
  sendIdentifiedBy: 'provider-id',
  max_text_length: LONGEST,
  formatting: 0,
  file: { image, video, audio, voice: audio, animation: files(['image/gif'], IMAGE_BYTES), file },
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

export const twilioMost = withFiles;

export function capabilitiesOf({ mms }: TwilioConfig): Capabilities {
  return mms ? withFiles : { ...withFiles, file: {} };
}
