/** One message of ours as calls of the Bot API, in their order. */
import type { FileKind, GeoPlace } from '../../core/network-entries.ts';
import type { Refusal } from '../../core/ports/connector.ts';
import type { OutboundFile, OutboundMessage } from '../../core/ports/outbound.ts';
import { toTelegram } from '../text/telegram.ts';
import { placeOf } from './addresses.ts';
import type { Parameters } from './bot-api.ts';
import { captionMost, textMost } from './capabilities.ts';
import { chatParameters, type Target } from './targets.ts';

export interface MessageCall {
  readonly method: string;
  readonly parameters: Parameters;
  /** To be uploaded under this name. */
  readonly file?: { readonly field: string; readonly of: OutboundFile };
}

type Content = Pick<OutboundMessage, 'text' | 'marks' | 'file' | 'location'>;

const methods: Readonly<Record<FileKind, readonly [method: string, field: string]>> = {
  image: ['sendPhoto', 'photo'],
  video: ['sendVideo', 'video'],
  animation: ['sendAnimation', 'animation'],
  audio: ['sendAudio', 'audio'],
  voice: ['sendVoice', 'voice'],
  sticker: ['sendSticker', 'sticker'],
  file: ['sendDocument', 'document'],
};

/** Why it can't go out in any case. */
export function refusalOf({ text, marks, file, location }: Content): Refusal | undefined {
  const most = file === undefined ? textMost : captionMost;
  const written = toTelegram({ text, marks: marks ?? [] }).text;
  if (written.length > most) {
    const what = file === undefined ? '' : ' with a file';
    return { reason: 'too-long', detail: `${String(written.length)} characters, at most ${String(most)}${what}` };
  }
  if (file !== undefined || location !== undefined) return undefined;
  return text.trim() === '' ? { reason: 'empty', detail: 'no text' } : undefined;
}

/** A place takes no words: they follow it. `topic` is where the conversation of a group is. */
export function callsOf(message: OutboundMessage, target: Target, topic?: number): readonly MessageCall[] {
  const { text, file, location } = message;
  const to = { ...chatParameters(target), ...(replyParameters(message, target) ?? topicParameters(topic)) };
  if (file !== undefined) return [fileCall(file, message, to)];
  if (location === undefined) return [textCall(message, to)];
  const place = placeCall(location, to);
  return text.trim() === '' ? [place] : [place, textCall(message, to)];
}

/** The same without its topic, where it has one: for a topic that is gone. */
export function withoutTopic(call: MessageCall): MessageCall | undefined {
  if (call.parameters['message_thread_id'] === undefined) return undefined;
  return { ...call, parameters: { ...call.parameters, message_thread_id: undefined } };
}

/** A place with a name is a venue, which wants an address too (Bot API, "sendVenue"). */
function placeCall({ latitude, longitude, accuracy, name, address }: GeoPlace, to: Parameters): MessageCall {
  const at = { ...to, latitude, longitude };
  const title = name ?? address;
  if (title !== undefined) {
    const where = address ?? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    return { method: 'sendVenue', parameters: { ...at, title, address: where } };
  }
  const within = accuracy === undefined ? {} : { horizontal_accuracy: Math.min(1_500, Math.max(0, accuracy)) };
  return { method: 'sendLocation', parameters: { ...at, ...within } };
}

function topicParameters(topic: number | undefined): Parameters {
  return topic === undefined ? {} : { message_thread_id: topic };
}

/** The same file as a document: for pictures that Telegram can't show as such. */
export function asDocument({ parameters, file }: MessageCall): MessageCall | undefined {
  if (file?.field !== 'photo') return undefined;
  return { method: 'sendDocument', parameters, file: { field: 'document', of: file.of } };
}

function textCall(message: Content, to: Parameters): MessageCall {
  return { method: 'sendMessage', parameters: { ...to, ...textParameters(message) } };
}

export function textParameters({ text, marks }: Content): Parameters {
  const written = toTelegram({ text, marks: marks ?? [] });
  return { text: written.text, ...(written.entities.length === 0 ? {} : { entities: written.entities }) };
}

export function captionParameters({ text, marks }: Content): Parameters {
  const { text: caption, entities } = toTelegram({ text, marks: marks ?? [] });
  return { caption, ...(entities.length === 0 ? {} : { caption_entities: entities }) };
}

function fileCall(file: OutboundFile, message: Content, to: Parameters): MessageCall {
  const [method, field] = methods[file.kind];
  const caption = message.text === '' || file.kind === 'sticker' ? {} : captionParameters(message);
  return { method, parameters: { ...to, ...caption }, file: { field, of: file } };
}

/** An answer to what is gone goes out all the same. What stands in another chat can't be answered here. */
function replyParameters({ replyTo }: OutboundMessage, { chat, account }: Target): Parameters | undefined {
  const place = replyTo === undefined ? undefined : placeOf(replyTo.id);
  if (place?.chat !== chat || place.account !== account?.user) return undefined;
  return { reply_parameters: { message_id: place.message, allow_sending_without_reply: true } };
}
