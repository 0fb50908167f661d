/** Files on record are read and judged: the real journal, disk, readers and engine, killed at each line. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { Draft, DraftOf, Entry, EntryOf, MissingFile } from '../../../../src/core/entry.ts';
import { must, parseMediaUri, type Position } from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { BlobStore } from '../../../../src/journal/blobs/blob-store.ts';
import { sniffType } from '../../../../src/journal/blobs/sniff.ts';
import { screenFileTasks } from '../../../../src/policy/judging/screen-file.ts';
import type { Scanning } from '../../../../src/policy/scan.ts';
import { textOfFile } from '../../../../src/policy/text/text-of-file.ts';
import { countTasks } from '../../../../src/tasks/open-tasks.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import { lines, madePdf } from '../../../support/made-pdf.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { alice, at, began, eventDraft, ghost, otherRoom } from '../../../unit/policy/judging/made-entries.ts';
import { openJudgingHouse, ruleChanged, ruleText, type JudgingHouse } from '../judging/judging-house.ts';

const card = '4111 1111 1111 1111';
const url = 'mxc://acme.example/file';
const uri = must(parseMediaUri(url));
const internal = { direction: 'internal' } as const;
const everywhere = { scope: { directions: ['inbound', 'internal', 'external'] }, then: 'flag' };
const cards = ruleText('cards', everywhere);
const unscanned = ruleText('unscanned', { ...everywhere, when: { unscanned: 'any' } });
const document = `<w:document><w:p><w:r><w:t>pay with 4111 1111 </w:t></w:r><w:r><w:t>1111 1111</w:t></w:r></w:p></w:document>`;
const docx = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8(document) });
const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

let folder: string;
let blobs: BlobStore;
let house: JudgingHouse;
let textOf: Scanning['textOf'];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-files-'));
  blobs = new BlobStore(join(folder, 'blobs'));
  house = await openJudgingHouse();
  textOf = textOfFile;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function runnerOf(
  within: JudgingHouse,
  append: Recorder['append'] = (...given) => within.journal.append(...given),
): TaskRunner {
  const { clock, screen, judging, journal } = within;
  const scanning = { textOf: (...file: Parameters<Scanning['textOf']>) => textOf(...file) };
  const isOurs = (user: string): boolean => user.startsWith('@_gh_');
  const journalled = { ...judging.journal, read: (position: Position) => journal.read(position) };
  const files = screenFileTasks({ ...judging, journal: journalled, files: { scanning, blobs }, isOurs });
  const recorder = {
    append,
    read: journal.read.bind(journal),
    views: journal.views,
    onCommitted: journal.onCommitted.bind(journal),
    size: () => journal.size(),
  };
  const others = { log: new KeptLog(), metrics: new KeptMetrics(), parallel: 4, random: () => 0 };
  return createTaskRunner({ journal: recorder, handlers: new Map([...screen, ...files]), clock, ...others });
}

async function enforce(...texts: readonly string[]): Promise<void> {
  for (const text of texts) await house.put(ruleChanged(text));
  house.use(...texts);
}

async function settle(): Promise<void> {
  await using runner = runnerOf(house);
  runner.start();
  await runner.idle();
}

function fileEvent(more: JsonObject = {}, of: Parameters<typeof eventDraft>[1] = {}): Draft {
  return eventDraft({ msgtype: 'm.file', body: 'invoice', url, ...more }, { ...internal, ...of });
}

/** As the bridge puts it on record. */
async function stored(
  message: Entry,
  bytes: Uint8Array,
  more: Partial<EntryOf<'file.stored'>['body']> = {},
): Promise<DraftOf<'file.stored'>> {
  await using writer = await blobs.begin();
  await writer.write(bytes);
  const type = await sniffType(writer.head);
  const kept = await writer.finish();
  return {
    ...besides(message, 'stored', more.part),
    kind: 'file.stored',
    body: { of: message.position, part: 0, uri, type, ...kept, ...more },
  };
}

function missing(message: Entry, why: MissingFile['why'], part = 0): DraftOf<'file.missing'> {
  return { ...besides(message, why, part), kind: 'file.missing', body: { of: message.position, part, uri, why } };
}

function besides(message: Entry, what: string, part = 0) {
  const { room, direction } = message;
  if (room === undefined || direction === undefined) throw new Error('no place');
  const source = { system: 'gatehouse', id: `file/${message.position}/${part}/${what}`, sure: true } as const;
  return { at: at(began + 1_000), room, direction, source };
}

async function judged(bytes: Uint8Array, event: Draft = fileEvent()): Promise<readonly EntryOf<'policy.verdict'>[]> {
  const message = await house.put(event);
  await house.journal.append([await stored(message, bytes)]);
  await settle();
  return house.entries('policy.verdict');
}

describe('A file on record', () => {
  test.each([
    ['text', Buffer.from(`a list\n${card}\n`)],
    ['a table', Buffer.from(`name;card\nAnn;${card}\n`)],
    ['a page', Buffer.from(`<!DOCTYPE html><td>4111 1111</td> <td>1111 1111</td><p>card ${card}</p>`)],
    ['a PDF', madePdf({ pages: [lines('first'), lines(`card ${card}`)], flate: true })],
    ['a Word document', docx],
  ])('that is %s is judged beside the message that it came with', async (_what, bytes) => {
    await enforce(cards);
    const message = await house.put(fileEvent());
    const file = await house.put(await stored(message, bytes));
    await settle();
    const [verdict, ...others] = await house.entries('policy.verdict');
    expect(others).toEqual([]);
    expect(verdict).toMatchObject({ room: message.room, direction: 'internal' });
    expect(verdict?.body).toMatchObject({
      ...{ of: message.position, file: file.position, content: file.body.sha256 },
      ...{ consequence: 'flag', unread: [] },
    });
    expect(verdict?.body.hits[0]?.findings[0]).toMatchObject({
      what: 'file',
      file: file.position,
      masked: 'ends 1111',
    });
  });

  test('leaves no record where it is clean', async () => {
    await enforce(cards);
    expect(await judged(Buffer.from('nothing of interest'))).toEqual([]);
  });

  test('is judged piece by piece, and a finding stands where it is in the whole text', async () => {
    await enforce(cards);
    const filler = 'all is well\n'.repeat(20_000);
    const [verdict] = await judged(Buffer.from(`${card}\n${filler}${card}\n`));
    expect(house.asked()).toBeGreaterThan(3);
    expect(verdict?.body.hits).toHaveLength(1);
    expect(verdict?.body.hits[0]?.count).toBe(2);
    const starts = verdict?.body.hits[0]?.findings.map(({ start }) => start);
    expect(starts).toEqual([0, card.length + 1 + filler.length]);
  });

  test.each<readonly [string, Uint8Array, JsonObject, string]>([
    ['a picture that is called a file', png, {}, 'image'],
    ['an archive', zipSync({ 'a.txt': strToU8(card) }), {}, 'unknown-type'],
    ['damaged', Buffer.from('%PDF-1.7 no more'), {}, 'damaged'],
    ['a scanned page', madePdf({ pages: ['0 0 m 9 9 l S'] }), {}, 'image'],
  ])('that is %s is unscanned, says why, and rules act on it', async (_what, bytes, content, why) => {
    await enforce(unscanned);
    const [verdict, ...others] = await judged(bytes, fileEvent(content));
    expect(others).toEqual([]);
    expect(verdict?.body).toMatchObject({
      consequence: 'flag',
      unread: [{ why, part: 0 }],
      hits: [{ rule: 'unscanned' }],
    });
  });

  test('that is missing is unscanned; too large a file says so', async () => {
    await enforce(unscanned);
    const message = await house.put(fileEvent());
    await house.journal.append([missing(message, 'not-found'), missing(message, 'too-large', 2)]);
    await settle();
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.unread)).toEqual(
      expect.arrayContaining([[{ why: 'missing', part: 0 }], [{ why: 'too-large', part: 2 }]]),
    );
  });

  test('whose bytes the disk has lost is missing, and ciphertext is encrypted', async () => {
    await enforce(unscanned);
    const message = await house.put(fileEvent());
    const draft = await stored(message, Buffer.from(card));
    await blobs.remove(draft.body.blob);
    const sealed = await stored(message, Buffer.from(card), { encrypted: true, part: 2 });
    await house.journal.append([draft, sealed]);
    await settle();
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.unread[0]?.why).toSorted()).toEqual(['encrypted', 'missing']);
  });

  test('says nothing twice: a picture was unread when it was sent, and its thumbnail shows the same', async () => {
    await enforce(unscanned);
    const message = await house.put(fileEvent({ msgtype: 'm.image' }));
    await house.journal.append([
      await stored(message, png),
      await stored(message, png, { part: 1 }),
      missing(message, 'refused', 3),
    ]);
    await settle();
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => [body.file, body.unread])).toEqual([[undefined, [{ why: 'image', part: 0 }]]]);
  });

  test('that says it is a picture and is a text is judged as the text it is', async () => {
    await enforce(cards);
    const verdicts = await judged(Buffer.from(card), fileEvent({ msgtype: 'm.image' }));
    expect(verdicts.map(({ body }) => body.consequence).toSorted()).toEqual(['flag', 'none']);
  });

  test.each<readonly [string, Draft]>([
    ['on its way out', fileEvent({}, { direction: 'outbound' })],
    ['by our own users', fileEvent({}, { sender: ghost })],
    ['in our own rooms', fileEvent({}, { room: otherRoom })],
    [
      'as a picture of themselves',
      eventDraft({ membership: 'join', avatar_url: url }, { ...internal, type: 'm.room.member', stateKey: alice }),
    ],
  ])('is not looked at when it came %s', async (_what, event) => {
    await enforce(unscanned);
    expect(await judged(png, event)).toEqual([]);
    expect(house.asked()).toBe(0);
  });

  test('that breaks the thread is tried again, then it is unscanned', async () => {
    await enforce(unscanned);
    let tries = 0;
    textOf = () => {
      tries += 1;
      return Promise.resolve({ ok: false, why: 'engine' });
    };
    const message = await house.put(fileEvent());
    await house.journal.append([await stored(message, Buffer.from(card))]);
    await using runner = runnerOf(house);
    runner.start();
    while ((await left(house)) > 0) {
      house.clock.advance(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(tries).toBe(3);
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.unread)).toEqual([[{ why: 'engine', part: 0 }]]);
  });
});

async function left(within: JudgingHouse): Promise<number> {
  return (await within.journal.views.read(countTasks)).ready;
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setImmediate(resolve));
}

type Line = 'while the file is read' | 'before the verdict is on record' | 'after the verdict is on record';

describe('Whoever reads it, killed', () => {
  test.each<Line>(['while the file is read', 'before the verdict is on record', 'after the verdict is on record'])(
    '%s: the next life ends with one verdict',
    async (line) => {
      await enforce(cards);
      const message = await house.put(fileEvent());
      const file = await house.put(await stored(message, docx));
      const struck = Promise.withResolvers<undefined>();
      const forever = <T>(): Promise<T> => {
        struck.resolve(undefined);
        return new Promise<T>(() => undefined);
      };
      if (line === 'while the file is read') textOf = () => forever();
      const runner = runnerOf(house, async (...given) => {
        if (line === 'before the verdict is on record') return forever();
        const appended = await house.journal.append(...given);
        return line === 'after the verdict is on record' ? forever() : appended;
      });
      runner.start();
      await struck.promise;
      const stopped = runner.stop(1);
      house.clock.advance(10_000);
      await Promise.race([stopped, until(() => true)]);
      await house.test.close();

      await using next = await openJudgingHouse({ place: house.test.place });
      next.use(cards);
      textOf = textOfFile;
      await using again = runnerOf(next);
      again.start();
      await again.idle();
      const verdicts = await next.entries('policy.verdict');
      expect(verdicts.map(({ body }) => [body.of, body.file])).toEqual([[message.position, file.position]]);
      expect(await left(next)).toBe(0);
      expect(await next.journal.stale()).toEqual([]);
    },
  );
});
