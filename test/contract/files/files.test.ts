import { describe, expect, test } from '@jest/globals';
import { blobsOnRecord, filesOnRecord } from '../../../src/bridge/files/file-store.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { fileParts, openFilesHouse } from '../../integration/files/house.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
const photo = 'mxc://acme.example/photo';
const profile = { membership: 'join', avatar_url: photo };

const serverOf = postgresForTests();

describe.each(['sqlite', 'postgres'] as const)('files on record in %s', (dialect) => {
  test('are found by their event and by their name on disk, and follow from the entries alone', async () => {
    await using house = await openFilesHouse({ postgres: serverOf(dialect) });
    house.homeserver.files.set(photo, Buffer.from('a picture'));
    const of = await house.see({
      ...{ msgtype: 'm.image', body: 'photo.png', url: photo },
      info: { thumbnail_url: 'mxc://acme.example/none' },
    });
    await house.see(profile, { type: 'm.room.member', state_key: '@alice:acme.example' });
    await house.see(profile, { type: 'm.room.member', state_key: '@alice:acme.example', room: '!two:acme.example' });

    const rows = await house.test.views.read((reading) => filesOnRecord(reading, of));
    expect(rows.map(({ part, state }) => [part, state])).toEqual([
      [0, 'stored'],
      [1, 'not-found'],
    ]);
    const stored = await house.entries('file.stored');
    expect(stored).toHaveLength(2);
    for (const { body } of stored) {
      const prefix = body.blob.slice(0, 2);
      const known = await house.test.views.read((reading) => blobsOnRecord(reading, prefix));
      expect(known.has(body.blob)).toBe(true);
    }

    const { journal, place } = house.test;
    await using database = await openDatabase(place.database);
    const parts = { parts: fileParts, tasks: taskSink };
    const checked = await rebuild({ ...parts, database, keys: journal.keys, search: journal.search, check: true });
    expect(checked.difference).toBeUndefined();
  });
});
