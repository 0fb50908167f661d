import { stat } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { readHead } from '../../../src/journal/head-store.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { openTestJournal } from '../../support/journal.ts';

describe('scrubbing', () => {
  test('never waits for a reader: it says that the log is still there, others append, and later it is cut', async () => {
    await using opened = await openTestJournal();
    const { journal, place } = opened;
    if (place.database.dialect !== 'sqlite') throw new Error('not a file');
    const log = `${place.database.file}-wal`;
    await journal.append([messageDraft('before')]);
    await using copying = await openDatabase(place.database, 'read');
    const began = Promise.withResolvers<undefined>();
    const ends = Promise.withResolvers<undefined>();
    const reading = copying.read(async (held) => {
      await held.get(readHead, {});
      began.resolve(undefined);
      await ends.promise;
    });
    await began.promise;
    await journal.append([messageDraft('meanwhile')]);
    expect(await journal.scrub()).toBe(false);
    expect(await journal.append([messageDraft('after')])).toMatchObject([{ position: 3 }]);
    ends.resolve(undefined);
    await reading;
    expect(await journal.scrub()).toBe(true);
    expect((await stat(log)).size).toBe(0);
    await journal.append([messageDraft('and on')]);
  });
});
