import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { must, parseMediaUri, taskIdFor } from '../../../src/core/ids.ts';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import type { StoredBlob } from '../../../src/journal/blobs/blob-writer.ts';
import type { OpenJournal } from '../../../src/journal/open-journal.ts';
import { eraseHandlers, type EraseTaskDeps } from '../../../src/retention/erase/erase-task.ts';
import { ERASE, eraseWriterPart } from '../../../src/retention/erase/projections.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';
import { draftOf, newPlace, openTestJournal } from '../../support/journal.ts';
import { messageDraft } from '../../support/journal-fixture.ts';

const parts = [eraseWriterPart()];

async function store(blobs: BlobStore, text: string): Promise<StoredBlob> {
  await using writer = await blobs.begin();
  await writer.write(Buffer.from(text));
  return await writer.finish();
}

function fileDraft(stored: StoredBlob) {
  const uri = must(parseMediaUri('mxc://acme.example/photo'));
  return draftOf('file.stored', { ...stored, of: positionAt(1), part: 0, uri, type: 'text/plain' });
}

class Killed extends Error {
  override name = 'Killed';
}

/** Dies before its `step`-th act, or right behind it: as a kill there would. */
function dying(deps: EraseTaskDeps, step: number, behind: boolean): EraseTaskDeps {
  let left = step;
  const act = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left === 0 && !behind) throw new Killed();
    const done = await work();
    if (left === 0) throw new Killed();
    return done;
  };
  return {
    journal: {
      readMany: (positions) => act(() => deps.journal.readMany(positions)),
      eraseKeys: (positions) => act(() => deps.journal.eraseKeys(positions)),
    },
    blobs: { erase: (blobs) => act(() => deps.blobs.erase(blobs)) },
  };
}

async function play(journal: OpenJournal, deps: EraseTaskDeps): Promise<unknown> {
  const task = await journal.views.read((reading) => taskWithId(reading, taskIdFor(positionAt(5), ERASE)));
  const entry = await journal.read(positionAt(5));
  const handler = eraseHandlers(deps).get(ERASE);
  if (task === undefined || entry === undefined || handler === undefined) throw new Error('no task');
  return handler.run(task, entry, { signal: new AbortController().signal, mayRepeat: true });
}

/** Acts of one turn: read, files, keys. */
const STEPS = 3;
const kills = Array.from({ length: STEPS }, (_, i) => [false, true].map((behind) => ({ step: i + 1, behind }))).flat();

describe('the task that makes an erasure final', () => {
  test.each(kills)('killed at act $step (behind it: $behind), it is done again from the entry', async (kill) => {
    const made = await newPlace();
    const blobs = new BlobStore(join(made.dir, 'blobs'));
    const gone = await store(blobs, 'gone');
    const stays = await store(blobs, 'stays');
    const first = await openTestJournal({ parts, place: made.place });
    await first.journal.append([messageDraft('said'), fileDraft(gone), fileDraft(stays), messageDraft('kept')]);
    await first.journal.append([erasedDraft([[1, 2]])]);
    await expect(play(first.journal, dying({ journal: first.journal, blobs }, kill.step, kill.behind))).rejects.toThrow(
      Killed,
    );
    await first.close();
    const again = await openTestJournal({ parts, place: made.place });
    const { journal } = again;
    expect(await play(journal, { journal, blobs })).toEqual({ to: 'done' });
    expect(await journal.readMany([1, 2, 3, 4].map(positionAt))).toMatchObject([
      { erased: true },
      { erased: true },
      { body: { blob: stays.blob } },
      { body: { content: { body: 'kept' } } },
    ]);
    expect([await blobs.check(gone.blob), await blobs.check(stays.blob)]).toEqual(['missing', 'sound']);
    await expect(access(join(made.dir, 'blobs', gone.blob.slice(0, 2), gone.blob))).rejects.toThrow();
    expect(await play(journal, { journal, blobs })).toEqual({ to: 'done' });
    await again.close();
    await made.remove();
  });

  test('erasing a file that was never there, or is gone already, is no failure', async () => {
    const made = await newPlace();
    const blobs = new BlobStore(join(made.dir, 'blobs'));
    await blobs.erase(['a'.repeat(64)]);
    const { blob } = await store(blobs, 'once');
    await blobs.erase([blob]);
    await blobs.erase([blob, 'b'.repeat(64)]);
    expect(await blobs.check(blob)).toBe('missing');
    await expect(blobs.erase(['../keys.db'])).rejects.toThrow('no name of a blob');
    await made.remove();
  });
});
