/** Files and folders that are not there: for whoever reads them that is an answer, not a failure. */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';

const coded = z.object({ code: z.enum(['ENOENT', 'ENOTDIR']) });

/** Whether an error of the file system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return coded.safeParse(error).success;
}

/** Nothing lies in a folder that isn't there. @throws the disk's error */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
