/** What can be done over XMPP. Corrections, deletions and reactions are wishes that the other client may not know. */
import type { Capabilities, FileFeatures } from '../../core/ports/capabilities.ts';
import { maxText } from './max-text.ts';

/** `maxBytes` is what the server's upload component takes; without one no file can be sent. */
export function xmppCapabilities(maxBytes: number | undefined, isRoom = false): Capabilities {
  return {
    official: true,
    keepsInbound: 'nobody',
    sendIdentifiedBy: 'nothing',
    max_text_length: maxText,
    formatting: 1,
    file: maxBytes === undefined ? {} : files(maxBytes),
    location_message: 2,
    reply: 2,
    edit: 1,
    delete: 1,
    reaction: 1,
    delivery_receipts: isRoom ? -1 : 1,
    read_receipts: 1,
    typing_notifications: 2,
    presence: 2,
    groups: 2,
    templates: -2,
  };
}

function files(max_size: number): Capabilities['file'] {
  const of = (mime_types: readonly string[]): FileFeatures => ({ mime_types, max_size, caption: 0 });
  return {
    image: of(['image/*']),
    video: of(['video/*']),
    audio: of(['audio/*']),
    voice: of(['audio/*']),
    animation: of(['image/gif', 'video/mp4']),
    sticker: of(['image/*']),
    file: of(['*/*']),
  };
}
