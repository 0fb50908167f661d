/** Verifying the record, beside plain sha256 of the same bytes. */
import { hash } from 'node:crypto';
import { systemClock } from '../../src/core/clock.ts';
import { must, parsePosition } from '../../src/core/ids.ts';
import { createNoteSigner } from '../../src/journal/merkle/signed-note.ts';
import { openJournal, type OpenJournal } from '../../src/journal/open-journal.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { inTurns, timed } from './figures.ts';
import { allParts, ground } from './ground.ts';
import { line, type Bench } from './line.ts';
import { DOMAIN, mixed } from './traffic.ts';

const ENTRIES = 6_000;
const ROUNDS = 6;
const PAGE = 256;

/** Reads every row and hashes what its leaf is a hash of. */
async function hashed(journal: OpenJournal): Promise<void> {
  for (let from = 1; from <= ENTRIES; from += PAGE) {
    const range = { from: must(parsePosition(from)), to: must(parsePosition(from + PAGE - 1)) };
    for (const row of await journal.reader.rows(range)) hash('sha256', row.sealed, 'buffer');
  }
}

export const verify: Bench = {
  name: 'verify',
  run: async () => {
    await using place = await ground();
    await using journal = await openJournal({
      ...place.place,
      writer: { in: 'here', clock: systemClock, ...allParts },
    });
    for (let made = 0; made < ENTRIES; made += 500) await journal.append(mixed(500));
    const verifier = createNoteSigner(`gatehouse/${DOMAIN}`, journal.keys.signing);
    const checked = () =>
      timed(async () => {
        const verdict = await verifyJournal({ database: journal.database, keys: journal.keys }, { verifier });
        if (!verdict.ok || verdict.size !== ENTRIES) throw new Error('the record does not verify');
      });
    const sealed: Uint8Array[] = [];
    for (const from of [1, 2_001, 4_001]) {
      const range = { from: must(parsePosition(from)), to: must(parsePosition(from + 1_999)) };
      for (const row of await journal.reader.rows(range)) sealed.push(row.sealed);
    }
    const inMemory = () =>
      timed(() => {
        for (const bytes of sealed) hash('sha256', bytes, 'buffer');
        return Promise.resolve();
      });
    const read = (await inTurns(ROUNDS, () => timed(() => hashed(journal)), checked)).slice(1);
    const pure = (await inTurns(ROUNDS, inMemory, checked)).slice(1);
    const what = 'reading, hashing, decrypting and comparing every record';
    return [
      line(
        'verify / read and sha256',
        read.map(({ a, b }) => a / b),
        {
          ...{
            unit: 'x',
            target: '>= 0.3',
            what: `${what}; against reading the same rows and sha256 of their sealed bytes`,
          },
        },
      ),
      line(
        'verify / sha256 in memory',
        pure.map(({ a, b }) => a / b),
        {
          ...{ unit: 'x', what: `${what}; against sha256 of the sealed bytes, already in memory` },
        },
      ),
    ];
  },
};
