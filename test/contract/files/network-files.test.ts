import { describe, expect, jest, test } from '@jest/globals';
import { filesOnRecord } from '../../../src/bridge/files/file-store.ts';
import { isLacking } from '../../../src/bridge/files/lacking-store.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { openBridgedFiles, PNG } from '../../integration/files/bridged-house.ts';
import { fileParts } from '../../integration/files/house.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
jest.setTimeout(120_000);

const serverOf = postgresForTests();
const later = { state: 'retry', afterMs: 0, detail: 'HTTP 503' } as const;

describe.each(['sqlite', 'postgres'] as const)("a network's files on record in %s", (dialect) => {
  test('are late, scanned and shown, and all of it follows from the entries alone', async () => {
    await using house = await openBridgedFiles({ postgres: serverOf(dialect), scanned: true });
    house.network.files.set('p', PNG);
    house.network.fetchAnswers.push(later, later, later, later);
    house.scanner.down = true;
    const of = await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(70_000);
    expect(await house.test.views.read((reading) => isLacking(reading, of, 0))).toBe(true);
    house.scanner.down = false;
    await house.pass(10 * 60_000);

    const rows = await house.test.views.read((reading) => filesOnRecord(reading, of));
    expect(rows.map(({ state }) => state)).toEqual(expect.arrayContaining(['later', 'stored']));
    expect(house.shown().at(-1)?.content).toMatchObject({ msgtype: 'm.image', filename: 'a.png' });

    const { journal, place } = house.test;
    await using database = await openDatabase(place.database);
    const parts = { parts: fileParts, tasks: taskSink };
    const checked = await rebuild({ ...parts, database, keys: journal.keys, search: journal.search, check: true });
    expect(checked.difference).toBeUndefined();
  });
});
