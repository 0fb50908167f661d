/** The body of `POST /<phone number id>/messages` ("Messages API"). */
import { parsePosition, type Address } from '../../core/ids.ts';
import type { OutboundFile, OutboundMessage } from '../../core/ports/outbound.ts';
import { groupIdOf } from './people.ts';
import { wordsTo } from './words.ts';

/** Media by the id of its upload; parameters by name where the template wants names. */
export interface Prepared {
  readonly media?: string;
  readonly names?: readonly string[];
}

export function bodyOf(message: OutboundMessage, prepared: Prepared): object {
  const { replyTo, position } = message;
  return {
    ...recipient(message.to),
    ...contentOf(message, prepared),
    // What we call by our own position had no id of WhatsApp's.
    ...(replyTo === undefined || isPosition(replyTo.id) ? {} : { context: { message_id: replyTo.id } }),
    biz_opaque_callback_data: String(position),
  };
}

export function recipient(to: Address): object {
  const group = groupIdOf(to);
  const base = { messaging_product: 'whatsapp', recipient_type: group === undefined ? 'individual' : 'group' };
  if (group !== undefined) return { ...base, to: group };
  return to.startsWith('+') ? { ...base, to } : { ...base, recipient: to };
}

function isPosition(id: string): boolean {
  return parsePosition(Number(id)).ok;
}

function contentOf(message: OutboundMessage, { media, names }: Prepared): object {
  const { template, file, location } = message;
  if (template !== undefined) return templateOf(template, names);
  if (file !== undefined && media !== undefined) return fileOf(file, media, wordsTo(message));
  if (location !== undefined) {
    const { latitude, longitude, name, address } = location;
    return { type: 'location', location: { latitude, longitude, ...compact({ name, address }) } };
  }
  return { type: 'text', text: { body: wordsTo(message), preview_url: false } };
}

function templateOf(
  { name, language, values }: NonNullable<OutboundMessage['template']>,
  names: readonly string[] | undefined,
): object {
  const parameters = values.map((text, i) => ({ type: 'text', ...compact({ parameter_name: names?.[i] }), text }));
  const components = parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] };
  return { type: 'template', template: { name, language: { code: language }, ...components } };
}

function fileOf(file: OutboundFile, id: string, words: string): object {
  const caption = compact({ caption: words === '' ? undefined : words });
  switch (file.kind) {
    case 'image':
      return { type: 'image', image: { id, ...caption } };
    case 'video':
    case 'animation':
      return { type: 'video', video: { id, ...caption } };
    case 'audio':
      return { type: 'audio', audio: { id } };
    case 'voice':
      return { type: 'audio', audio: { id, voice: true } };
    case 'sticker':
      return { type: 'sticker', sticker: { id } };
    case 'file':
      return { type: 'document', document: { id, filename: file.name, ...caption } };
  }
}

function compact(fields: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
