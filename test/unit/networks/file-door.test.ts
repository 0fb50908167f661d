import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import type { OutboundFile } from '../../../src/core/ports/outbound.ts';
import type { WebhookAnswer } from '../../../src/core/ports/webhook.ts';
import { FileDoor, FILES_MAX } from '../../../src/networks/file-door.ts';

function fileOf(text: string): OutboundFile {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text.slice(0, 2)));
    yield Buffer.from(text.slice(2));
  }
  return { kind: 'image', name: 'a.png', type: 'image/png', size: text.length, sha256: '', open };
}

const hours = 3_600_000;

function bytesOf(answer: WebhookAnswer): Promise<string> {
  const body = answer.to === 'accepted' ? answer.body : undefined;
  if (body === undefined || !('pieces' in body)) throw new Error('no file');
  return text(Readable.from(body.pieces()));
}

describe('files that a provider fetches from us', () => {
  let now = 0;
  const clock = { monotonic: () => now };

  test('are given as often as they are asked for by the word made for them', async () => {
    const door = new FileDoor(clock, 4 * hours);
    const word = door.lay(fileOf('bytes'));
    for (const time of [1, 2]) {
      const answer = door.give(word);
      expect({ time, answer }).toMatchObject({
        time,
        answer: { to: 'accepted', body: { type: 'image/png', name: 'a.png', size: 5 } },
      });
      await expect(bytesOf(answer)).resolves.toBe('bytes');
    }
    expect(word).toMatch(/^[\w-]{43}$/u);
    expect(door.lay(fileOf('bytes'))).not.toBe(word);
  });

  test('are not given for another word', () => {
    const door = new FileDoor(clock, 4 * hours);
    const word = door.lay(fileOf('bytes'));
    for (const guess of ['', word.slice(1), `${word}A`, word.toUpperCase()]) {
      expect(door.give(guess)).toEqual({ to: 'bad-signature' });
    }
  });

  test('are not given after four hours', () => {
    const door = new FileDoor(clock, 4 * hours);
    const word = door.lay(fileOf('bytes'));
    now += 4 * hours;
    expect(door.give(word)).toEqual({ to: 'bad-signature' });
  });

  test('make room for newer ones', () => {
    const door = new FileDoor(clock, 4 * hours);
    const words = Array.from({ length: FILES_MAX + 1 }, (_, number) => door.lay(fileOf(`file ${String(number)}`)));
    expect(door.give(words[0] ?? '')).toEqual({ to: 'bad-signature' });
    expect(door.give(words[1] ?? '')).toMatchObject({ to: 'accepted' });
    expect(door.give(words.at(-1) ?? '')).toMatchObject({ to: 'accepted' });
  });
});
