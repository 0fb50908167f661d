/** A file as a room event: what it really is decides how it is shown, not what it calls itself. */
import type { StoredFile } from '../../core/entry.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Attachment, FileKind } from '../../core/network-entries.ts';
import { fileName } from './file-name.ts';
import { harmlessBody } from '../text/unpinged.ts';

/** What every client draws. Anything else that calls itself a picture is a file. */
const DRAWN = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/apng', 'image/bmp']);
/** MPEG-4 without a picture has no type of its own in its first bytes. */
const SOUND_IN_VIDEO = new Set(['video/mp4', 'video/3gpp', 'video/webm', 'video/ogg']);

export interface ShownEvent {
  readonly type: 'm.room.message' | 'm.sticker';
  readonly content: JsonObject;
}

export interface FileShown {
  readonly attachment: Attachment;
  readonly stored: Pick<StoredFile, 'type' | 'size'>;
  /** Where the homeserver has it. */
  readonly url: string;
  /** `body` and what formats it: the words that came with it. */
  readonly caption?: JsonObject | undefined;
}

/** `type` without its parameters. */
export function bareType(type: string): string {
  return type.split(';', 1)[0]?.trim().toLowerCase() ?? type;
}

const drawn = (type: string): boolean => DRAWN.has(type);
const filmed = (type: string): boolean => type.startsWith('video/');
const heard = (type: string): boolean => type.startsWith('audio/') || SOUND_IN_VIDEO.has(type);

/** As what each kind can be shown, the best first, and which bytes that takes. */
const ways: Readonly<Record<FileKind, readonly (readonly [FileKind, (type: string) => boolean])[]>> = {
  image: [['image', drawn]],
  sticker: [
    ['sticker', drawn],
    ['animation', filmed],
  ],
  animation: [
    ['animation', filmed],
    ['image', drawn],
  ],
  video: [['video', filmed]],
  audio: [['audio', heard]],
  voice: [['voice', heard]],
  file: [],
};

/** How it is shown: `file` where its bytes are not what its kind says. */
export function shownKind(kind: FileKind, type: string): FileKind {
  return ways[kind].find(([, takes]) => takes(type))?.[0] ?? 'file';
}

/** Matrix spec 1.10, media captions: with a `filename` the body is a caption. */
export function fileContent({ attachment, stored, url, caption }: FileShown): ShownEvent {
  const type = bareType(stored.type);
  const kind = shownKind(attachment.kind, type);
  const name = harmlessBody(fileName(attachment.name, attachment.kind, type));
  const info = infoOf(attachment, { kind, type, size: stored.size });
  if (kind === 'sticker') return { type: 'm.sticker', content: { body: name, url, info } };
  const words = { body: name, ...caption, filename: name };
  const content = { msgtype: msgtypes[kind], ...words, url, info, ...more(kind, attachment) };
  return { type: 'm.room.message', content };
}

const msgtypes: Readonly<Record<Exclude<FileKind, 'sticker'>, string>> = {
  image: 'm.image',
  video: 'm.video',
  animation: 'm.video',
  audio: 'm.audio',
  voice: 'm.audio',
  file: 'm.file',
};

interface Looked {
  readonly kind: FileKind;
  readonly type: string;
  readonly size: number;
}

function infoOf(attachment: Attachment, { kind, type, size }: Looked): JsonObject {
  return {
    mimetype: type,
    size,
    ...(seen.has(kind) && sized(attachment)),
    ...(timed.has(kind) && lasting(attachment)),
  };
}

const seen: ReadonlySet<FileKind> = new Set(['image', 'video', 'animation', 'sticker']);
const timed: ReadonlySet<FileKind> = new Set(['video', 'animation', 'audio', 'voice']);

function sized({ width, height }: Attachment): JsonObject {
  return isLength(width) && isLength(height) ? { w: width, h: height } : {};
}

function lasting({ durationMs }: Attachment): JsonObject {
  return isLength(durationMs) ? { duration: durationMs } : {};
}

function isLength(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value > 0;
}

/** MSC3245 and MSC1767 as Element reads them; for animations what bridges and Beeper's clients agreed on. */
function more(kind: FileKind, attachment: Attachment): JsonObject {
  if (kind === 'animation') return { 'fi.mau.gif': true, 'fi.mau.loop': true, 'fi.mau.autoplay': true };
  if (kind !== 'voice') return {};
  return { 'org.matrix.msc3245.voice': {}, 'org.matrix.msc1767.audio': lasting(attachment) };
}
