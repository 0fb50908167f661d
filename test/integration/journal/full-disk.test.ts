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
  acknowledged: z.number(),
  refusal: z.string(),
  whileFull: z.number(),
  next: z.number(),
  readable: z.number(),
});

/** A file system of 4 MB that only the child sees. */
async function onSmallDisk(dir: string): Promise<z.infer<typeof report>> {
  const mounted = `mount -t tmpfs -o size=4m tmpfs "$1" && exec node --disable-warning=ExperimentalWarning "$2" "$1"`;
  const { stdout } = await promisify(execFile)('unshare', ['-Urm', 'sh', '-c', mounted, 'sh', dir, script]);
  return report.parse(JSON.parse(stdout));
}

test('a full disk refuses the append in plain words, keeps what was acknowledged, and goes on when there is room', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
  const { acknowledged, refusal, whileFull, next, readable } = await onSmallDisk(dir);
  await rm(dir, { recursive: true });
  expect(acknowledged).toBeGreaterThan(0);
  expect(refusal).toMatch(/^JournalDown: the disk that holds the database is full/u);
  expect(whileFull).toBe(acknowledged);
  expect(next).toBe(acknowledged + 1);
  expect(readable).toBe(acknowledged + 1);
});
