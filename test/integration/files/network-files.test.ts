import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EXE, openBridgedFiles, PNG, sha256, type BridgedFiles, type BridgedFilesOptions } from './bridged-house.ts';
import { MAX_BYTES } from './house.ts';

let house: BridgedFiles;
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function open(options: BridgedFilesOptions = {}): Promise<void> {
  house = await openBridgedFiles(options);
}

const later = (afterMs = 0) => ({ state: 'retry', afterMs, detail: 'HTTP 503' }) as const;
const bodies = (): readonly unknown[] => house.shown().map(({ content }) => content['body']);
const DAY = 24 * 3_600_000;

describe("a customer's file", () => {
  test('is on record before it is shown, with its bytes, its hash and its true type', async () => {
    await open();
    house.network.files.set('p', PNG);
    const of = await house.bring([{ kind: 'image', ref: 'p', name: 'heron.png', width: 40, height: 30 }], 'a heron');
    await house.pass(1_000);

    const [stored] = await house.entries('file.stored');
    expect(stored).toMatchObject({
      direction: 'inbound',
      body: { of, part: 0, name: 'heron.png', type: 'image/png', size: PNG.length, sha256: sha256(PNG) },
    });
    const [outcome] = await house.entries('delivery.outcome');
    expect(stored?.position).toBeLessThan(outcome?.position ?? 0);
    const [event] = house.shown();
    expect(event?.content).toMatchObject({
      ...{ msgtype: 'm.image', body: 'a heron', filename: 'heron.png' },
      info: { mimetype: 'image/png', size: PNG.length, w: 40, h: 30 },
    });
    const url = event?.content['url'];
    expect(typeof url === 'string' ? house.homeserver.files.get(url)?.length : url).toBe(PNG.length);
    expect(bodies()).toEqual(['a heron']);
    expect(house.metrics.counts.get('files stored')).toBe(1);
  });

  test('of several stands behind the words, each for itself', async () => {
    await open();
    house.network.files.set('p', PNG);
    house.network.files.set('q', Buffer.from('a letter'));
    await house.bring(
      [
        { kind: 'image', ref: 'p', name: 'one.png' },
        { kind: 'file', ref: 'q', name: 'two.txt' },
      ],
      'two files',
    );
    await house.pass(1_000);
    expect(bodies()).toEqual(['two files', 'one.png', 'two.txt']);
  });

  test('that is not what it says is a file, with its true type', async () => {
    await open();
    house.network.files.set('e', EXE);
    await house.bring([{ kind: 'image', ref: 'e', name: 'photo.jpg', type: 'image/jpeg' }]);
    await house.pass(1_000);
    expect(house.shown()[0]?.content).toMatchObject({
      ...{ msgtype: 'm.file', filename: 'photo.jpg' },
      info: { mimetype: 'application/x-msdownload' },
    });
  });

  test('with other bytes than the network announced is refused, and its bytes are gone', async () => {
    await open();
    house.network.files.set('p', PNG);
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png', sha256: sha256(Buffer.from('other')) }]);
    await house.pass(1_000);
    expect((await house.entries('file.missing')).map(({ body }) => body.why)).toEqual(['refused']);
    expect(await house.entries('file.stored')).toEqual([]);
    expect(bodies()).toEqual([
      "📎 a.png can't be had (its bytes are not those that the network announced). Ask for it again.",
    ]);
    const left = await readdir(join(house.dir, 'blobs'), { recursive: true });
    expect(left.filter((name) => /[0-9a-f]{64}$/u.test(name))).toEqual([]);
  });

  test('that is too large is not kept, whatever the network says of its size', async () => {
    await open();
    house.network.files.set('p', Buffer.alloc(MAX_BYTES + 1));
    await house.bring([
      { kind: 'video', ref: 'p', name: 'a.mp4' },
      { kind: 'video', ref: 'none', name: 'b.mp4', size: MAX_BYTES + 1 },
    ]);
    await house.pass(1_000);
    expect((await house.entries('file.missing')).map(({ body }) => body.why)).toEqual(['too-large', 'too-large']);
    expect(house.network.fetched).toEqual(['p']);
  });

  test('that the network has no more is told at once', async () => {
    await open();
    await house.bring([{ kind: 'voice', ref: 'none' }], 'listen');
    await house.pass(1_000);
    expect(bodies()).toEqual([
      'listen',
      "📎 A voice message can't be had: the network hasn't got it any more. Ask for it again.",
    ]);
  });

  test('that does not come lets the words wait for a minute, and no longer', async () => {
    await open();
    house.network.files.set('p', PNG);
    house.network.fetchAnswers.push(...Array.from({ length: 40 }, () => later()));
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(20_000);
    expect(await house.entries('delivery.outcome')).toEqual([]);
    await house.pass(60_000);
    expect(bodies()).toEqual(['look', "📎 a.png hasn't come yet."]);
  });
});

describe('a file that comes late', () => {
  test('follows its message as a reply, once', async () => {
    await open();
    house.network.files.set('p', PNG);
    house.network.fetchAnswers.push(...Array.from({ length: 6 }, () => later()));
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(70_000);
    expect(bodies()).toEqual(['look', "📎 a.png hasn't come yet."]);
    await house.pass(40 * 60_000);
    expect(bodies()).toEqual(['look', "📎 a.png hasn't come yet.", 'a.png']);
    const [first, , third] = house.shown();
    expect(third?.content).toMatchObject({
      msgtype: 'm.image',
      'm.relates_to': { 'm.in_reply_to': { event_id: first?.event_id } },
    });
    await house.restart();
    await house.pass(20 * 60_000);
    expect(house.shown()).toHaveLength(3);
  });

  test('follows even when it came on record between the look and the words', async () => {
    await open();
    house.network.files.set('p', PNG);
    house.network.fetchAnswers.push(...Array.from({ length: 5 }, () => later()));
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(10 * 60_000);
    await house.restart();
    await house.pass(30 * 60_000);
    expect(bodies().at(-1)).toBe('a.png');
    expect(house.shown()).toHaveLength(3);
  });

  test('is tried for a week, and then said to be lost', async () => {
    await open();
    house.network.fetchAnswers.push(...Array.from({ length: 10_000 }, () => later(15 * 60_000)));
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(70_000);
    for (let day = 0; day < 8 * 96; day += 1) {
      house.clock.advance(DAY / 96);
      await house.settle();
    }
    expect((await house.entries('file.missing')).map(({ body }) => body.why)).toEqual(['later', 'gave-up']);
    expect(bodies().at(-1)).toBe('📎 a.png could not be fetched for a week. Ask for it again.');
  });

  test('is not shown once its sender took the message back', async () => {
    await open();
    house.network.files.set('p', PNG);
    house.network.fetchAnswers.push(...Array.from({ length: 6 }, () => later()));
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(70_000);
    await house.takeBack();
    await house.pass(40 * 60_000);
    expect(await house.entries('file.stored')).toHaveLength(1);
    expect(house.shown().filter(({ content }) => content['url'] !== undefined)).toEqual([]);
  });
});

describe('a file that a scanner is asked about', () => {
  test('and that is clean is shown, and its result is on record', async () => {
    await open({ scanned: true });
    house.network.files.set('p', PNG);
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }]);
    await house.pass(1_000);
    const [stored] = await house.entries('file.stored');
    expect(stored?.body.scan).toEqual({ by: 'clamd', result: 'clean' });
    expect(house.shown()[0]?.content['msgtype']).toBe('m.image');
    expect(house.metrics.counts.get('files_scanned clean')).toBe(1);
  });

  test('and that is malware is kept on record and never shown', async () => {
    await open({ scanned: true });
    house.network.files.set('p', Buffer.from('some MALWARE'));
    await house.bring([{ kind: 'file', ref: 'p', name: 'invoice.exe' }], 'pay this');
    await house.pass(1_000);
    const [stored] = await house.entries('file.stored');
    expect(stored?.body.scan).toEqual({ by: 'clamd', result: 'found', detail: 'Eicar' });
    expect(bodies()).toEqual(['pay this', '🛑 A file was stopped: invoice.exe (Eicar). Compliance was told.']);
    expect(house.homeserver.calls.filter((call) => call === 'upload')).toEqual([]);
  });

  test('while it is away is held back, on record already, and follows when it answers', async () => {
    await open({ scanned: true });
    house.scanner.down = true;
    house.network.files.set('p', PNG);
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(1_000);
    const [stored] = await house.entries('file.stored');
    expect(stored?.body.scan).toMatchObject({ result: 'failed', again: true });
    expect(bodies()).toEqual(['look', '📎 a.png waits for the malware check.']);
    house.scanner.down = false;
    await house.pass(3 * 60_000);
    expect((await house.entries('file.scanned')).map(({ body }) => body.scan)).toEqual([
      { by: 'clamd', result: 'clean' },
    ]);
    expect(bodies()).toEqual(['look', '📎 a.png waits for the malware check.', 'a.png']);
  });

  test('while it is away is shown all the same where the config says so', async () => {
    await open({ scanned: true, unscanned: 'show' });
    house.scanner.down = true;
    house.network.files.set('p', PNG);
    await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
    await house.pass(1_000);
    expect(bodies()).toEqual(['look']);
    expect(house.metrics.counts.get('files_scanned failed')).toBe(1);
  });
});
