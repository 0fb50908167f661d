import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writerParts } from '../../../src/app/writer-parts.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { DraftOf } from '../../../src/core/entry.ts';
import {
  must,
  noMillis,
  parseAddress,
  parseConnectorId,
  parseLineId,
  parseMediaUri,
  parseNetworkId,
} from '../../../src/core/ids.ts';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import { wrapKey } from '../../../src/journal/keys/wrap.ts';
import { openKeyRing } from '../../../src/journal/keys/key-ring.ts';
import { createDatabaseLog } from '../../../src/journal/log/database-log.ts';
import { LogFiles } from '../../../src/journal/log/log-files.ts';
import { LogPublisher } from '../../../src/journal/log/publisher.ts';
import { originOf } from '../../../src/journal/merkle/checkpoint.ts';
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import type { OpenJournal } from '../../../src/journal/open-journal.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';
import { draftOf, newPlace, openTestJournal } from '../../support/journal.ts';
import { KeptLog } from '../../support/quiet.ts';

const DOMAIN = 'acme.example';
const TEXT = 'zanzibarheron';
const NAME = 'Quillfeather';
const NUMBER = '+12025550187';
const carrier = must(parseConnectorId('carrier'));
const sms = must(parseNetworkId('sms'));

function message(id: string, from: string, text: string, fromName: string): DraftOf<'network.message'> {
  return {
    kind: 'network.message',
    at: noMillis,
    source: { system: 'network:carrier', id, sure: true },
    line: must(parseLineId('sales')),
    body: {
      ...{ connector: carrier, network: sms, text, fromName },
      to: must(parseAddress('+12025550100')),
      from: must(parseAddress(from)),
    },
    raw: Buffer.from(text),
  };
}

/** Every byte of the data folder: databases, their logs, free pages, index segments, files, published tiles. */
async function everyFile(dir: string): Promise<readonly Buffer[]> {
  const all = await readdir(dir, { recursive: true, withFileTypes: true });
  return Promise.all(all.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name))));
}

/** What of `needles` is found anywhere. */
async function foundIn(dir: string, needles: ReadonlyMap<string, Buffer>): Promise<readonly string[]> {
  const files = await everyFile(dir);
  return [...needles].filter(([, bytes]) => files.some((file) => file.includes(bytes))).map(([what]) => what);
}

/** What is kept of a person, in each form that it has on disk. */
function needlesOf(journal: OpenJournal, blob: string, wrapped: Buffer): ReadonlyMap<string, Buffer> {
  const { sealer } = journal.views;
  const { tokens } = journal.search;
  // FTS5 leaves out what a term has in common with the one before it: the end of a token is there.
  const end = (token: string): Buffer => Buffer.from(token.slice(-11));
  return new Map([
    ['the number sealed', Buffer.from(sealer.seal('contact_address.address', NUMBER))],
    ['the number of the portal sealed', Buffer.from(sealer.seal('portal.address', NUMBER))],
    ['the number hashed', Buffer.from(sealer.lookup('contact_address.address', NUMBER))],
    ['the name sealed', Buffer.from(sealer.seal('contact.name', NAME))],
    ['the name hashed', Buffer.from(sealer.lookup('contact.name', NAME.toLowerCase()))],
    ['the word in the index', end(tokens.word(TEXT))],
    ['the file', Buffer.from(blob)],
    ['the key', wrapped],
  ]);
}

/** What is to be done about a record keeps it. */
async function settleAll(journal: OpenJournal): Promise<void> {
  const range = { from: positionAt(1), to: positionAt(await journal.size()) };
  const tasks = await journal.views.read((reading) => taskSink.planned(range, reading));
  await journal.append([], { settle: tasks.map(({ id: task }) => ({ task, to: 'done' })) });
}

const plain = new Map([TEXT, NAME, NUMBER.slice(1)].map((word) => [word, Buffer.from(word)]));

describe('of an erased person', () => {
  test('nothing is found in any file, in whatever form it was there', async () => {
    const made = await newPlace();
    const opened = await openTestJournal({ place: made.place, parts: writerParts(DOMAIN).parts });
    const { journal } = opened;
    const blobs = new BlobStore(join(made.dir, 'blobs'));
    const stored = await (async () => {
      await using writer = await blobs.begin();
      await writer.write(Buffer.from(TEXT));
      return await writer.finish();
    })();
    const uri = must(parseMediaUri('mxc://acme.example/photo'));
    await journal.append([
      message('a', NUMBER, `see ${TEXT}`, NAME),
      draftOf('file.stored', { ...stored, of: positionAt(1), part: 0, uri, name: `${NAME}.txt`, type: 'text/plain' }),
      message('b', '+12025550188', 'somebody else', 'Else'),
    ]);
    const publisher = await LogPublisher.open({
      source: createDatabaseLog(journal.database),
      files: new LogFiles(join(made.dir, 'log')),
      signer: createNoteSigner(originOf(DOMAIN), journal.keys.signing),
      recorder: journal,
      clock: systemClock,
      log: new KeptLog(),
    });
    if (!publisher.ok) throw new Error(publisher.error.message);
    await publisher.value.publish();
    const key = await journal.keys.entryKey(positionAt(1));
    const needles = needlesOf(journal, stored.blob, Buffer.from(wrapKey(journal.keys.wrap, key ?? new Uint8Array())));
    expect(await foundIn(made.dir, plain)).toEqual([]);
    // The name of the blob is that of a file, and stands in a table as well.
    expect(await foundIn(made.dir, needles)).toEqual([...needles.keys()]);

    await settleAll(journal);
    const [erased] = await journal.append([erasedDraft([[1, 2]])]);
    expect(erased === undefined ? undefined : await journal.read(erased.position)).toMatchObject({
      body: { entries: 2, leftOut: [] },
    });
    await blobs.erase([stored.blob]);
    await journal.eraseKeys([positionAt(1), positionAt(2)]);
    expect(await journal.scrub()).toBe(true);
    expect(await foundIn(made.dir, needles)).toEqual([]);
    expect(await foundIn(made.dir, plain)).toEqual([]);
    expect(await journal.read(positionAt(3))).toMatchObject({ body: { text: 'somebody else' } });
    await opened.close();
    {
      await using ring = await openKeyRing(await openDatabase(made.place.keysDatabase), made.place.masterKey, false);
      expect(await ring.entryKey(positionAt(1))).toBeUndefined();
    }
    await made.remove();
  });
});
