/** Files of a message: what each is, and by which id Telegram gives its bytes. */
import { z } from 'zod';
import type { Attachment, FileKind } from '../../core/network-entries.ts';
import type { Message } from './shapes.ts';

const fileShape = z.object({
  file_id: z.string().min(1).max(2_048),
  file_size: z.int().nonnegative().optional(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
  /** Seconds; a year is none. */
  duration: z.number().nonnegative().max(31_536_000).optional().catch(undefined),
  width: z.int().nonnegative().optional(),
  height: z.int().nonnegative().optional(),
  ...{ emoji: z.string().optional(), set_name: z.string().optional() },
  ...{ is_animated: z.boolean().optional(), is_video: z.boolean().optional() },
  ...{ performer: z.string().optional(), title: z.string().optional() },
});
type File = z.output<typeof fileShape>;

const photoShape = z.array(fileShape).min(1);

/** An animation and a live photo come with a second field for older programs: the first that is there counts. */
const order: readonly (readonly [field: string, kind: FileKind])[] = [
  ['animation', 'animation'],
  ['photo', 'image'],
  ['video', 'video'],
  ['video_note', 'video'],
  ['voice', 'voice'],
  ['audio', 'audio'],
  ['sticker', 'sticker'],
  ['document', 'file'],
];

export type FileFound = { readonly attachment: Attachment } | { readonly unreadable: string } | undefined;

/** The one file of the message; in words where it can't be read. */
export function fileOf(message: Message): FileFound {
  const found = order.find(([field]) => message[field] !== undefined);
  if (found === undefined) return undefined;
  const [field, kind] = found;
  const file = field === 'photo' ? largest(message[field]) : fileShape.safeParse(message[field]).data;
  if (file === undefined) return { unreadable: `a file that can't be read (${field.replace('_', ' ')})` };
  return { attachment: { ref: file.file_id, ...sizes(file), ...described(field, kind, file) } };
}

/** Telegram gives each photo in several sizes. */
function largest(photo: unknown): File | undefined {
  const sorted = photoShape.safeParse(photo).data?.toSorted((a, b) => area(b) - area(a));
  return sorted?.[0];
}

function area({ width = 0, height = 0 }: File): number {
  return width * height;
}

function sizes(file: File): Partial<Attachment> {
  const { file_size: size, width, height, duration } = file;
  return {
    ...(size === undefined ? {} : { size }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(duration === undefined ? {} : { durationMs: Math.round(duration * 1_000) }),
  };
}

function described(field: string, kind: FileKind, file: File): Pick<Attachment, 'kind' | 'name' | 'type'> {
  if (field === 'sticker') return sticker(file);
  const name = file.file_name ?? (field === 'audio' ? songName(file) : undefined);
  const type = file.mime_type ?? (field === 'photo' ? 'image/jpeg' : undefined);
  return { kind, ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) };
}

/** Moving stickers are vector graphics or video of Telegram's own forms: files to everybody else. */
function sticker({ emoji, is_animated: vector, is_video: video }: File): Pick<Attachment, 'kind' | 'name' | 'type'> {
  const name = emoji === undefined ? 'sticker' : `sticker ${emoji}`;
  if (vector === true) return { kind: 'file', name: `${name}.tgs`, type: 'application/x-tgsticker' };
  if (video === true) return { kind: 'file', name: `${name}.webm`, type: 'video/webm' };
  return { kind: 'sticker', name, type: 'image/webp' };
}

function songName({ performer, title }: File): string | undefined {
  const words = [performer, title].filter((part) => part !== undefined && part !== '').join(' - ');
  return words === '' ? undefined : words;
}
