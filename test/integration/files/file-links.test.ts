/** Files that a provider fetches from us by a link, also from the process after the one that gave it the link. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseConnectorId } from '../../../src/core/ids.ts';
import { erasedDraft } from '../../support/erasing.ts';
import { openBridgedFiles, PNG, type BridgedFiles } from './bridged-house.ts';

const photo = 'mxc://acme.example/photo';
const HOUR_MS = 3_600_000;
const other = must(parseConnectorId('other'));
const unknown = { is: 'unknown' };
const gone = { is: 'gone' };

let house: BridgedFiles;
beforeEach(async () => {
  house = await openBridgedFiles({ scanned: true, unscanned: 'show' });
  await house.bring([], 'hello');
  await house.pass(1_000);
  house.network.able = { file: { image: { mime_types: ['image/*'], max_size: 1_000_000, caption: 2 } } };
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** Alice sends a picture, and the provider is given its address. */
async function linked(openMs = HOUR_MS): Promise<string> {
  house.homeserver.files.set(photo, PNG);
  await house.write({ msgtype: 'm.image', body: 'a heron.png', url: photo });
  await house.pass(5_000);
  const link = house.network.sent.at(-1)?.file?.link(openMs);
  if (link === undefined) throw new Error('no picture went out');
  return link;
}

describe('a link to a file that went out', () => {
  test('leads the provider to the very bytes, as often as it asks', async () => {
    const link = await linked();
    for (const time of [1, 2]) {
      const followed = await house.fetch(link);
      const named = { name: 'a heron.png', type: 'image/png', size: PNG.length };
      expect({ time, followed }).toMatchObject({ time, followed: { is: 'file', file: named } });
      const bytes = followed.is === 'file' ? await buffer(Readable.from(followed.file.open())) : undefined;
      expect(bytes?.equals(PNG)).toBe(true);
    }
  });

  test('is good after a kill, in another life of the process', async () => {
    const link = await linked();
    await house.restart();
    const followed = await house.fetch(link);
    const bytes = followed.is === 'file' ? await buffer(Readable.from(followed.file.open())) : undefined;
    expect(bytes?.equals(PNG)).toBe(true);
  });

  test('tells nothing of the file, of whom it is for, or of the record', async () => {
    const link = await linked();
    expect(link).toMatch(/^https:\/\/gatehouse\.example\/webhooks\/carrier\?file=[\w-]{120,170}$/u);
    const plain = Buffer.from(link.split('file=')[1] ?? '', 'base64url').toString('latin1');
    const [stored] = await house.entries('file.stored');
    for (const told of ['heron', stored?.body.sha256 ?? '?', stored?.body.blob ?? '?', String(house.clock.now())]) {
      expect(plain).not.toContain(told);
    }
  });

  test('opens nothing when a single character of it is another', async () => {
    const link = await linked();
    const [address = '', word = ''] = link.split('=');
    for (let at = 0; at < word.length; at += 1) {
      const changed = `${word.slice(0, at)}${word[at] === 'A' ? 'B' : 'A'}${word.slice(at + 1)}`;
      expect({ at, followed: await house.fetch(`${address}=${changed}`) }).toEqual({ at, followed: unknown });
    }
    for (const guess of ['', word.slice(1), `${word}A`, `${word}=`, `${word}\n`, '../keys.db', 'A'.repeat(150)]) {
      expect(await house.fetch(`${address}=${guess}`)).toEqual(unknown);
    }
  });

  test("opens nothing at another connector's address", async () => {
    const link = await linked();
    expect(await house.fetch(link.replace('carrier', 'other'), other)).toEqual(unknown);
  });

  test('ends with its time, in another life of the process too', async () => {
    const link = await linked(HOUR_MS);
    house.clock.advance(HOUR_MS - 1);
    expect(await house.fetch(link)).toMatchObject({ is: 'file' });
    await house.restart();
    house.clock.advance(1);
    expect(await house.fetch(link)).toEqual(gone);
  });

  test.each(['the message', 'the file'] as const)('leads to nothing when %s is erased', async (what) => {
    const link = await linked();
    const [stored] = await house.entries('file.stored');
    const position = what === 'the file' ? stored?.position : stored?.body.of;
    if (position === undefined) throw new Error('nothing was stored');
    const { journal } = house.test;
    await journal.append([erasedDraft([[position, position]])]);
    await journal.eraseKeys([position]);
    expect(await house.fetch(link)).toEqual(gone);
  });

  test('leads to nothing when malware is found in the file after it went out', async () => {
    house.scanner.down = true;
    const link = await linked(24 * HOUR_MS);
    expect(await house.fetch(link)).toMatchObject({ is: 'file' });
    house.scanner.finds = 'Eicar';
    house.scanner.down = false;
    await house.pass(HOUR_MS);
    expect((await house.entries('file.scanned')).at(-1)?.body.scan).toMatchObject({ result: 'found' });
    expect(await house.fetch(link)).toEqual(gone);
  });

  test('leads to no other file that stands where it stood, as after a restore', async () => {
    const link = await linked();
    const [, word = ''] = link.split('file=');
    const { sealer } = house.test.views;
    const [of = '', until = ''] = sealer.open('file.link.carrier', Buffer.from(word, 'base64url')).split(' ');
    const elsewhere = sealer.seal('file.link.carrier', `${of} ${until} ${'0'.repeat(64)}`);
    expect(await house.fetch(link.replace(word, Buffer.from(elsewhere).toString('base64url')))).toEqual(gone);
  });
});
