import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { must, parseConnectorId, parseContactId, parsePosition, parseUserId } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { wrapKey } from '../../../src/journal/keys/wrap.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { createSchemas } from '../../../src/storage/schema.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { draftOf, newPlace, noteDraft, openTestJournal } from '../../support/journal.ts';
import { messageDraft } from '../../support/journal-fixture.ts';

const CANARY = 'the heron stands in the reeds';
const NUMBER = '12025550199';

async function filesHolding(dir: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(dir)) {
    const bytes = await readFile(join(dir, name));
    const spellings = [
      Buffer.from(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(Buffer.from(text).toString('base64').slice(0, 16)),
    ];
    if (spellings.some((spelling) => bytes.includes(spelling))) found.push(name);
  }
  return found;
}

describe('the journal at rest', () => {
  test('holds no text, name or number in clear, while it runs and after', async () => {
    const made = await newPlace();
    const { place, dir } = made;
    {
      await using opened = await openTestJournal({ place });
      const ghost = must(parseUserId(`@_gh_sms_${NUMBER}:acme.example`));
      const said = messageDraft(CANARY);
      await opened.journal.append(
        [
          { ...said, body: { ...said.body, sender: ghost } },
          draftOf('contact.changed', { contact: must(parseContactId('c1')), name: 'Wilhelmina Canary', by: ghost }),
        ],
        { kv: [{ connector: must(parseConnectorId('carrier')), key: `part:+${NUMBER}`, value: Buffer.from(CANARY) }] },
      );
      expect(await filesHolding(dir, CANARY)).toEqual([]);
      expect(await filesHolding(dir, NUMBER)).toEqual([]);
      expect(await filesHolding(dir, 'Wilhelmina')).toEqual([]);
    }
    expect(await filesHolding(dir, 'heron')).toEqual([]);
    expect(await filesHolding(dir, NUMBER)).toEqual([]);
    for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o077).toBe(0);
    await made.remove();
  });

  test('keeps nothing of the key of an erased entry', async () => {
    const made = await newPlace();
    const parts = { parts: [], tasks: taskSink };
    await using writer = await openWriter(made.place, parts, { clock: systemClock, committed: () => undefined });
    await writer.core.append([noteDraft('to be erased')]);
    const position = must(parsePosition(1));
    const key = await writer.keys.entryKey(position);
    expect(key).toHaveLength(32);
    const wrapped = Buffer.from(wrapKey(writer.keys.wrap, key ?? new Uint8Array()));
    const holds = async (): Promise<boolean> => {
      const files = (await readdir(made.dir)).filter((name) => name.startsWith('keys.db'));
      const bytes = await Promise.all(files.map((name) => readFile(join(made.dir, name))));
      return bytes.some((content) => content.includes(wrapped));
    };
    expect(await holds()).toBe(true);
    await writer.keys.eraseEntryKeys([position]);
    expect(await writer.keys.database.scrub()).toBe(true);
    expect(await writer.keys.entryKey(position)).toBeUndefined();
    expect(await holds()).toBe(false);
    await made.remove();
  });

  test('is not touched by a program older than the database', async () => {
    const made = await newPlace();
    await (await openTestJournal({ place: made.place })).close();
    {
      await using database = await openDatabase(made.place.database);
      const later = { name: 'later', version: 2, tables: () => [] };
      await createSchemas(database, [later]);
      await expect(createSchemas(database, [{ ...later, version: 1 }])).rejects.toThrow(/newer version of Gatehouse/u);
    }
    await made.remove();
  });
});
