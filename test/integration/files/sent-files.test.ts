import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import { EXE, openBridgedFiles, PNG, sha256, type BridgedFiles } from './bridged-house.ts';

const photo = 'mxc://acme.example/photo';
const carried = { file: { image: { mime_types: ['image/*'], max_size: 1_000_000, caption: 2 } } } as const;

let house: BridgedFiles;
beforeEach(async () => {
  house = await openBridgedFiles({ scanned: true });
  await house.bring([], 'hello');
  await house.pass(1_000);
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function writes(bytes: Buffer, able: Partial<Capabilities>, more: object = {}): Promise<void> {
  house.network.able = able;
  house.homeserver.files.set(photo, bytes);
  await house.write({ msgtype: 'm.image', body: 'heron.png', url: photo, ...more });
  await house.pass(5_000);
}

const told = (): readonly unknown[] => house.shown().map(({ content }) => content['body']);

describe("a staff member's picture", () => {
  test('goes out when its bytes are on record and checked, with its caption', async () => {
    await writes(PNG, carried, { body: 'two herons', filename: 'heron.png' });
    const [stored] = await house.entries('file.stored');
    const [attempt] = await house.entries('delivery.attempt');
    expect(stored?.body.scan).toEqual({ by: 'clamd', result: 'clean' });
    expect(stored?.position).toBeLessThan(attempt?.position ?? 0);
    expect(house.network.sent).toMatchObject([
      {
        text: 'two herons',
        file: { kind: 'image', name: 'heron.png', type: 'image/png', size: PNG.length, sha256: sha256(PNG) },
      },
    ]);
    expect(house.network.sentBytes.get('heron.png')?.equals(PNG)).toBe(true);
  });

  test('that is malware never goes out, and its sender is told', async () => {
    await writes(Buffer.from('some MALWARE'), { file: { file: { mime_types: ['*/*'], max_size: 100, caption: 2 } } });
    expect(house.network.sent).toEqual([]);
    expect(told().at(-1)).toContain('the file did not pass the check (Eicar)');
  });

  test('waits for a scanner that is away', async () => {
    house.scanner.down = true;
    await writes(PNG, carried);
    expect(house.network.sent).toEqual([]);
    house.scanner.down = false;
    await house.pass(3 * 60_000);
    expect(house.network.sent).toHaveLength(1);
  });

  test('that the line can not carry does not go out', async () => {
    await writes(PNG, {});
    expect(house.network.sent).toEqual([]);
    expect(told().at(-1)).toContain("this line can't carry pictures");
  });

  test('that is no picture does not go out as one', async () => {
    await writes(EXE, carried);
    expect(house.network.sent).toEqual([]);
    expect(told().at(-1)).toContain("can't carry pictures of this type, application/x-msdownload");
  });

  test('that is too large says how large it may be', async () => {
    await writes(PNG, { file: { image: { mime_types: ['image/*'], max_size: 50 * 1024, caption: 2 } } });
    expect(told().at(-1)).toContain('50 KB is the most');
  });
});
