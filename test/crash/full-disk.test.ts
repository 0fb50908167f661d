/** The whole house with its data on a disk that fills up; in name spaces of its own, so that nobody need be root. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';

const script = fileURLToPath(new URL('./full-disk.ts', import.meta.url));
const report = z.object({
  refused: z.number(),
  again: z.number(),
  whileFull: z.object({ sent: z.number(), status: z.number(), database: z.string() }),
  totals: z.string(),
  problems: z.array(z.string()),
  logged: z.array(z.string()),
  verified: z.boolean(),
  stopped: z.number().nullable(),
});
let dir: string;
let seen: z.infer<typeof report>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
  await mkdir(join(dir, 'data'));
  const mounted = `mount -t tmpfs -o size=24m,mode=700 tmpfs "$1/data" && exec node --disable-warning=ExperimentalWarning "$2" "$1"`;
  const { stdout } = await promisify(execFile)('unshare', ['-Urm', 'sh', '-c', mounted, 'sh', dir, script]);
  seen = report.parse(JSON.parse(/^REPORT (.*)$/mu.exec(stdout)?.[1] ?? '{}'));
}, 400_000);

afterAll(async () => {
  await rm(dir, { recursive: true });
});

test('while the disk is full Synapse gets 503, and so does whoever asks whether Gatehouse is ready', () => {
  expect(seen.refused).toBe(503);
  expect(seen.again).toBe(503);
  expect(seen.whileFull).toMatchObject({ status: 503, database: 'down' });
});

test('while the disk is full nothing is sent', () => {
  expect(seen.whileFull.sent).toBe(0);
});

test('when there is room again everything arrives, once and in order, and the record is whole', () => {
  expect(seen.problems).toEqual([]);
  expect(seen.verified).toBe(true);
  expect(seen.stopped).toBe(0);
});
