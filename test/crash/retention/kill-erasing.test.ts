import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { erasedBy, erasedSpans } from '../../../src/journal/erased-store.ts';
import type { Position } from '../../../src/core/ids.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { positionAt, rebuilt } from '../../support/erasing.ts';
import { newPlace, openTestJournal, type TestJournal } from '../../support/journal.ts';

const eraser = fileURLToPath(new URL('./eraser.ts', import.meta.url));
const parts = [bridgeWriterPart({ domain: 'acme.example' })];
const KILLS = 6;

/** What the child said before it was killed at a moment that nobody chose. */
async function killWhileErasing(place: Place, after: number): Promise<readonly string[]> {
  if (place.database.dialect !== 'sqlite') throw new Error('SQLite was asked for');
  const args = [eraser, dirname(place.database.file), Buffer.from(place.masterKey).toString('hex')];
  const child = spawn('node', ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    said.push(line);
    if (said.length === after) child.kill('SIGKILL');
  });
  await once(lines, 'close');
  return said;
}

/** The positions of the lines that say this. */
function positionsIn(said: readonly string[], what: 'named' | 'gone'): readonly Position[] {
  return said
    .map((line) => line.split(' '))
    .filter(([word]) => word === what)
    .flatMap(([, from, to]) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => positionAt(Number(from) + i)),
    );
}

async function unreadable({ journal, views }: TestJournal): Promise<readonly number[]> {
  const size = await journal.size();
  const all = await journal.readMany(Array.from({ length: size }, (_, i) => positionAt(i + 1)));
  const gone = all.flatMap((entry) => ('erased' in entry ? [entry.position] : []));
  for (const position of gone) {
    expect(await views.read((reading) => erasedBy(position, reading))).toBeDefined();
  }
  return gone;
}

/** All that is named goes, as the tasks of the entries would have it. */
async function finish({ journal, views }: TestJournal): Promise<number> {
  const spans = await views.read(erasedSpans);
  const named = spans.flatMap(({ span: [from, to] }) =>
    Array.from({ length: to - from + 1 }, (_, i) => positionAt(from + i)),
  );
  await journal.eraseKeys(named);
  return named.length;
}

test('a kill -9 while erasing: what was said to be gone is, nothing else is, and tables and index are what a rebuild makes', async () => {
  const { place, remove } = await newPlace();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const said = await killWhileErasing(place, kill * 7);
    const opened = await openTestJournal({ parts, place });
    const gone = new Set(await unreadable(opened));
    for (const position of positionsIn(said, 'named')) {
      expect(await opened.views.read((reading) => erasedBy(position, reading))).toBeDefined();
    }
    expect(positionsIn(said, 'gone').filter((position) => !gone.has(position))).toEqual([]);
    await opened.close();
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    const again = await openTestJournal({ parts, place });
    const named = await finish(again);
    expect(await unreadable(again)).toHaveLength(named);
    await again.close();
    const { erased, difference } = await rebuilt(place, parts, true);
    expect({ erased, difference }).toEqual({ erased: named, difference: undefined });
  }
  await remove();
}, 180_000);
