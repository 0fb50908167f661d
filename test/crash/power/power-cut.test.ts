/**
 * A power cut takes with it what was written and not synced; killing the process does not. So the writes are recorded,
 * call by call, and every data folder that a cut at some moment may leave is opened by the real journal.
 */
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { newPlace, openTestJournal } from '../../support/journal.ts';
import { countingPart } from '../../support/journal-fixture.ts';
import { SeededRandom } from '../seeded-random.ts';
import { ForgetfulDisk } from './disk.ts';
import { readTrace, runTraced, type Call } from './recording.ts';

const appender = fileURLToPath(new URL('../journal/appender.ts', import.meta.url));
const plainAppender = fileURLToPath(new URL('./plain-appender.ts', import.meta.url));
const ACKNOWLEDGED = 40;
const CUTS = 40;
const seed = randomInt(2 ** 31);
const random = new SeededRandom(seed);
const count = z.object({ n: z.number() });
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-power-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true });
});

/** Counts lines that look like `what`, and says when there are `ACKNOWLEDGED`. */
function after(what: RegExp): (line: string) => boolean {
  let seen = 0;
  return (line) => {
    seen += what.test(line) ? 1 : 0;
    return seen >= ACKNOWLEDGED;
  };
}

interface Cut {
  /** What the process had said until then. */
  readonly said: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Power cuts at random moments: every second one right after the process said something, and one after each `has`. */
function cutsOf(calls: readonly Call[], cuts: number): readonly Cut[] {
  const saying = calls.flatMap((call, at) => (call.do === 'say' ? [{ line: call.line, next: at + 1 }] : []));
  const moments = new Set(saying.flatMap(({ line, next }) => (line.startsWith('has ') ? [next] : [])));
  while (moments.size < Math.min(cuts, saying.length)) {
    const among = moments.size % 2 === 0 ? saying.map(({ next }) => next) : [...calls.keys()];
    moments.add(among[Math.floor(random.next() * among.length)] ?? 0);
  }
  const disk = new ForgetfulDisk();
  const said: string[] = [];
  return calls.flatMap((call, at) => {
    const cut = moments.has(at) ? [{ said: [...said], files: disk.afterPowerCut(random) }] : [];
    disk.apply(call);
    if (call.do === 'say') said.push(...call.line.split('\n').filter((line) => line !== ''));
    return cut;
  });
}

async function writeFolder(files: ReadonlyMap<string, Buffer>): Promise<string> {
  const folder = await mkdtemp(join(dir, 'left-'));
  for (const [name, bytes] of files) await writeFile(join(folder, basename(name)), bytes, { mode: 0o600 });
  return folder;
}

/** Everything that was acknowledged is there and opens, the tree fits, and what was seen before is still there. */
async function expectKept({ said, files }: Cut, made: Place): Promise<void> {
  const folder = await writeFolder(files);
  const place: Place = {
    ...made,
    database: { dialect: 'sqlite', file: join(folder, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(folder, 'keys.db') },
  };
  await using opened = await openTestJournal({ parts: [countingPart()], place });
  const { journal } = opened;
  const size = await journal.size();
  for (const line of said) {
    const has = /^has (\d+)$/u.exec(line)?.[1];
    if (has !== undefined) expect(size).toBeGreaterThanOrEqual(Number(has));
    const [, position, name, n] = /^(\d+) (\w+) (\d+)$/u.exec(line) ?? [];
    if (position === undefined) continue;
    const first = must(parsePosition(Number(position)));
    const entries = await journal.readMany([first, must(parsePosition(first + 1))]);
    expect(entries).toMatchObject([{ body: { why: `${name} ${n} a` } }, { body: { why: `${name} ${n} b` } }]);
  }
  const verifier = createNoteSigner('gatehouse/acme.example', journal.keys.signing);
  expect(await verifyJournal(journal, { verifier })).toMatchObject({ ok: true, size, erased: 0 });
}

test('every append that was acknowledged before a power cut is on record, whole, with its key', async () => {
  const made = await newPlace();
  const calls: Call[] = [];
  // The second process finds what the first one wrote and perhaps never synced, for it was killed in the midst of it.
  for (const run of ['first', 'second']) {
    const trace = join(dir, run);
    const program = [appender, made.dir, Buffer.from(made.place.masterKey).toString('hex')];
    await runTraced({ program, trace, killAt: after(/^\d+ \w+ \d+$/u) });
    calls.push(...(await readTrace(trace, made.dir)));
  }
  await made.remove();
  const cuts = cutsOf(calls, CUTS);
  expect(cuts.length).toBeGreaterThanOrEqual(CUTS / 2);
  process.stderr.write(`power cuts, seed ${seed}: ${cuts.length} among ${calls.length} calls\n`);
  for (const cut of cuts) await expectKept(cut, made.place);
  expect(cuts.at(-1)?.said.length).toBeGreaterThan(ACKNOWLEDGED / 2);
}, 120_000);

/** By how much a table is behind what was said of it, over all cuts. */
async function missing(synchronous: 'full' | 'normal'): Promise<number> {
  const folder = join(dir, synchronous);
  await mkdir(folder);
  const trace = join(dir, `${synchronous}.trace`);
  await runTraced({ program: [plainAppender, folder, synchronous], trace, killAt: after(/^\d+$/u) });
  let behind = 0;
  for (const { said, files } of cutsOf(await readTrace(trace, folder), CUTS)) {
    if (!said.includes('made')) continue;
    const database = new Sqlite(join(await writeFolder(files), 'plain.db'));
    const { n } = count.parse(database.prepare('select count(*) as n from note').get());
    database.close();
    behind += Math.max(0, Number(said.at(-1)) - n) || 0;
  }
  return behind;
}

test('the recording bites: with synchronous=NORMAL acknowledged rows are lost, with FULL none', async () => {
  expect(await missing('full')).toBe(0);
  expect(await missing('normal')).toBeGreaterThan(0);
}, 120_000);
