/** As which kind a line can carry a file, or why it can't: pure, by the line's capabilities. */
import type { Capabilities, FileFeatures } from '../../core/ports/capabilities.ts';
import type { FileKind } from '../../core/network-entries.ts';
import { err, ok, type Result } from '../../core/result.ts';

export interface FittingFile {
  readonly kind: FileKind;
  /** What the bytes are, without parameters. */
  readonly type: string;
  readonly size: number;
}

export type NoFit =
  /** The line carries nothing like it. */
  | { readonly why: 'unsupported' }
  /** The line carries the kind, and not such bytes. */
  | { readonly why: 'type' }
  | { readonly why: 'too-large'; readonly most: number };

/** As what else a kind may go, the nearest first. */
const instead: Readonly<Record<FileKind, readonly FileKind[]>> = {
  image: ['image', 'file'],
  video: ['video', 'file'],
  audio: ['audio', 'voice', 'file'],
  voice: ['voice', 'audio', 'file'],
  animation: ['animation', 'video', 'image', 'file'],
  sticker: ['sticker', 'image', 'file'],
  file: ['file'],
};

/** A file that is a picture may go as one where the line carries no files as such. */
function byType(type: string): readonly FileKind[] {
  const [family] = type.split('/', 1);
  return family === 'image' || family === 'video' || family === 'audio' ? [family] : [];
}

/** Whether there are bytes of this kind that the line can carry: known before the file is. */
export function mayFit(kind: FileKind, { file: carried }: Pick<Capabilities, 'file'>): boolean {
  const ways = kind === 'file' ? (['file', 'image', 'video', 'audio'] as const) : instead[kind];
  return ways.some((way) => carried[way] !== undefined);
}

/** The kind to send it as: its own where the line carries that, else the nearest that it does. */
export function fit(file: FittingFile, { file: carried }: Pick<Capabilities, 'file'>): Result<FileKind, NoFit> {
  const ways = [...instead[file.kind], ...(file.kind === 'file' ? byType(file.type) : [])];
  const there = ways.flatMap((kind) => {
    const features = carried[kind];
    return features === undefined ? [] : [{ kind, features }];
  });
  const typed = there.filter(({ features }) => takes(features, file.type));
  const fitting = typed.find(({ features }) => file.size <= features.max_size);
  if (fitting !== undefined) return ok(fitting.kind);
  if (typed.length > 0) return err({ why: 'too-large', most: Math.max(...typed.map((one) => one.features.max_size)) });
  return err({ why: there.length === 0 ? 'unsupported' : 'type' });
}

function takes({ mime_types }: FileFeatures, type: string): boolean {
  const [family] = type.split('/', 1);
  return mime_types.some((one) => one === type || one === `${family ?? ''}/*` || one === '*/*' || one === '*');
}
