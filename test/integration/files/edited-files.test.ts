/** A customer who changes a message to have a file, or another one. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Attachment } from '../../../src/core/network-entries.ts';
import { openBridgedFiles, PNG, sha256, type BridgedFiles, type BridgedFilesOptions } from './bridged-house.ts';

let house: BridgedFiles;
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const before: readonly Attachment[] = [{ kind: 'image', ref: 'p', name: 'before.png' }];
const after: readonly Attachment[] = [{ kind: 'image', ref: 'q', name: 'after.png' }];
const AFTER = Buffer.concat([PNG, Buffer.from('more')]);
const bodies = (): readonly unknown[] => house.shown().map(({ content }) => content['body']);
const later = { state: 'retry', afterMs: 0, detail: 'HTTP 503' } as const;

async function opened(options: BridgedFilesOptions = {}): Promise<void> {
  house = await openBridgedFiles(options);
  house.network.files.set('p', PNG);
  house.network.files.set('q', AFTER);
  await house.bring(before, 'a heron');
  await house.pass(1_000);
}

describe('the file of an edit', () => {
  test('is on record before it is shown, as a reply to the first message, with the new words', async () => {
    await opened();
    const of = await house.change(after, 'another heron');
    await house.pass(1_000);
    const stored = (await house.entries('file.stored')).at(-1);
    expect(stored?.body).toMatchObject({ of, name: 'after.png', type: 'image/png', sha256: sha256(AFTER) });
    expect(await house.entries('delivery.outcome')).toContainEqual(
      expect.objectContaining({ portal: stored?.portal, body: expect.objectContaining({ of, state: 'sent' }) }),
    );
    expect((await house.entries('delivery.outcome')).at(-1)?.position).toBeGreaterThan(stored?.position ?? Infinity);
    expect(house.homeserver.files.size).toBe(2);
    const [first, second, ...more] = house.shown();
    expect(more).toEqual([]);
    expect(second?.content).toMatchObject({
      ...{ msgtype: 'm.image', body: '✏️ changed it to: another heron', filename: 'after.png' },
      'm.relates_to': { 'm.in_reply_to': { event_id: first?.event_id } },
    });
    const url = second?.content['url'];
    expect([...house.homeserver.files].find(([at]) => at === url)?.[1]).toEqual(AFTER);
    expect(bodies()[0]).toBe('a heron');
  });

  test('of a text stands beside the text, and of several each is a reply to it', async () => {
    house = await openBridgedFiles();
    house.network.files.set('p', PNG);
    house.network.files.set('q', AFTER);
    await house.bring([], 'look');
    await house.change([...before, ...after], 'look here');
    await house.pass(1_000);
    expect(bodies()).toEqual(['look', '✏️ changed it to: look here', 'before.png', 'after.png']);
    const [first, ...others] = house.shown();
    const reply = { 'm.in_reply_to': { event_id: first?.event_id } };
    expect(others.map(({ content }) => content['m.relates_to'])).toEqual([reply, reply, reply]);
  });

  test('in which a scanner finds malware is never shown', async () => {
    await opened({ scanned: true });
    house.network.files.set('q', Buffer.from('some MALWARE'));
    await house.change(after, 'pay this');
    await house.pass(1_000);
    expect((await house.entries('file.stored')).at(-1)?.body.scan).toMatchObject({ result: 'found' });
    expect(bodies()).toEqual([
      'a heron',
      '✏️ changed it to: pay this',
      '🛑 A file was stopped: after.png (Eicar). Compliance was told.',
    ]);
    expect(house.homeserver.calls.filter((call) => call === 'upload')).toHaveLength(1);
  });

  test('that comes late follows as a reply to the first message, once, whatever is restarted', async () => {
    await opened();
    house.network.fetchAnswers.push(...Array.from({ length: 6 }, () => later));
    await house.change(after, 'another heron');
    await house.pass(70_000);
    const at = ['a heron', '✏️ changed it to: another heron', "📎 after.png hasn't come yet."];
    expect(bodies()).toEqual(at);
    await house.pass(40 * 60_000);
    expect(bodies()).toEqual([...at, 'after.png']);
    const [first, ...others] = house.shown();
    expect(others.at(-1)?.content).toMatchObject({
      msgtype: 'm.image',
      'm.relates_to': { 'm.in_reply_to': { event_id: first?.event_id } },
    });
    await house.restart();
    await house.pass(20 * 60_000);
    expect(house.shown()).toHaveLength(4);
  });

  test('is hidden with its message, and so are its words', async () => {
    await opened();
    await house.change(after, 'another heron');
    await house.change(before, 'a third one');
    await house.pass(1_000);
    expect(house.shown()).toHaveLength(3);
    await house.takeBack();
    expect(house.shown()).toEqual([]);
  });

  test('that comes late is not shown once its sender took the message back', async () => {
    await opened();
    house.network.fetchAnswers.push(...Array.from({ length: 6 }, () => later));
    await house.change(after, 'another heron');
    await house.pass(70_000);
    await house.takeBack();
    await house.pass(40 * 60_000);
    expect(await house.entries('file.stored')).toHaveLength(2);
    expect(house.shown()).toEqual([]);
  });

  test('that the room has is found there after a restart in the middle, and not uploaded again', async () => {
    await opened();
    house.homeserver.fail('send', { kind: 'unclear', detail: 'the answer was lost' }, { done: true });
    house.homeserver.fail('findEcho', { kind: 'down', detail: 'HTTP 503' });
    await house.change(after, 'another heron');
    await house.pass(1_000);
    house.homeserver.forgetTransactions();
    await house.restart();
    await house.pass(60_000);
    expect(bodies()).toEqual(['a heron', '✏️ changed it to: another heron']);
    expect(house.homeserver.calls.filter((call) => call === 'upload')).toHaveLength(2);
    expect(house.network.fetched).toEqual(['p', 'q']);
  });
});
