import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import { alice } from '../bridge/house.ts';
import { EXE, openBridgedFiles, PNG, sha256, type BridgedFiles } from './bridged-house.ts';

const photo = 'mxc://acme.example/photo';
const OTHER = 'mxc://acme.example/other';
const HTML = { format: 'org.matrix.custom.html' };
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

/** The picture that was written last gets another content, as a client says it. */
async function edits(content: JsonObject): Promise<void> {
  const [portal] = [...house.homeserver.rooms.values()].filter(
    ({ made }) => 'org.gatehouse.portal' in made.creationContent,
  );
  const first = portal?.events.findLast(({ sender, content: said }) => sender === alice && !('m.new_content' in said));
  if (first === undefined) throw new Error('there is nothing to edit');
  const said = { msgtype: 'm.image', ...content };
  const relation = { rel_type: 'm.replace', event_id: first.event_id };
  await house.write({ ...said, body: '* edited', 'm.new_content': said, 'm.relates_to': relation });
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

  test('has in its words the names of whom they call, and their forms where the network has any', async () => {
    const pill = (who: string, name: string): string => `<a href="https://matrix.to/#/${who}">${name}</a>`;
    const ann = '@_gh_sms_12025550199:acme.example';
    const more = {
      body: '**For** [Ann](https://matrix.to/#/x), says [Bob](https://matrix.to/#/y)',
      format: 'org.matrix.custom.html',
      formatted_body: `<strong>For</strong> ${pill(ann, 'Ann')}, says ${pill('@bob:acme.example', 'Bob')}`,
      filename: 'heron.png',
    };
    await writes(PNG, carried, more);
    await writes(PNG, { ...carried, formatting: 2 }, more);
    const text = 'For Ann, says Bob';
    expect(house.network.sent).toMatchObject([
      { text, file: { name: 'heron.png' } },
      {
        text,
        marks: [
          { as: 'bold', start: 0, length: 3 },
          { as: 'mention', start: 4, length: 3, address: '+12025550199' },
        ],
      },
    ]);
    expect(house.network.sent[0]).not.toHaveProperty('marks');
    expect((await house.entries('delivery.attempt')).map(({ body }) => body.text)).toEqual([text, text]);
  });

  test('whose words are edited before it goes out has the new ones', async () => {
    house.scanner.down = true;
    await writes(PNG, carried, { body: 'two heron', filename: 'heron.png' });
    await edits({ body: 'two herons', filename: 'heron.png', url: photo });
    expect(house.network.sent).toEqual([]);
    house.scanner.down = false;
    await house.pass(3 * 60_000);
    expect(house.network.sent).toMatchObject([{ text: 'two herons', file: { name: 'heron.png' } }]);
    expect(house.network.edits).toEqual([]);
  });

  test('has its words edited where the network can, and never another file in its place', async () => {
    await writes(PNG, { ...carried, edit: 2 }, { body: 'two heron', filename: 'heron.png' });
    await edits({
      body: 'two *herons*',
      formatted_body: 'two <em>herons</em>',
      ...HTML,
      filename: 'heron.png',
      url: photo,
    });
    expect(house.network.edits).toMatchObject([{ text: 'two herons', caption: true }]);
    expect(told().filter((text) => String(text).includes('still sees'))).toEqual([]);
    house.homeserver.files.set(OTHER, PNG);
    await edits({ body: 'a third one', filename: 'heron.png', url: OTHER });
    await edits({ msgtype: 'm.text', body: 'no picture at all' });
    await edits({ body: 'heron.png', filename: 'heron.png', url: photo });
    expect(house.network.edits).toHaveLength(1);
    const still = '+1 202 555 0199 still sees the text of before:';
    expect(told().slice(-3)).toEqual([
      `${still} a file can't be changed there.`,
      `${still} a file can't be changed there.`,
      `${still} there is no text in the new one.`,
    ]);
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
