/** What a file is called where people see it: outsiders choose its name, so nothing in it may pose as something else. */
import type { FileKind } from '../../core/network-entries.ts';

const LONGEST = 120;
const LONGEST_ENDING = 12;

/** Of one without a name; with the ending of what it is. */
const names: Readonly<Record<FileKind, string>> = {
  image: 'picture',
  video: 'video',
  audio: 'audio',
  voice: 'voice-message',
  animation: 'animation',
  sticker: 'sticker',
  file: 'file',
};
const endings: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/heic': '.heic',
  'video/mp4': '.mp4',
  'video/3gpp': '.3gp',
  'video/webm': '.webm',
  'audio/ogg': '.ogg',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'audio/x-m4a': '.m4a',
  'audio/aac': '.aac',
  'audio/amr': '.amr',
  'application/pdf': '.pdf',
  'text/plain': '.txt',
};
/** How somebody would say it who never saw it. */
const spoken: Readonly<Record<FileKind, string>> = {
  image: 'A picture',
  video: 'A video',
  audio: 'An audio file',
  voice: 'A voice message',
  animation: 'An animation',
  sticker: 'A sticker',
  file: 'A file',
};

/** Without path, control, bidirectional and invisible characters; its ending stays. Undefined when nothing is left. */
export function cleanFileName(name: string | undefined): string | undefined {
  const clean = (name ?? '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[/\\:*?"<>|]/gu, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '');
  if (clean === '') return undefined;
  const chars = Array.from(clean);
  if (chars.length <= LONGEST) return clean;
  const dot = chars.lastIndexOf('.');
  const ending = dot > 0 && chars.length - dot <= LONGEST_ENDING ? chars.slice(dot) : [];
  return [...chars.slice(0, LONGEST - ending.length), ...ending].join('');
}

/** Its own name, or one that says what it is. */
export function fileName(name: string | undefined, kind: FileKind, type: string): string {
  return cleanFileName(name) ?? `${names[kind]}${endings[type] ?? ''}`;
}

/** In a sentence, of a file that is not there to be seen. */
export function spokenName(name: string | undefined, kind: FileKind): string {
  return cleanFileName(name) ?? spoken[kind];
}
