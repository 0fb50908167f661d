import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const script = fileURLToPath(new URL('./full-disk.ts', import.meta.url));
const report = z.object({
  down: z.string(),
  attempts: z.array(z.number()),
  again: z.number(),
  downAfter: z.string(),
  logged: z.array(z.string()),
});

/** A file system of 8 MB that only the child sees. */
async function onSmallDisk(dir: string): Promise<z.infer<typeof report>> {
  const mounted = `mount -t tmpfs -o size=8m tmpfs "$1" && exec node --disable-warning=ExperimentalWarning "$2" "$1"`;
  const { stdout } = await promisify(execFile)('unshare', ['-Urm', 'sh', '-c', mounted, 'sh', dir, script]);
  return report.parse(JSON.parse(stdout));
}

test('tasks whose turns a full disk refuses wait without attempt or failure, and are done when there is room', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
  const seen = await onSmallDisk(dir);
  await rm(dir, { recursive: true });
  expect(seen.down).toMatch(/^the disk that holds the database is full/u);
  expect(seen.attempts).toEqual(Array.from({ length: 20 }, () => 0));
  expect(seen.again).toBeGreaterThanOrEqual(4);
  expect(seen.downAfter).toBe('');
  expect(seen.logged).toEqual(['task.journal-down', 'task.journal-up']);
});
