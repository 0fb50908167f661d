import { describe, expect, test } from '@jest/globals';
import type { OutboundFile } from '../../../../src/core/ports/outbound.ts';
import { FileDoor, FILES_MAX } from '../../../../src/networks/twilio/file-door.ts';

function fileOf(text: string): OutboundFile {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text.slice(0, 2)));
    yield Buffer.from(text.slice(2));
  }
  return { kind: 'image', name: 'a.png', type: 'image/png', size: text.length, sha256: '', open };
}

describe('files that Twilio fetches from us', () => {
  let now = 0;
  const clock = { monotonic: () => now };

  test('are given as often as they are asked for by the word made for them', async () => {
    const door = new FileDoor(clock);
    const word = door.lay(fileOf('bytes'));
    for (const time of [1, 2]) {
      const answer = await door.give(word);
      expect({ time, answer }).toEqual({
        time,
        answer: { to: 'accepted', body: { type: 'image/png', content: Buffer.from('bytes') } },
      });
    }
    expect(word).toMatch(/^[\w-]{43}$/u);
    expect(door.lay(fileOf('bytes'))).not.toBe(word);
  });

  test('are not given for another word', async () => {
    const door = new FileDoor(clock);
    const word = door.lay(fileOf('bytes'));
    for (const guess of ['', word.slice(1), `${word}A`, word.toUpperCase()]) {
      await expect(door.give(guess)).resolves.toEqual({ to: 'bad-signature' });
    }
  });

  test('are not given after four hours', async () => {
    const door = new FileDoor(clock);
    const word = door.lay(fileOf('bytes'));
    now += 4 * 3_600_000;
    await expect(door.give(word)).resolves.toEqual({ to: 'bad-signature' });
  });

  test('make room for newer ones', async () => {
    const door = new FileDoor(clock);
    const words = Array.from({ length: FILES_MAX + 1 }, (_, number) => door.lay(fileOf(`file ${String(number)}`)));
    await expect(door.give(words[0] ?? '')).resolves.toEqual({ to: 'bad-signature' });
    await expect(door.give(words[1] ?? '')).resolves.toMatchObject({ to: 'accepted' });
    await expect(door.give(words.at(-1) ?? '')).resolves.toMatchObject({ to: 'accepted' });
  });
});
