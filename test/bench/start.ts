/**
 * Start-up with a large record after kill -9: from the process until it serves. The database is made once, by the writer
 * itself, and kept under `.cache/bench`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { must, parseClassId } from '../../src/core/ids.ts';
import type { Place } from '../../src/journal/open-writer.ts';
import { allParts, writerOn } from './ground.ts';
import { line, type Bench } from './line.ts';
import { mixed } from './traffic.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/bench/start');
const BATCH = 1_000;
const ROUNDS = 5;
const life = z.tuple([z.object({ opened: z.number(), served: z.number(), size: z.number() })]).rest(z.unknown());

function placeIn(dir: string, masterKey: Uint8Array): Place {
  return {
    database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
    masterKey,
    defaultClass: must(parseClassId('bench')),
  };
}

/** Appends until the file has the size that is asked for. An interrupted one is begun again. */
async function make(bytes: number): Promise<void> {
  const dir = `${CACHE}.new`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const key = Uint8Array.from(randomBytes(32));
  await writeFile(join(dir, 'master.key'), key);
  {
    await using writer = await writerOn(placeIn(dir, key), allParts);
    while (statSync(join(dir, 'gatehouse.db')).size < bytes) await writer.core.append(mixed(BATCH));
  }
  await rm(CACHE, { recursive: true, force: true });
  await rename(dir, CACHE);
}

/** One life, killed while it writes. */
async function live(key: Uint8Array): Promise<{ opened: number; served: number; size: number }> {
  const child = fork(new URL('./start-child.ts', import.meta.url), [CACHE, Buffer.from(key).toString('base64')], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [told] = life.parse(await once(child, 'message'));
  child.kill('SIGKILL');
  await once(child, 'close');
  return told;
}

export const start: Bench = {
  name: 'start',
  run: async ({ bytes }) => {
    const file = join(CACHE, 'gatehouse.db');
    if (!existsSync(file) || statSync(file).size < bytes) await make(bytes);
    const key = Uint8Array.from(await readFile(join(CACHE, 'master.key')));
    await live(key);
    const lives: Awaited<ReturnType<typeof live>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) lives.push(await live(key));
    const size = `${(statSync(file).size / 1e9).toFixed(2)} GB, ${lives[0]?.size ?? 0} entries, after kill -9 in the midst of writing`;
    return [
      line(
        'journal open after kill -9',
        lives.map(({ opened }) => opened),
        { unit: 'ms', target: '<= 5000', what: `${size}: until the writer is open, its log recovered` },
      ),
      line(
        'tasks served after kill -9',
        lives.map(({ served }) => served),
        {
          unit: 'ms',
          what: 'the same lives: until open tasks are counted and the first page of waiting lanes is read',
        },
      ),
    ];
  },
};
