/** What a file is fetched by: the account that has it, and its id or its sticker. */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';

const ref = z.object({
  line: z.string(),
  /** The person or the group that it came from. */
  chat: z.string(),
  id: z.string().optional(),
  size: z.number().optional(),
  sticker: z.object({ packId: z.string(), stickerId: z.number() }).optional(),
});
export type FileRef = z.output<typeof ref>;
export type FilePlace = Pick<FileRef, 'line' | 'chat'>;

export function fileRef(file: FileRef): string {
  return JSON.stringify(file).slice(0, 2_048);
}

/** Undefined for what is no reference of ours. */
export function readFileRef(text: string): FileRef | undefined {
  const parsed = ref.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}
