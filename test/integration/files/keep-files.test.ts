import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFile } from '../../../src/bridge/files/open-file.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { homeserverGate, type Position } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { user } from '../bridge/fake-homeserver.ts';
import { fileParts, MAX_BYTES, openFilesHouse, type FilesHouse } from './house.ts';

const CANARY = 'the heron stands in the reeds';
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(150_000, CANARY)]);
const photo = 'mxc://acme.example/photo';
const small = 'mxc://acme.example/small';

let house: FilesHouse;
beforeEach(async () => {
  house = await openFilesHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function image(url: string, more: JsonObject = {}): JsonObject {
  return { msgtype: 'm.image', body: 'heron.txt', url, info: { mimetype: 'text/plain' }, ...more };
}

async function bytesAt(position: Position | undefined): Promise<Buffer> {
  if (position === undefined) throw new Error('no such entry');
  const opened = await openFile(position, { journal: house.test.journal, blobs: house.blobs });
  if (!opened.ok) throw new Error(opened.error);
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.value.bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function blobsOnDisk(): Promise<readonly string[]> {
  const all = await readdir(join(house.dir, 'blobs'), { recursive: true });
  return all.flatMap((path) => (/[0-9a-f]{64}$/u.exec(path) === null ? [] : [path]));
}

describe("an event's file", () => {
  test('is on record with its bytes, its hash, and the type that it really has', async () => {
    house.homeserver.files.set(photo, PNG);
    const of = await house.see(image(photo));
    const [stored] = await house.entries('file.stored');
    expect(stored).toMatchObject({
      actor: '@alice:acme.example',
      room: '!room:acme.example',
      direction: 'internal',
      class: 'test-class',
      body: {
        ...{ of, part: 0, uri: photo, name: 'heron.txt', type: 'image/png', size: PNG.length },
        sha256: createHash('sha256').update(PNG).digest('hex'),
      },
    });
    expect((await bytesAt(stored?.position)).equals(PNG)).toBe(true);
    expect(house.metrics.counts.get('files stored')).toBe(1);
  });

  test('is fetched once, whichever streams bring the event, and once more for another event', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo), { id: '$one', stream: 'bridge' });
    await house.see(image(photo), { id: '$one', stream: 'archive' });
    expect(house.homeserver.calls.filter((call) => call === 'download')).toHaveLength(1);
    await house.see(image(photo), { id: '$two', stream: 'archive' });
    expect(await house.entries('file.stored')).toHaveLength(2);
  });

  test('comes with its thumbnail; ciphertext is kept as it is and said to be that', async () => {
    house.homeserver.files.set(photo, PNG);
    house.homeserver.files.set(small, Buffer.from('small'));
    const sealed = { url: small, v: 'v2', key: { k: 'k' }, iv: 'iv', hashes: {} };
    await house.see(image(photo, { info: { thumbnail_file: sealed } }));
    const stored = await house.entries('file.stored');
    expect(stored.map(({ body }) => [body.part, body.type, body.encrypted ?? false])).toEqual([
      [0, 'image/png', false],
      [1, 'application/octet-stream', true],
    ]);
    expect((await bytesAt(stored[1]?.position)).toString()).toBe('small');
  });

  test('lies nowhere in clear', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo, { body: `${CANARY}.png` }));
    const files = await readdir(house.dir, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).length).toBeGreaterThan(2);
    for (const file of files.filter((one) => one.isFile())) {
      expect((await readFile(join(file.parentPath, file.name))).includes('heron')).toBe(false);
    }
  });

  test('is unreadable from when its record is erased', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo));
    const [stored] = await house.entries('file.stored');
    if (stored === undefined) throw new Error('nothing was stored');
    await house.restart(async () => {
      const writing = { parts: fileParts, tasks: taskSink };
      await using writer = await openWriter(house.test.place, writing, {
        clock: systemClock,
        committed: () => undefined,
      });
      await writer.keys.eraseEntryKeys([stored.position]);
    });
    const opened = await openFile(stored.position, { journal: house.test.journal, blobs: house.blobs });
    expect(opened).toEqual({ ok: false, error: 'erased' });
    // The ciphertext may stay, as it may in a backup: nothing opens it.
    expect(await blobsOnDisk()).toHaveLength(1);
  });
});

describe('a file that can not be had', () => {
  test('is on record as too large, and nothing of it stays on disk', async () => {
    house.homeserver.files.set(photo, Buffer.alloc(MAX_BYTES + 1));
    const of = await house.see(image(photo));
    const [missing] = await house.entries('file.missing');
    expect(missing?.body).toEqual({ of, part: 0, uri: photo, name: 'heron.txt', why: 'too-large' });
    expect(await blobsOnDisk()).toEqual([]);
  });

  test('is on record as not found, beside the part that was there', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo, { info: { thumbnail_url: small } }));
    expect((await house.entries('file.stored')).map(({ body }) => body.part)).toEqual([0]);
    expect((await house.entries('file.missing')).map(({ body }) => [body.part, body.why])).toEqual([[1, 'not-found']]);
    expect((await house.runner.summary()).dead).toBe(0);
  });

  test('waits while the homeserver is down, however long, and comes then', async () => {
    house.homeserver.files.set(photo, PNG);
    house.homeserver.fail('download', { kind: 'down', detail: 'ECONNREFUSED' });
    await house.see(image(photo));
    expect(house.runner.gates().map((gate) => gate.gate)).toEqual([homeserverGate]);
    expect(await house.entries('file.stored')).toEqual([]);
    house.clock.advance(3_600_000);
    await house.settle();
    expect(await house.entries('file.stored')).toHaveLength(1);
  });

  test('is given up after ten minutes of trying, visibly, and can be tried again by a person', async () => {
    const offline = { kind: 'refused', status: 502, errcode: 'M_UNKNOWN', detail: 'no answer' } as const;
    for (let times = 0; times < 6; times += 1) house.homeserver.fail('download', offline);
    const of = await house.see(image('mxc://far.example/photo'));
    for (const waitMs of [5_000, 20_000, 60_000, 180_000, 300_000]) {
      expect(await house.entries('file.missing')).toEqual([]);
      house.clock.advance(waitMs);
      await house.settle();
    }
    expect((await house.entries('file.missing')).map(({ body }) => body.why)).toEqual(['gave-up']);
    const [dead] = await house.entries('task.dead');
    expect(dead?.body.of).toBe(of);

    house.homeserver.files.set('mxc://far.example/photo', PNG);
    if (dead === undefined) throw new Error('no dead task');
    await house.test.journal.append([], { settle: [{ task: dead.body.task, to: 'again' }] });
    await house.settle();
    expect((await house.entries('file.stored')).map(({ body }) => body.of)).toEqual([of]);
  });

  test('of another server holds back no file of ours', async () => {
    house.homeserver.files.set(photo, PNG);
    house.homeserver.fail('download', { kind: 'unclear', detail: 'no answer' }, { when: (uri) => uri.includes('far') });
    await house.see(image('mxc://far.example/photo'));
    await house.see(image(photo));
    expect((await house.entries('file.stored')).map(({ body }) => body.uri)).toEqual([photo]);
  });

  test('for want of space on our disk is kept for later, not given up', async () => {
    house.homeserver.files.set(photo, PNG);
    house.homeserver.download = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await house.see(image(photo));
    house.clock.advance(60_000);
    await house.settle();
    expect(await house.entries('file.missing')).toEqual([]);
    expect(await house.entries('task.dead')).toEqual([]);
    Reflect.deleteProperty(house.homeserver, 'download');
    house.clock.advance(60_000);
    await house.settle();
    expect(await house.entries('file.stored')).toHaveLength(1);
  });
});

describe('pictures of people and rooms', () => {
  const profile = { membership: 'join', displayname: 'Alice', avatar_url: photo };
  const alice = { type: 'm.room.member', state_key: user('alice') };

  test('are stored when they change, not with every room that their owner is in', async () => {
    house.homeserver.files.set(photo, PNG);
    house.homeserver.files.set(small, Buffer.from('small'));
    await house.see(profile, alice);
    await house.see(profile, { ...alice, room: '!other:acme.example' });
    expect(await house.entries('file.stored')).toHaveLength(1);
    await house.see({ ...profile, avatar_url: small }, alice);
    await house.see({ url: photo }, { type: 'm.room.avatar', state_key: '' });
    expect((await house.entries('file.stored')).map(({ body }) => body.uri)).toEqual([photo, small, photo]);
  });
});

describe('a crash between file and record', () => {
  test('leaves no lie: the orphan goes, and the file is fetched again', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo));
    const [kept] = await blobsOnDisk();
    // What a kill leaves: a file that was stored and never recorded, and one that was not yet whole.
    const orphan = await (async () => {
      await using writer = await house.blobs.begin();
      await writer.write(PNG);
      return await writer.finish();
    })();
    await writeFile(join(house.dir, 'blobs/new/unfinished'), 'half');
    expect(await blobsOnDisk()).toHaveLength(2);

    await house.restart();
    expect(await blobsOnDisk()).toEqual([kept]);
    expect(await house.blobs.check(orphan.blob)).toBe('missing');
    expect(await readdir(join(house.dir, 'blobs'))).not.toContain('new');
    expect(house.log.lines).toContainEqual(
      expect.objectContaining({ event: 'files.orphans-removed', fields: { count: 1 } }),
    );
    const [stored] = await house.entries('file.stored');
    expect((await bytesAt(stored?.position)).equals(PNG)).toBe(true);
  });
});

describe('verify', () => {
  function verify() {
    const { journal } = house.test;
    const verifier = createNoteSigner('gatehouse/acme.example', journal.keys.signing);
    return verifyJournal({ database: journal.database, keys: journal.keys }, { verifier, blobs: house.blobs });
  }

  test('names the record whose file was changed or is gone', async () => {
    house.homeserver.files.set(photo, PNG);
    await house.see(image(photo));
    const [stored] = await house.entries('file.stored');
    expect((await verify()).ok).toBe(true);

    const blob = stored?.body.blob ?? '';
    const path = join(house.dir, 'blobs', blob.slice(0, 2), blob);
    const bytes = await readFile(path);
    bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await verify()).toMatchObject({
      ok: false,
      firstBad: { position: stored?.position, what: `its file data/blobs/${blob.slice(0, 2)}/${blob} was changed` },
    });
    await house.blobs.remove(blob);
    expect((await verify()).firstBad?.what).toMatch(/is missing$/u);
  });
});
