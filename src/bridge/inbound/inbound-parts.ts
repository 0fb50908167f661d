/**
 * A customer's message as room events, its files aside: exactly what was written, and in plain words what we know of it
 * that isn't in the words.
 */
import type { GeoPlace, MessageContent, NetworkMessage, SharedContact } from '../../core/network-entries.ts';
import type { EventId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { isBlank } from '../../core/invisible.ts';
import type { RichText } from '../../core/rich-text.ts';
import { toPlain } from '../../core/rich-text-plain.ts';
import { inboundContents } from '../text/inbound-content.ts';
import { harmlessBody } from '../text/unpinged.ts';

export interface InboundPart {
  /** Tells the events of one message apart: `text`, `text-2`, `place`, `cards`. */
  readonly part: string;
  readonly content: JsonObject;
}

export interface Presented {
  /** What is shown in place of its own text. */
  readonly masked?: string | undefined;
  readonly mayBeRepeat?: boolean;
  /** Said before the words: whose they are, where another user says them. */
  readonly prefix?: string;
  /** The event that it answers. */
  readonly replyTo?: EventId | undefined;
  readonly msgtype?: 'm.text' | 'm.notice';
}

type Message = MessageContent & Pick<NetworkMessage, 'missing' | 'forwarded' | 'replyTo'>;

export function inboundParts(message: Message, how: Presented = {}): readonly InboundPart[] {
  const words = textParts(message, how);
  const place = message.location === undefined ? [] : [{ part: 'place', content: placeContent(message.location) }];
  const cards = (message.contacts ?? []).length === 0 ? [] : [cardsPart(message.contacts ?? [])];
  const parts = [...words, ...place, ...cards];
  const [first, ...rest] = parts;
  if (first === undefined || how.replyTo === undefined) return parts;
  const relation = { 'm.relates_to': { 'm.in_reply_to': { event_id: how.replyTo } } };
  return [{ ...first, content: { ...first.content, ...relation } }, ...rest];
}

function textParts(message: Message, how: Presented): readonly InboundPart[] {
  const own = ownWords(message, how);
  const notes = notesOn(message, how);
  const isSilent = own.text === '' && notes.length === 0;
  if (isSilent && holdsElse(message) && how.prefix === undefined) return [];
  const lines = isSilent
    ? [holdsElse(message) ? '(a file, a place or a card)' : '(empty message)']
    : [...(own.text === '' ? [] : [own.text]), ...notes];
  const rich = prefixed(how.prefix ?? '', { text: lines.join('\n'), marks: own.marks });
  return inboundContents(rich).map((content, index) => ({
    part: index === 0 ? 'text' : `text-${index + 1}`,
    content: { msgtype: how.msgtype ?? 'm.text', ...content },
  }));
}

function prefixed(prefix: string, { text, marks }: RichText): RichText {
  return { text: `${prefix}${text}`, marks: marks.map((mark) => ({ ...mark, start: mark.start + prefix.length })) };
}

function holdsElse({ attachments = [], contacts = [], location }: MessageContent): boolean {
  return attachments.length > 0 || contacts.length > 0 || location !== undefined;
}

const UNSEEN = '(a message without visible text)';

/** What nobody could see stands as what it is; beside a file it is no caption. The record has it as it came. */
function ownWords(message: Message, { masked }: Presented): RichText {
  const { text, marks = [] } = message;
  const own = masked === undefined ? { text, marks } : { text: masked, marks: [] };
  if (own.text === '' || !isBlank(toPlain(own))) return own;
  return { text: holdsElse(message) ? '' : UNSEEN, marks: [] };
}

/** In the order in which they stand below the words; undefined ones are left out. */
function notesOn(message: Message, { mayBeRepeat = false, replyTo }: Presented): readonly string[] {
  const quoted = replyTo === undefined ? (message.replyTo?.text ?? '') : '';
  const notes = [
    quoted === '' ? undefined : `(answers “${shortened(quoted)}”)`,
    message.unsupported && `(sent ${message.unsupported}: it can't be shown here)`,
    message.forwarded && FORWARDED[message.forwarded],
    topicNote(message.topic),
    message.missing && `⚠️ Part of this message is missing (${message.missing}).`,
    mayBeRepeat ? '(may be a repeat)' : undefined,
  ];
  return notes.filter((note) => note !== undefined).filter((note) => note !== '');
}

function topicNote(topic = ''): string {
  const name = shortened(topic);
  return name === '' ? '' : `(in ${name})`;
}

const FORWARDED = { once: '(forwarded)', often: '(forwarded many times)' } as const;

const QUOTED_MAX = 80;

function shortened(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const chars = Array.from(line);
  return chars.length <= QUOTED_MAX ? line : `${chars.slice(0, QUOTED_MAX).join('')}…`;
}

/** Matrix spec, `m.location`; RFC 5870 for the address. */
function placeContent({ latitude, longitude, accuracy, name, address, live = false }: GeoPlace): JsonObject {
  const uri = `geo:${latitude},${longitude}${accuracy === undefined ? '' : `;u=${accuracy}`}`;
  const words = [name, address].filter((word) => word !== undefined && word !== '').join(', ');
  const what = live ? 'Live location, as it began' : 'Location';
  const body = `${what}: ${words === '' ? `${latitude}, ${longitude}` : words} ${uri}`;
  return { msgtype: 'm.location', body: harmlessBody(body), geo_uri: uri };
}

const CARDS_MAX = 20;

function cardsPart(contacts: readonly SharedContact[]): InboundPart {
  const more = contacts.length > CARDS_MAX ? [`and ${contacts.length - CARDS_MAX} more`] : [];
  const cards = contacts.slice(0, CARDS_MAX).map(({ name, phones, emails = [], organisation }) => {
    const firm = organisation === undefined || organisation === '' ? '' : ` (${organisation})`;
    return [`👤 ${name}${firm}`, ...phones, ...emails].join('\n');
  });
  return { part: 'cards', content: { msgtype: 'm.text', body: harmlessBody([...cards, ...more].join('\n')) } };
}
