/** What a message says, by its type (pages "messages webhook reference / <type>" of the WhatsApp Business Platform). */
import { z } from 'zod';
import type { FileKind, NetworkMessage, MessageContent, SharedContact } from '../../core/network-entries.ts';
import { errorWords, type WaMessage } from './payload.ts';
import { wordsFrom } from './words.ts';

export type Content = MessageContent & Pick<NetworkMessage, 'service'>;
type Reader = (part: unknown, message: WaMessage) => Content | undefined;

const optional = z.string().optional();
const textPart = z.object({ body: z.string() });
const mediaPart = z.object({
  id: z.string().min(1).max(512),
  mime_type: optional,
  sha256: optional,
  caption: optional,
  filename: optional,
  voice: z.boolean().optional(),
});
const degrees = z.coerce.number();
const locationPart = z.object({ latitude: degrees, longitude: degrees, name: optional, address: optional });
const contactsPart = z.array(
  z.object({
    name: z.object({ formatted_name: optional, first_name: optional, last_name: optional }).optional(),
    phones: z.array(z.object({ phone: optional, wa_id: optional })).optional(),
    emails: z.array(z.object({ email: optional })).optional(),
    org: z.object({ company: optional }).optional(),
  }),
);
const buttonPart = z.object({ text: z.string() });
const replyPart = z.object({ title: z.string(), description: optional });
const formPart = z.object({ body: optional, name: optional, response_json: z.string() });
const interactivePart = z.object({
  type: z.string(),
  button_reply: replyPart.optional(),
  list_reply: replyPart.optional(),
  nfm_reply: formPart.optional(),
  call_permission_reply: z.object({ response: z.string() }).optional(),
});
const orderPart = z.object({
  text: optional,
  product_items: z.array(
    z.object({
      product_retailer_id: z.string(),
      quantity: z.coerce.number(),
      item_price: z.coerce.number(),
      currency: optional,
    }),
  ),
});
const systemPart = z.object({ body: optional, type: optional });
const unsupportedPart = z.object({ type: z.string() });

/** The types that Meta names for what it does not pass on, in words for people. */
const namedUnsupported: Readonly<Record<string, string>> = {
  gif: 'a GIF',
  group_invite: 'an invitation to a group',
  hsm: 'a template message',
  keep_in_chat: 'a mark to keep a message',
  link_preview: 'the preview of a link',
  media_placeholder: 'a file that is still on its way',
  pin: 'a pinned message',
  poll_creation: 'a poll',
  poll_update: 'a vote in a poll',
  product: 'a product',
};

const readers: Readonly<Record<string, Reader>> = {
  text: (part) => {
    const read = textPart.safeParse(part);
    return read.success ? wordsFrom(read.data.body) : undefined;
  },
  image: (part) => fileOf(part, 'image'),
  video: (part) => fileOf(part, 'video'),
  document: (part) => fileOf(part, 'file'),
  audio: (part) => fileOf(part, 'audio'),
  voice: (part) => fileOf(part, 'voice'),
  sticker: (part) => fileOf(part, 'sticker'),
  location: placeOf,
  contacts: cardsOf,
  button: (part) => {
    const read = buttonPart.safeParse(part);
    return read.success ? { text: read.data.text } : undefined;
  },
  interactive: interactiveOf,
  order: orderOf,
  system: (part) => {
    const read = systemPart.safeParse(part);
    return {
      text: (read.success ? read.data.body : undefined) ?? 'WhatsApp says something of this chat',
      service: true,
    };
  },
  request_welcome: () => ({ text: 'The chat was opened for the first time', service: true }),
  unsupported: unsupportedOf,
};

/** Never throws and never loses anything: what has no form here says so. */
export function contentOf(message: WaMessage): Content {
  const { type } = message;
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return reader?.(message[type], message) ?? { text: '', unsupported: unreadable(message) };
}

function unreadable({ type, errors }: WaMessage): string {
  const why = errors?.[0] === undefined ? '' : `: ${errorWords(errors[0])}`;
  return `something that WhatsApp calls "${type.slice(0, 60)}"${why}`;
}

function fileOf(part: unknown, as: FileKind): Content | undefined {
  const read = mediaPart.safeParse(part);
  if (!read.success) return undefined;
  const { id, mime_type: type, sha256, caption, filename: name, voice } = read.data;
  const hash = hexOf(sha256);
  const attachment = {
    kind: voice === true ? ('voice' as const) : as,
    ref: id,
    ...(name === undefined || name === '' ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(hash === undefined ? {} : { sha256: hash }),
  };
  return { ...wordsFrom(caption ?? ''), attachments: [attachment] };
}

/** Meta writes a SHA-256 in base64 in webhooks and in hex at the media's own address. */
export function hexOf(sha256: string | undefined): string | undefined {
  if (sha256 === undefined) return undefined;
  if (/^[0-9a-f]{64}$/iu.test(sha256)) return sha256.toLowerCase();
  const bytes = Buffer.from(sha256, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

function placeOf(part: unknown): Content | undefined {
  const read = locationPart.safeParse(part);
  if (!read.success) return undefined;
  const { latitude, longitude, name, address } = read.data;
  const more = { ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }) };
  return { text: '', location: { latitude, longitude, ...more } };
}

function cardsOf(part: unknown): Content | undefined {
  const read = contactsPart.safeParse(part);
  return read.success && read.data.length > 0 ? { text: '', contacts: read.data.map(cardOf) } : undefined;
}

function cardOf({ name, phones = [], emails = [], org }: z.output<typeof contactsPart>[number]): SharedContact {
  const parts = [name?.first_name, name?.last_name].filter((one) => one !== undefined).join(' ');
  const addresses = emails.flatMap(({ email }) => (email === undefined ? [] : [email]));
  return {
    name: name?.formatted_name ?? parts,
    phones: phones.flatMap(({ phone, wa_id: id }) => phone ?? (id === undefined ? [] : `+${id}`)),
    ...(addresses.length === 0 ? {} : { emails: addresses }),
    ...(org?.company === undefined ? {} : { organisation: org.company }),
  };
}

function interactiveOf(part: unknown): Content | undefined {
  const read = interactivePart.safeParse(part);
  if (!read.success) return undefined;
  const { button_reply: button, list_reply: list, nfm_reply: form, call_permission_reply: calls } = read.data;
  const chosen = button ?? list;
  if (chosen !== undefined) {
    const { title, description } = chosen;
    return { text: description === undefined ? title : `${title}\n${description}` };
  }
  if (form !== undefined) return { text: filledIn(form.response_json), unsupported: 'a form that was filled in' };
  if (calls === undefined) return undefined;
  const words = calls.response === 'accept' ? 'We may call by WhatsApp' : 'We may not call by WhatsApp';
  return { text: words, service: true };
}

/** One line for each field; the token names the form and says nothing to people. */
function filledIn(json: string): string {
  try {
    const fields: unknown = JSON.parse(json);
    if (typeof fields !== 'object' || fields === null) return json;
    const lines = Object.entries(fields).filter(([key]) => key !== 'flow_token');
    return lines
      .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n');
  } catch {
    return json;
  }
}

function orderOf(part: unknown): Content | undefined {
  const read = orderPart.safeParse(part);
  if (!read.success) return undefined;
  const things = read.data.product_items.map(
    ({ product_retailer_id: what, quantity, item_price: price, currency }) =>
      `${quantity} × ${what} (${[price, currency].filter((one) => one !== undefined).join(' ')})`,
  );
  return { text: read.data.text ?? '', unsupported: `an order: ${things.join(', ')}` };
}

function unsupportedOf(part: unknown, message: WaMessage): Content {
  const read = unsupportedPart.safeParse(part);
  const named = read.success ? (namedUnsupported[read.data.type] ?? `"${read.data.type.slice(0, 60)}"`) : undefined;
  const why = message.errors?.[0];
  const words = [named ?? 'something that WhatsApp does not pass on', ...(why === undefined ? [] : [errorWords(why)])];
  return { text: '', unsupported: words.join(': ') };
}
