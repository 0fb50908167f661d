import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseMillis } from '../../../../src/core/ids.ts';
import type { Kv, KvEdit, NetworkEvent } from '../../../../src/core/ports/connector.ts';
import { Decoder } from '../../../../src/networks/signal/decode.ts';
import type { GroupLook, Step } from '../../../../src/networks/signal/steps.ts';

const line = must(parseAddress('+12025550100'));
const ann = '00000002-1111-4111-8111-111111111111';
const annNumber = '+12025550199';
const groupId = 'Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI=';
const now = 1_700_000_000_000;

class MemoryKv implements Kv {
  readonly values = new Map<string, Uint8Array>();
  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.values.get(key));
  }
  list(): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]> {
    return Promise.resolve([]);
  }
  apply(changes: readonly KvEdit[]): Promise<void> {
    for (const { key, value } of changes) if (value !== null) this.values.set(key, value);
    return Promise.resolve();
  }
}

const groups: GroupLook = (_line, id) =>
  Promise.resolve({
    id: must(parseAddress(id)),
    name: 'Family',
    members: [{ address: must(parseAddress(annNumber)) }],
  });

/** Decodes one after the other, each in a batch of its own whose notes are kept. */
async function decoded(kv: MemoryKv, ...all: readonly unknown[]): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const params of all) {
    const decoder = new Decoder({ lines: [line], kv, now: () => must(parseMillis(now + 5_000)), groups });
    const raw = Buffer.from(params === undefined ? '' : JSON.stringify(params));
    steps.push(...(await decoder.steps({ raw, params, line, position: undefined, unasked: false })));
    await kv.apply(decoder.kv);
  }
  return steps;
}

function envelope(part: object, who: object = {}, timestamp = now): object {
  const source = { sourceNumber: annNumber, sourceUuid: ann, sourceName: 'Ann', ...who };
  return {
    account: line,
    envelope: { ...source, sourceDevice: 1, timestamp, serverReceivedTimestamp: timestamp + 9, ...part },
  };
}

function data(part: object, timestamp = now): object {
  return { dataMessage: { timestamp, message: null, expiresInSeconds: 0, viewOnce: false, ...part } };
}

async function eventOf(...all: readonly unknown[]): Promise<NetworkEvent> {
  const step = (await decoded(new MemoryKv(), ...all)).at(-1);
  if (step?.kind !== 'event') throw new Error('no event');
  return step.event;
}

async function messageOf(part: object) {
  const event = await eventOf(envelope(data(part)));
  if (event.kind !== 'message') throw new Error(event.kind);
  return event.message;
}

describe('a message of Signal', () => {
  test('has its writer, its line, its time by the server, and an id of line, writer and time', async () => {
    const event = await eventOf(envelope(data({ message: 'Hello' })));
    expect(event).toMatchObject({
      kind: 'message',
      id: `${line}/${annNumber}/${String(now)}`,
      sure: true,
      at: now + 9,
      message: {
        from: annNumber,
        to: line,
        fromName: 'Ann',
        text: 'Hello',
        remoteId: `${line}/${annNumber}/${String(now)}`,
      },
    });
  });

  test('has its styles as marks, and names where somebody is mentioned', async () => {
    const message = await messageOf({
      message: '\ufffc look here',
      mentions: [{ name: annNumber, number: annNumber, uuid: ann, start: 0, length: 1 }],
      textStyles: [{ style: 'BOLD', start: 2, length: 4 }],
    });
    expect(message.text).toBe('@Ann look here');
    expect(message.marks).toEqual([{ as: 'bold', start: 5, length: 4 }]);
  });

  test('keeps its styles in their places around names of any length', async () => {
    const carla = '33333333-3333-4333-8333-333333333333';
    const message = await messageOf({
      message: '🎉 \ufffc and \ufffc: bold',
      mentions: [
        { number: '+12025550155', uuid: carla, start: 9, length: 1 },
        { name: annNumber, number: annNumber, uuid: ann, start: 3, length: 1 },
      ],
      textStyles: [
        { style: 'ITALIC', start: 3, length: 7 },
        { style: 'BOLD', start: 12, length: 4 },
      ],
    });
    expect(message.text).toBe('🎉 @Ann and @+12025550155: bold');
    const marked = message.marks?.map(({ as, start, length }) => [as, message.text.slice(start, start + length)]);
    expect(marked).toEqual([
      ['italic', '@Ann and @+12025550155'],
      ['bold', 'bold'],
    ]);
  });

  test('brings files, stickers and contacts', async () => {
    const message = await messageOf({
      message: 'both',
      viewOnce: true,
      attachments: [
        { contentType: 'image/png', filename: 'a.png', id: 'abc.png', size: 12, width: 3, height: 4, caption: null },
        { contentType: 'application/pdf', filename: null, id: 'def', size: null },
      ],
      sticker: { packId: 'a0b1', stickerId: 3 },
      contacts: [
        { name: { given: 'Ada', family: 'Lovelace' }, phone: [{ value: '+44 20 7123 4567' }], organization: 'Engines' },
      ],
    });
    expect(message.attachments).toMatchObject([
      { kind: 'image', name: 'a.png', size: 12, width: 3, height: 4, viewOnce: true },
      { kind: 'file', type: 'application/pdf' },
      { kind: 'sticker', type: 'image/webp' },
    ]);
    expect(message.contacts).toEqual([{ name: 'Ada Lovelace', phones: ['+44 20 7123 4567'], organisation: 'Engines' }]);
  });

  test('says what it answers and after how long Signal lets it go', async () => {
    const quote = { id: now - 50, author: line, authorNumber: line, authorUuid: null, text: 'Blue?', attachments: [] };
    const message = await messageOf({ message: 'Yes', quote, expiresInSeconds: 3_600 });
    expect(message).toMatchObject({
      replyTo: { id: `${line}/${line}/${String(now - 50)}`, text: 'Blue?' },
      expiresInMs: 3_600_000,
    });
  });

  test.each([
    [[{ contentType: 'image/jpeg', filename: null }], 'a picture'],
    [[{ contentType: 'application/pdf', filename: 'offer.pdf' }], 'offer.pdf'],
    [[{ contentType: 'application/pdf', filename: null }], 'a file'],
  ])('says what the file is that it answers: %j', async (attachments, text) => {
    const quote = { id: now - 50, author: line, authorNumber: line, authorUuid: null, text: '', attachments };
    expect(await messageOf({ message: 'Nice', quote })).toMatchObject({ replyTo: { text } });
  });

  test('that answers a story says so, with its words', async () => {
    const storyContext = { authorNumber: line, authorUuid: null, sentTimestamp: now - 50 };
    expect(await messageOf({ message: 'Nice', storyContext })).toMatchObject({
      text: 'Nice',
      unsupported: 'it answers a story',
    });
  });

  test.each([
    [
      { pollCreate: { question: 'Lunch?', allowMultiple: false, options: ['Yes', 'No'] } },
      'a poll: "Lunch?" (Yes / No)',
    ],
    [{ pollVote: { optionIndexes: [1] } }, 'a vote in a poll'],
    [{ payment: { note: 'rent', receipt: 'x' } }, 'a payment: "rent"'],
  ])('says in words what has no form here: %j', async (part, unsupported) => {
    expect(await messageOf(part)).toMatchObject({ text: '', unsupported });
  });

  test.each([
    [{ isExpirationUpdate: true, expiresInSeconds: 604_800 }, /go after 1 week\. The record keeps them/u],
    [{ isExpirationUpdate: true, expiresInSeconds: 0 }, /switched off/u],
    [{ pinMessage: {} }, /pinned/u],
  ])("tells the network's own words as such: %j", async (part, words) => {
    const message = await messageOf(part);
    expect(message.service).toBe(true);
    expect(message.text).toMatch(words);
  });

  test('with a lone surrogate can be put on record', async () => {
    expect((await messageOf({ message: 'a\ud800b' })).text).toBe('a\ufffdb');
  });

  test('without words, name or sender goes on record as what it is', async () => {
    expect(await eventOf(envelope(data({})))).toMatchObject({ kind: 'unsupported', what: 'a message without words' });
    const nobody = { sourceNumber: null, sourceUuid: null, sourceName: null };
    expect(await eventOf(envelope(data({ message: 'x' }), nobody))).toMatchObject({ kind: 'unsupported' });
  });
});

describe('a change', () => {
  const later = now + 1_000;

  test('edits name the first message, also when they edit an edit', async () => {
    const edit = (target: number, at: number, message: string) =>
      envelope({ editMessage: { targetSentTimestamp: target, ...data({ message }, at) } }, {}, at);
    const steps = await decoded(new MemoryKv(), edit(now, later, 'two'), edit(later, later + 1, 'three'));
    expect(steps.map((step) => step.kind === 'event' && step.event)).toMatchObject([
      { kind: 'edit', edit: { target: `${line}/${annNumber}/${String(now)}`, text: 'two' } },
      { kind: 'edit', edit: { target: `${line}/${annNumber}/${String(now)}`, text: 'three' } },
    ]);
  });

  test('a deletion names the message of who deletes, an admin deletes that of another', async () => {
    const own = envelope(data({ remoteDelete: { timestamp: now - 1 } }));
    expect(await eventOf(own)).toMatchObject({ redaction: { targets: [`${line}/${annNumber}/${String(now - 1)}`] } });
    const target = { targetAuthorNumber: '+12025550155', targetAuthorUuid: null, targetSentTimestamp: now - 1 };
    const groupInfo = { groupId, groupName: 'Family', revision: 1, type: 'DELIVER' };
    expect(await eventOf(envelope(data({ adminDelete: target, groupInfo })))).toMatchObject({
      redaction: { targets: [`${line}/+12025550155/${String(now - 1)}`], group: { id: groupId } },
    });
  });

  test('a reaction comes and goes; in a chat of two whoever is not the other is us', async () => {
    const of = { targetAuthorNumber: null, targetAuthorUuid: '00000009-1111-4111-8111-111111111111' };
    const reaction = { emoji: '👍', ...of, targetSentTimestamp: now - 7, isRemove: false };
    const target = `${line}/${line}/${String(now - 7)}`;
    expect(await eventOf(envelope(data({ reaction })))).toMatchObject({ reaction: { target, keys: ['👍'] } });
    const gone = { ...reaction, isRemove: true };
    expect(await eventOf(envelope(data({ reaction: gone })))).toMatchObject({ reaction: { target, keys: [] } });
  });
});

describe('groups and the own phone', () => {
  const groupInfo = { groupId, groupName: 'Family', revision: 2, type: 'DELIVER' };

  test('a message in a group names group, members and writer', async () => {
    expect(await messageOf({ message: 'all', groupInfo })).toMatchObject({
      from: annNumber,
      to: line,
      group: { id: groupId, name: 'Family', members: [{ address: annNumber }] },
    });
  });

  test('a group that is renamed is told with its new name', async () => {
    const steps = await decoded(new MemoryKv(), envelope(data({ groupInfo: { ...groupInfo, type: 'UPDATE' } })));
    expect(steps).toMatchObject([
      { event: { kind: 'chat', chat: { line, chat: groupId, name: 'Family' } } },
      { event: { kind: 'message', message: { service: true, text: 'The group was changed.' } } },
    ]);
  });

  test('what the company writes on its phone is its own, to a person and to a group', async () => {
    const sent = { destination: annNumber, destinationNumber: annNumber, destinationUuid: ann, timestamp: now };
    const own = { sourceNumber: line, sourceUuid: '00000001-1111-4111-8111-111111111111', sourceName: 'We' };
    const toAnn = envelope({ syncMessage: { sentMessage: { ...sent, message: 'From my phone' } } }, own);
    expect(await eventOf(toAnn)).toMatchObject({
      message: { own: true, from: line, to: annNumber, remoteId: `${line}/${line}/${String(now)}` },
    });
    const toGroup = { destination: null, destinationNumber: null, timestamp: now, message: 'all', groupInfo };
    expect(await eventOf(envelope({ syncMessage: { sentMessage: toGroup } }, own))).toMatchObject({
      message: { own: true, from: line, to: groupId, group: { id: groupId } },
    });
  });

  test('what the phone reads and syncs is nothing that anybody said, and neither is a story', async () => {
    const nothing = [
      envelope({ syncMessage: { readMessages: [{ sender: annNumber, timestamp: now }] } }),
      envelope({ syncMessage: { type: 'CONTACTS_SYNC' } }),
      envelope({ storyMessage: { allowsReplies: true } }),
      envelope({ callMessage: { hangupMessage: { id: 1, type: 'NORMAL', deviceId: 0 } } }),
    ];
    expect(await decoded(new MemoryKv(), ...nothing)).toEqual([]);
  });

  test('a call is told', async () => {
    const offer = envelope({ callMessage: { offerMessage: { id: 1, type: 'VIDEO_CALL', opaque: '' } } });
    expect(await eventOf(offer)).toMatchObject({
      message: { service: true, text: expect.stringMatching(/^Video call/u) },
    });
  });
});

describe('who somebody is', () => {
  const uuidOnly = { sourceNumber: null };

  test('a chat that began under a uuid goes on under the number when it becomes known', async () => {
    const steps = await decoded(
      new MemoryKv(),
      envelope(data({ message: 'one' }), uuidOnly),
      envelope(data({ message: 'two' }, now + 1), {}, now + 1),
      envelope(data({ message: 'three' }, now + 2), uuidOnly, now + 2),
    );
    expect(steps.map((step) => step.kind === 'event' && step.event)).toMatchObject([
      { message: { from: ann, remoteId: `${line}/${ann}/${String(now)}` } },
      { kind: 'chat', chat: { line, chat: ann, movedTo: annNumber } },
      { message: { from: annNumber, remoteId: `${line}/${ann}/${String(now + 1)}` } },
      { message: { from: annNumber, text: 'three' } },
    ]);
  });

  test('another number of the same person moves the chat', async () => {
    const steps = await decoded(
      new MemoryKv(),
      envelope(data({ message: 'one' })),
      envelope(data({ message: 'two' }, now + 1), { sourceNumber: '+12025550144' }, now + 1),
    );
    expect(steps[1]).toMatchObject({ event: { kind: 'chat', chat: { chat: annNumber, movedTo: '+12025550144' } } });
  });
});

describe('receipts, typing and trouble', () => {
  test('one receipt speaks of many messages, by who had them', async () => {
    const receiptMessage = {
      when: now,
      isDelivery: false,
      isRead: true,
      isViewed: false,
      timestamps: [now - 2, now - 1],
    };
    const steps = await decoded(new MemoryKv(), envelope({ receiptMessage }));
    expect(steps).toMatchObject([
      { kind: 'receipt', update: { state: 'read', by: annNumber, remoteId: `${line}/${line}/${String(now - 2)}` } },
      { kind: 'receipt', update: { state: 'read', remoteId: `${line}/${line}/${String(now - 1)}` } },
    ]);
  });

  test('typing is shown while it is fresh', async () => {
    const typing = (at: number) => envelope({ typingMessage: { action: 'STARTED', timestamp: at } }, {}, at);
    expect(await decoded(new MemoryKv(), typing(now))).toMatchObject([{ kind: 'typing', typing: { on: true } }]);
    expect(await decoded(new MemoryKv(), typing(now - 60_000))).toEqual([]);
  });

  test('a safety number that changed is told to compliance with what to do, and in the chat', async () => {
    const told = { ...envelope({}), exception: { type: 'UntrustedIdentityException', message: 'x' } };
    const steps = await decoded(new MemoryKv(), told);
    expect(steps[0]).toMatchObject({
      event: {
        message: {
          ...{ from: annNumber, to: line, service: true },
          text: "The safety number of Ann on Signal changed: a new phone, or somebody else. What Ann writes can't be read until an admin has checked and trusted it; compliance was told how.",
        },
      },
    });
    const event = await eventOf(told);
    expect(event.kind === 'account' && event.alert).toBe(
      'Ann (+12025550199): the safety number on Signal changed: a new phone, or somebody else. ' +
        'Nothing can be read from Ann until an admin has checked and trusted it: ' +
        'signal-cli -a +12025550100 trust -v <safety number> +12025550199',
    );
  });

  test('what signal-cli could not read is on record with its reason', async () => {
    const told = { ...envelope({}), exception: { type: 'ProtocolInvalidMessageException', message: 'x' } };
    expect(await eventOf(told)).toMatchObject({
      kind: 'unsupported',
      from: annNumber,
      what: 'a message that signal-cli could not read (ProtocolInvalidMessageException)',
    });
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ account: line }],
    [{ envelope: 7 }],
    [{ envelope: { timestamp: 'never' } }],
    [envelope({ dataMessage: { timestamp: -1 } })],
    [envelope({ dataMessage: { timestamp: now, message: 7 } })],
    [envelope(data({ attachments: 'none' }))],
    [envelope(data({ message: 'x'.repeat(10), textStyles: [{ style: 'BOLD', start: -1, length: 99 }] }))],
    [envelope(data({ groupInfo: { groupId: '', type: 'DELIVER' }, message: 'x' }))],
  ])('bad input is on record and throws nothing: %j', async (params) => {
    const steps = await decoded(new MemoryKv(), params);
    expect(steps).toHaveLength(1);
    expect(steps[0]?.kind).toBe('event');
  });
});
