/** Which files of the homeserver are named by records that are not erased, on both databases. */
import { describe, expect, test } from '@jest/globals';
import { must, parseMediaUri, parsePosition, type Position } from '../../../src/core/ids.ts';
import { isMediaNamed, mediaProjection } from '../../../src/retention/homeserver/media-store.ts';
import { eraseWriterPart } from '../../../src/retention/erase/projections.ts';
import { erase } from '../../support/holds.ts';
import { draftOf, noteDraft, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const uri = must(parseMediaUri('mxc://acme.example/picture'));

async function file({ journal }: TestJournal, of: Position): Promise<Position> {
  const [appended] = await journal.append([draftOf('file.missing', { of, part: 0, uri, why: 'not-found' })]);
  return appended?.position ?? must(parsePosition(0));
}

function isNamed({ views }: TestJournal): Promise<boolean> {
  return views.read((reading) => isMediaNamed(uri, reading, views.sealer));
}

describe.each(['sqlite', 'postgres'] as const)('A file of the homeserver, on %s', (dialect) => {
  test('is named until the last record about it is erased', async () => {
    const parts = [eraseWriterPart(), { projections: [mediaProjection], planners: [] }];
    await using house = await openTestJournal({ parts, postgres: serverOf(dialect) });
    const [note] = await house.journal.append([noteDraft('a note')]);
    const of = note?.position ?? must(parsePosition(0));
    expect(await isNamed(house)).toBe(false);
    const [first, second] = [await file(house, of), await file(house, of)];
    await erase(house.journal, first);
    expect(await isNamed(house)).toBe(true);
    await erase(house.journal, second);
    expect(await isNamed(house)).toBe(false);
  });
});
