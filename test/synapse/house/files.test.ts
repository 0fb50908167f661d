/** What people send each other as files is on record, byte for byte, whatever they say that it is. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import type { Entry, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import { openKeyRing } from '../../../src/journal/keys/key-ring.ts';
import { loadMasterKey } from '../../../src/journal/keys/master-key.ts';
import { JournalReader } from '../../../src/journal/reader.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { lines, madePdf } from '../../support/made-pdf.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { bodyOf, chatWith, HOUSE_START_MS, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';

const LINE = '+12025550100';
const ANN = '+12025550199';
const PATIENCE_MS = 30_000;
/** One black dot, and what a decoder passes over. */
const PNG = Buffer.concat([
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  Buffer.alloc(300_000, 'the dot'),
]);
const TEXT = Buffer.from('Grüße,\nthe offer stands until Friday.\n');

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let internal: string;
let chat: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  internal = await alice.createRoom('Deals');
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Hi' });
  chat = await chatWith(alice, '0199');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

/** Reads the record as it lies on disk, while Gatehouse runs. */
async function recorded<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]> {
  const data = path.join(staffed.house.dir, 'data');
  const masterKey = loadMasterKey(path.join(staffed.house.dir, 'secrets/master.key'));
  if (!masterKey.ok) throw new Error(masterKey.error);
  await using database = await openDatabase({ dialect: 'sqlite', file: path.join(data, 'gatehouse.db') }, 'read');
  const keysDatabase = await openDatabase({ dialect: 'sqlite', file: path.join(data, 'keys.db') }, 'read');
  await using keys = await openKeyRing(keysDatabase, masterKey.value, false);
  const reader = new JournalReader(database, keys);
  const entries = await reader.entriesFrom(must(parsePosition(1)), await reader.size());
  return entries.filter((entry): entry is Entry & EntryOf<K> => !('erased' in entry) && entry.kind === kind);
}

/** The entry about the file at `uri`, once it is on record. */
async function about<K extends 'file.stored' | 'file.missing'>(kind: K, uri: string): Promise<EntryOf<K>> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const found = (await recorded(kind)).find((entry) => entry.body.uri === uri);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no ${kind} about ${uri}`);
}

async function bytesOf(entry: EntryOf<'file.stored'>): Promise<Buffer> {
  const blobs = new BlobStore(path.join(staffed.house.dir, 'data/blobs'));
  const pieces: Uint8Array[] = [];
  for await (const piece of blobs.read(entry.body)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function upload(bytes: Uint8Array, type: string): Promise<string> {
  const uploaded = await alice.sdk.uploadContent(new Blob([Uint8Array.from(bytes)], { type }), { type });
  return uploaded.content_uri;
}

let sent = 0;

async function send(room: string, content: object): Promise<void> {
  sent += 1;
  const where = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/file${sent}`;
  const answer = await fetch(`${staffed.house.synapse.url}${where}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${alice.sdk.getAccessToken() ?? ''}` },
    body: JSON.stringify({ msgtype: 'm.file', ...content }),
  });
  expect(answer.status).toBe(200);
}

test.each([
  ['a colleague', () => internal, 'internal'],
  ['a customer', () => chat, 'outbound'],
])(
  'a picture and a text to %s are kept as they were sent, with the types that they really have',
  async (_whom, room, direction) => {
    const picture = await upload(PNG, 'text/plain');
    const note = await upload(TEXT, 'image/png');
    await send(room(), { msgtype: 'm.image', body: 'dot.txt', url: picture, info: { mimetype: 'text/plain' } });
    await send(room(), { body: 'as promised', filename: 'offer.png', url: note, info: { mimetype: 'image/png' } });

    const stored = await about('file.stored', picture);
    expect(stored.body).toMatchObject({ name: 'dot.txt', type: 'image/png', size: PNG.length });
    expect([stored.room, stored.actor, stored.direction]).toEqual([room(), alice.userId, direction]);
    expect((await bytesOf(stored)).equals(PNG)).toBe(true);
    const text = await about('file.stored', note);
    expect(text.body).toMatchObject({ name: 'offer.png', type: 'text/plain', size: TEXT.length });
    expect((await bytesOf(text)).equals(TEXT)).toBe(true);
  },
  60_000,
);

test('a file that its sender encrypted is kept as ciphertext, beside the event that holds its key', async () => {
  const ciphertext = randomBytes(70_000);
  const url = await upload(ciphertext, 'application/octet-stream');
  const key = { alg: 'A256CTR', ext: true, k: 'a2V5', key_ops: ['encrypt', 'decrypt'], kty: 'oct' };
  await send(internal, { body: 'secret.pdf', file: { v: 'v2', url, key, iv: 'aXY', hashes: { sha256: 'aGFzaA' } } });
  const stored = await about('file.stored', url);
  expect(stored.body).toMatchObject({ encrypted: true, type: 'application/octet-stream', name: 'secret.pdf' });
  expect((await bytesOf(stored)).equals(ciphertext)).toBe(true);
}, 60_000);

test('a file that is not there is on record as missing', async () => {
  const url = 'mxc://acme.example/NoSuchFileAtAll';
  await send(internal, { body: 'gone.pdf', url });
  expect((await about('file.missing', url)).body).toMatchObject({ name: 'gone.pdf', why: 'not-found' });
}, 60_000);

test("a person's new picture is kept once, however many rooms are told of it", async () => {
  const url = await upload(PNG, 'image/png');
  await alice.sdk.setAvatarUrl(url);
  const stored = await about('file.stored', url);
  expect((await bytesOf(stored)).equals(PNG)).toBe(true);
  // One room after the other is told of it.
  const told = async () => (await recorded('matrix.event')).filter(({ body }) => body.content['avatar_url'] === url);
  const until = performance.now() + PATIENCE_MS;
  while ((await told()).length < 2 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await told()).length).toBeGreaterThan(1);
  expect((await recorded('file.stored')).filter(({ body }) => body.uri === url)).toHaveLength(1);
}, 60_000);

test('an officer sees what was sent, and that its bytes are what they were', async () => {
  const url = await upload(TEXT, 'text/plain');
  await send(internal, { body: 'for-olivia.txt', url });
  const { body } = await about('file.stored', url);
  const desk = await roomNamed(olivia, 'Compliance');
  const asked = await olivia.sendText(desk, `!c show ${body.of}`);
  const answer = bodyOf(await replyTo(olivia, { room: desk, event: asked }));
  expect(answer).toContain(
    `File: for-olivia.txt · text/plain · ${TEXT.length} bytes · sha256 ${body.sha256.slice(0, 12)}`,
  );

  const verdict = z.object({ ok: z.boolean() }).parse(JSON.parse(await staffed.house.command('verify', '--json')));
  expect(verdict.ok).toBe(true);
}, 60_000);

const CARD = '4111 1111 1111 1111';
const RULES = `
rules:
  - { id: card-in-file, says: looks like a payment card number, when: { detector: card }, then: flag, scope: { directions: [internal] } }
  - { id: unread-file, says: holds what can't be read, when: { unscanned: [unknown-type] }, then: flag, scope: { directions: [internal] } }
`;
const DOCUMENT = `<w:document><w:p><w:r><w:t>4111 1111 </w:t></w:r><w:r><w:t>1111 1111</w:t></w:r></w:p></w:document>`;

test('a card number in a PDF and in a Word document among colleagues is flagged, and so is what can not be read', async () => {
  const folder = path.join(staffed.house.dir, 'config', 'policy');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'files.yaml'), RULES);
  const desk = await roomNamed(olivia, 'Compliance');
  const asked = await olivia.sendText(desk, '!c rule reload');
  expect(bodyOf(await replyTo(olivia, { room: desk, event: asked }))).toContain('card-in-file');

  const files = [
    ['invoice.pdf', madePdf({ pages: [lines('Invoice'), lines(`card ${CARD}`)], flate: true }), 'card-in-file'],
    [
      'letter.docx',
      zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8(DOCUMENT) }),
      'card-in-file',
    ],
    ['backup.bin', Buffer.from('00ff00ff', 'hex'), 'unread-file'],
  ] as const;
  const rules = new Map<number, string>();
  for (const [body, bytes, rule] of files) {
    const url = await upload(bytes, 'application/octet-stream');
    await send(internal, { body, url });
    rules.set((await about('file.stored', url)).position, rule);
  }
  const judged = async () => (await recorded('policy.verdict')).filter(({ body: { file } }) => file !== undefined);
  const until = performance.now() + PATIENCE_MS;
  while ((await judged()).length < files.length && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const verdicts = await judged();
  expect(verdicts.map(({ body }) => body.consequence)).toEqual(['flag', 'flag', 'flag']);
  expect(new Map(verdicts.map(({ body }) => [body.file, body.hits[0]?.rule]))).toEqual(rules);
}, 120_000);
