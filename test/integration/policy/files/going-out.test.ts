/** What is to go out with a file, asked at the gate: real record, readers and engine; the files' entries as the bridge makes them. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { strToU8 } from 'fflate';
import type { DraftOf, Entry } from '../../../../src/core/entry.ts';
import { must, parseMediaUri, type Position } from '../../../../src/core/ids.ts';
import type { Gatekeeper } from '../../../../src/core/ports/gatekeeper.ts';
import { createGatekeeper } from '../../../../src/policy/judging/gatekeeper.ts';
import { textOfFile } from '../../../../src/policy/text/text-of-file.ts';
import { at, began, eventDraft, textDraft } from '../../../unit/policy/judging/made-entries.ts';
import { openJudgingHouse, ruleChanged, ruleText, type JudgingHouse } from '../judging/judging-house.ts';

const card = '4111 1111 1111 1111';
const url = 'mxc://acme.example/offer';
const uri = must(parseMediaUri(url));
const outbound = { direction: 'outbound' } as const;
const unscanned = ruleText('unscanned', { when: { unscanned: ['image'] } });
const zeros = '0'.repeat(64);

let house: JudgingHouse;
let gate: Gatekeeper;
/** What the disk has of the one file. */
let bytes: Uint8Array;
beforeEach(async () => {
  house = await openJudgingHouse();
  const onRecord = async (of: Position): Promise<readonly Entry[]> =>
    [...(await house.entries('file.stored')), ...(await house.entries('file.missing'))].filter(
      (file) => file.body.of === of,
    );
  const blobs = { read: () => bytesOnDisk() };
  gate = createGatekeeper({ ...house.judging, filesGoingOut: { scanning: { textOf: textOfFile }, blobs, onRecord } });
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function* bytesOnDisk(): AsyncGenerator<Uint8Array, undefined> {
  yield await Promise.resolve(bytes);
  return undefined;
}

async function enforce(...texts: readonly string[]): Promise<void> {
  for (const text of texts) await house.put(ruleChanged(text));
  house.use(...texts);
}

function offer(): Promise<Entry> {
  return house.put(eventDraft({ msgtype: 'm.file', body: 'our offer', filename: 'offer.txt', url }, outbound));
}

async function store(message: Entry, more: { readonly type?: string; readonly name?: string } = {}): Promise<Position> {
  const body = {
    of: message.position,
    part: 0,
    uri,
    name: 'offer.txt',
    type: 'text/plain',
    size: 1,
    sha256: zeros,
    blob: zeros,
    key: 'k',
    ...more,
  };
  return (await house.put({ ...beside(message, 'stored'), kind: 'file.stored', body })).position;
}

function beside(message: Entry, what: string): Omit<DraftOf<'file.stored'>, 'kind' | 'body'> {
  const source = { system: 'gatehouse', id: `file/${message.position}/0/${what}`, sure: true } as const;
  return { at: at(began + 1_000), direction: 'outbound', source };
}

describe('What is to go out with a file', () => {
  test('waits until the file is on record, then is judged by what is in it', async () => {
    await enforce(ruleText('cards'));
    const message = await offer();
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({ may: 'ask-again' });
    bytes = strToU8(`pay with ${card}`);
    const file = await store(message);
    const passage = await gate.mayPass(message.position, undefined, 'our offer');
    expect(passage).toMatchObject({
      may: 'not-now',
      entries: [{ body: { consequence: 'quarantine', hits: [{ findings: [{ what: 'file', file, start: 9 }] }] } }],
    });
  });

  test('is judged by the name of the file', async () => {
    await enforce(ruleText('cards'));
    const message = await offer();
    bytes = strToU8('nothing');
    await store(message, { name: `${card}.txt` });
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({
      may: 'not-now',
      entries: [{ body: { hits: [{ findings: [{ what: 'file-name' }] }] } }],
    });
  });

  test('goes out where nothing is found in it', async () => {
    await enforce(ruleText('cards'));
    const message = await offer();
    bytes = strToU8('nothing');
    await store(message);
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({ may: 'pass', entries: [] });
  });

  test('is held by a rule for what can not be read, and goes out unscanned without one', async () => {
    await enforce(unscanned);
    const message = await offer();
    await store(message, { type: 'image/png' });
    const unread = [{ why: 'image', part: 0 }];
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({
      may: 'not-now',
      entries: [{ body: { unread } }],
    });
    await enforce(ruleText('cards'));
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({
      may: 'pass',
      entries: [{ body: { consequence: 'none', unread } }],
    });
  });

  test('is unscanned where the homeserver did not have the file', async () => {
    await enforce(ruleText('unscanned', { when: { unscanned: 'any' } }));
    const message = await offer();
    const body = { of: message.position, part: 0, uri, why: 'not-found' } as const;
    await house.put({ ...beside(message, 'not-found'), kind: 'file.missing', body });
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({
      may: 'not-now',
      entries: [{ body: { unread: [{ why: 'missing', part: 0 }] } }],
    });
  });

  test('waits for no file where it has none, or where no rule holds', async () => {
    const message = await offer();
    expect(await gate.mayPass(message.position, undefined, 'our offer')).toMatchObject({ may: 'pass' });
    await enforce(ruleText('cards'));
    const text = await house.put(textDraft('hello', outbound));
    expect(await gate.mayPass(text.position, undefined, 'hello')).toMatchObject({ may: 'pass' });
  });
});
