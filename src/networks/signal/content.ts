/** What a Signal message says: words with their styles and mentions, files, contacts, and what has no form here. */
import type { Attachment, FileKind, MessageContent, SharedContact } from '../../core/network-entries.ts';
import { fromSignal, type SignalMention } from '../text/signal.ts';
import { fileRef, type FilePlace } from './file-ref.ts';
import type { People } from './people.ts';
import type { WireAttachment, WireContact, WireData, WireMention } from './wire.ts';

const kinds: ReadonlyMap<string, FileKind> = new Map([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
]);

/** `text` with the people whom it mentions by name. */
export async function contentOf(data: WireData, place: FilePlace, people: People): Promise<MessageContent> {
  const rich = fromSignal(data.message ?? '', data.textStyles, await namesOf(data.mentions, people));
  const attachments = filesOf(data, place);
  const unsupported = withoutForm(data);
  return {
    text: rich.text,
    ...(rich.marks.length === 0 ? {} : { marks: rich.marks }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(data.contacts.length === 0 ? {} : { contacts: data.contacts.map(contactOf) }),
    ...(unsupported === undefined ? {} : { unsupported }),
  };
}

/** What a message quotes, in plain words; a file without words by what it is. */
export async function quotedText(quote: NonNullable<WireData['quote']>, people: People): Promise<string | undefined> {
  const { text = '', attachments, mentions } = quote;
  if (text !== '') return fromSignal(text, [], await namesOf(mentions, people)).text;
  const [file] = attachments;
  return file === undefined ? quote.text : (file.filename ?? fileWords[kindOf(file.contentType)] ?? 'a file');
}

const fileWords: Readonly<Partial<Record<FileKind, string>>> = {
  ...{ image: 'a picture', animation: 'a moving picture', video: 'a video', audio: 'a sound file' },
};

async function namesOf(mentions: readonly WireMention[], people: People): Promise<readonly SignalMention[]> {
  const named: SignalMention[] = [];
  for (const { start, length, number, uuid, name: legacy } of mentions) {
    const person = await people.of({ number, uuid, legacy });
    named.push({ start, length, name: person?.name ?? person?.address });
  }
  return named;
}

function filesOf(data: WireData, place: FilePlace): readonly Attachment[] {
  const files = data.attachments.map((one) => fileOf(one, place, data.viewOnce));
  const { sticker } = data;
  if (sticker === undefined) return files;
  const ref = fileRef({ ...place, sticker: { packId: sticker.packId, stickerId: sticker.stickerId } });
  return [...files, { kind: 'sticker', ref, type: 'image/webp' }];
}

function fileOf(file: WireAttachment, place: FilePlace, viewOnce: boolean): Attachment {
  const { id = '', contentType, filename, size, width, height } = file;
  const shape = width === undefined || height === undefined ? {} : { width, height };
  return {
    kind: kindOf(contentType),
    ref: fileRef({ ...place, id, ...given('size', size) }),
    ...given('name', filename),
    ...given('type', contentType),
    ...given('size', size),
    ...shape,
    ...(viewOnce ? { viewOnce } : {}),
  };
}

function kindOf(contentType = ''): FileKind {
  if (contentType === 'image/gif') return 'animation';
  return kinds.get(contentType.split('/')[0] ?? '') ?? 'file';
}

/** `{[key]: value}` where there is one. */
function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  const record: Partial<Record<K, T>> = {};
  if (value !== undefined) record[key] = value;
  return record;
}

function contactOf({ name, phone, email, organization }: WireContact): SharedContact {
  const phones = phone.flatMap(({ value }) => value ?? []);
  const emails = email.flatMap(({ value }) => value ?? []);
  return {
    name: nameOn(name) ?? organization ?? phones[0] ?? 'a contact',
    phones,
    ...(emails.length === 0 ? {} : { emails }),
    ...given('organisation', organization),
  };
}

function nameOn(name: WireContact['name']): string | undefined {
  if (name?.display !== undefined) return name.display;
  const parts = [name?.given, name?.middle, name?.family].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join(' ') : name?.nickname;
}

/** In words for people. */
function withoutForm(data: WireData): string | undefined {
  const { pollCreate, payment } = data;
  if (pollCreate !== undefined) {
    return `a poll: "${pollCreate.question ?? ''}" (${pollCreate.options.join(' / ')})`;
  }
  if (data.pollVote !== undefined) return 'a vote in a poll';
  if (data.pollTerminate !== undefined) return 'the end of a poll';
  if (payment !== undefined) return payment.note === undefined ? 'a payment' : `a payment: "${payment.note}"`;
  if (data.storyContext !== undefined) return 'it answers a story';
  return undefined;
}
