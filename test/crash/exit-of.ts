/** How a child process ended. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const exit = z.tuple([z.number().nullable(), z.string().nullable()]);

export async function exitOf(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  const [code, signal] = exit.parse(await once(child, 'exit'));
  return { code, signal };
}
