import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { CompactTree } from '../../../src/journal/merkle/tree.ts';
import { newPlace, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { countingPart } from '../../support/journal-fixture.ts';

const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));
const KILLS = 5;

/** What the child acknowledged before it was killed at a moment that nobody chose. */
async function killWhileAppending(dir: string, key: Uint8Array, after: number): Promise<string[]> {
  const child = spawn(
    'node',
    ['--disable-warning=ExperimentalWarning', appender, dir, Buffer.from(key).toString('hex')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (/^\d+ \w+ \d+$/u.test(line)) acknowledged.push(line);
    if (acknowledged.length === after) child.kill('SIGKILL');
  });
  await once(lines, 'close');
  return acknowledged;
}

async function expectOnRecord(acknowledged: readonly string[], opened: TestJournal): Promise<void> {
  for (const line of acknowledged) {
    const [position = '', name = '', n = ''] = line.split(' ');
    const first = must(parsePosition(Number(position)));
    const second = must(parsePosition(first + 1));
    const entries = await opened.journal.readMany([first, second]);
    expect(entries).toMatchObject([{ body: { why: `${name} ${n} a` } }, { body: { why: `${name} ${n} b` } }]);
  }
}

test('what was acknowledged before a kill -9 is on record, whole, and the tree fits the leaves', async () => {
  const made = await newPlace();
  const { place } = made;
  if (place.database.dialect !== 'sqlite') throw new Error('SQLite was asked for');
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const acknowledged = await killWhileAppending(dirname(place.database.file), place.masterKey, kill * 17);
    expect(acknowledged.length).toBeGreaterThanOrEqual(kill * 17);
    await using opened = await openTestJournal({ parts: [countingPart()], place });
    await expectOnRecord(acknowledged, opened);
    const size = await opened.journal.size();
    const { reader } = opened.journal;
    const tree = CompactTree.empty();
    const leaves = await reader.leaves({ from: must(parsePosition(1)), to: must(parsePosition(size)) });
    for (const leaf of leaves) tree.append(leaf);
    expect(leaves).toHaveLength(size);
    expect(Buffer.from(tree.root())).toEqual(Buffer.from((await reader.stats()).root));
  }
  await made.remove();
}, 60_000);
