import { describe, expect, test } from '@jest/globals';
import { openJournal, type OpenJournal } from '../../../src/journal/open-journal.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';
import { newPlace, noteDraft } from '../../support/journal.ts';
import { messageDraft, roomCounts } from '../../support/journal-fixture.ts';

const url = new URL('./writer-thread.ts', import.meta.url);

function open(place: Place): Promise<OpenJournal> {
  return openJournal({ ...place, writer: { in: 'thread', url } });
}

describe('the writer thread', () => {
  test('commits what many callers give at once, each with its own answer', async () => {
    const made = await newPlace();
    {
      await using journal = await open(made.place);
      const commits: number[] = [];
      journal.onCommitted((committed) => commits.push(committed.to));
      const results = await Promise.allSettled(
        Array.from({ length: 300 }, (_, n) => journal.append([n === 7 ? noteDraft('\udc00') : messageDraft(`m${n}`)])),
      );
      const positions = results.flatMap((result) =>
        result.status === 'fulfilled' ? result.value.map((appended) => appended.position) : [],
      );
      expect(positions).toEqual(Array.from({ length: 299 }, (_, n) => n + 1));
      expect(results[7]).toMatchObject({ status: 'rejected', reason: { name: 'AppendRefused' } });
      expect(commits.length).toBeLessThan(20);
      expect(commits.at(-1)).toBe(299);
      const counts = await journal.views.read((reading) => reading.all(roomCounts, {}));
      expect(counts).toEqual([{ room: '!room:acme.example', said: 299 }]);
    }
    await made.remove();
  });

  test('erases keys and scrubs while others append, and answers each', async () => {
    const made = await newPlace();
    {
      await using journal = await open(made.place);
      await journal.append([messageDraft('one'), messageDraft('two')]);
      await journal.append([erasedDraft([[1, 1]])]);
      const appending = Array.from({ length: 100 }, (_, n) => journal.append([messageDraft(`more ${n}`)]));
      await journal.eraseKeys([positionAt(1), positionAt(2)]);
      expect(await journal.readMany([positionAt(1), positionAt(2)])).toMatchObject([
        { erased: true },
        { body: { content: { body: 'two' } } },
      ]);
      expect(await journal.scrub()).toBe(true);
      expect(await Promise.all(appending)).toHaveLength(100);
    }
    await made.remove();
  });

  test('turns nothing away while closing, and everything after', async () => {
    const made = await newPlace();
    const journal = await open(made.place);
    const last = journal.append([noteDraft('last')]);
    await journal[Symbol.asyncDispose]();
    expect(await last).toEqual([{ position: 1, duplicate: false }]);
    await expect(journal.append([noteDraft('late')])).rejects.toMatchObject({ name: 'JournalDown' });
    await expect(journal.eraseKeys([positionAt(1)])).rejects.toMatchObject({ name: 'JournalDown' });
    await expect(journal.scrub()).rejects.toMatchObject({ name: 'JournalDown' });
    await made.remove();
  });

  test('says in words why it does not open: another master key', async () => {
    const made = await newPlace();
    await (await open(made.place))[Symbol.asyncDispose]();
    const opening = open({ ...made.place, masterKey: new Uint8Array(32) });
    await expect(opening).rejects.toMatchObject({
      name: 'WrongMasterKey',
      message: expect.stringContaining('recovery sheet'),
    });
    await made.remove();
  });

  test('turns everything away when the thread is gone', async () => {
    const made = await newPlace();
    const broken = new URL('./no-such-thread.ts', import.meta.url);
    await expect(openJournal({ ...made.place, writer: { in: 'thread', url: broken } })).rejects.toMatchObject({
      name: 'JournalDown',
    });
    await made.remove();
  });
});
