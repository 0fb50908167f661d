import { describe, expect, test } from '@jest/globals';
import { must, parseRemoteId } from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { Unreadable } from '../../../../src/core/policy-words.ts';
import { messageGoingOut, messageOf } from '../../../../src/policy/judging/message-of.ts';
import type { Piece } from '../../../../src/policy/message.ts';
import { alice, ann, event, recorded, said, sales, sms, smsDraft, textDraft } from './made-entries.ts';

type Shown = readonly [what: Piece['what'], text: string];
type Row = readonly [
  what: string,
  content: JsonObject,
  pieces: readonly Shown[],
  unread?: readonly { readonly why: Unreadable; readonly part?: number }[],
  type?: string,
];

const card = '4111 1111 1111 1111';
const mxc = 'mxc://acme.example/abc';
const edit = { rel_type: 'm.replace', event_id: '$first' };
const answers = [
  { id: '1', 'org.matrix.msc1767.text': 'Yes' },
  { id: '2', 'org.matrix.msc1767.text': 'No' },
];
const stableAnswers = [{ 'm.id': '1', 'm.text': [{ body: 'Yes' }] }];
const poll = 'org.matrix.msc3381.poll.start';

const rows: readonly Row[] = [
  ['a text', { msgtype: 'm.text', body: card }, [['body', card]]],
  ['an action', { msgtype: 'm.emote', body: 'waves' }, [['body', 'waves']]],
  ['a notice', { msgtype: 'm.notice', body: card }, [['body', card]]],
  ['a message without a type', { body: card }, [['body', card]]],
  ['an empty text', { msgtype: 'm.text', body: '  ' }, []],
  ['a redacted message', {}, []],
  ['a text that is none', { msgtype: 'm.text', body: 7 }, []],
  [
    'a formatted text',
    { msgtype: 'm.text', body: 'see', format: 'org.matrix.custom.html', formatted_body: `<b>${card}</b>` },
    [
      ['body', 'see'],
      ['html', card],
    ],
  ],
  ['a formatted text alone', { msgtype: 'm.text', formatted_body: `<i>${card}</i>` }, [['html', card]]],
  ['a formatting without text', { msgtype: 'm.text', body: 'x', formatted_body: '<br>' }, [['body', 'x']]],
  [
    'an edit: its new content alone',
    { msgtype: 'm.text', body: '* new', 'm.new_content': { msgtype: 'm.text', body: 'new' }, 'm.relates_to': edit },
    [['body', 'new']],
  ],
  [
    'an edit with formatted text',
    {
      body: '* n',
      'm.new_content': { msgtype: 'm.text', body: 'n', formatted_body: '<p>m</p>' },
      'm.relates_to': edit,
    },
    [
      ['body', 'n'],
      ['html', 'm\n'],
    ],
  ],
  ['an edit without a new content', { msgtype: 'm.text', body: card, 'm.relates_to': edit }, [['body', card]]],
  [
    'a new content that edits nothing: both',
    { msgtype: 'm.text', body: 'shown', 'm.new_content': { msgtype: 'm.text', body: 'sent' } },
    [
      ['body', 'shown'],
      ['body', 'sent'],
    ],
  ],
  [
    'a picture',
    { msgtype: 'm.image', body: 'card.png', url: mxc },
    [['file-name', 'card.png']],
    [{ why: 'image', part: 0 }],
  ],
  [
    'a picture with a caption',
    { msgtype: 'm.image', body: card, filename: 'a.png', url: mxc },
    [
      ['caption', card],
      ['file-name', 'a.png'],
    ],
    [{ why: 'image', part: 0 }],
  ],
  [
    'a picture with a formatted caption',
    { msgtype: 'm.image', body: 'see', formatted_body: '<b>it</b>', filename: 'a.png', url: mxc },
    [
      ['caption', 'see'],
      ['html', 'it'],
      ['file-name', 'a.png'],
    ],
    [{ why: 'image', part: 0 }],
  ],
  [
    'a picture named twice',
    { msgtype: 'm.image', body: 'a.png', filename: 'a.png', url: mxc },
    [['file-name', 'a.png']],
    [{ why: 'image', part: 0 }],
  ],
  [
    'an edited picture',
    { body: '* x', 'm.new_content': { msgtype: 'm.image', body: 'b.png', url: mxc }, 'm.relates_to': edit },
    [['file-name', 'b.png']],
    [{ why: 'image', part: 2 }],
  ],
  ['a video', { msgtype: 'm.video', body: 'v.mp4' }, [['file-name', 'v.mp4']], [{ why: 'video', part: 0 }]],
  ['a voice message', { msgtype: 'm.audio', body: 'v.ogg' }, [['file-name', 'v.ogg']], [{ why: 'voice', part: 0 }]],
  [
    'a file, which is looked at when it is stored',
    { msgtype: 'm.file', body: 'l.pdf', url: mxc },
    [['file-name', 'l.pdf']],
  ],
  ['a file without a name', { msgtype: 'm.file' }, [], [{ why: 'missing', part: 0 }]],
  [
    'a file that its sender encrypted',
    { msgtype: 'm.image', body: 'a.png', file: { url: mxc, key: {} } },
    [['file-name', 'a.png']],
    [{ why: 'encrypted', part: 0 }],
  ],
  [
    'a place',
    { msgtype: 'm.location', body: 'the bank', geo_uri: 'geo:1,2' },
    [['body', 'the bank']],
    [{ why: 'location' }],
  ],
  ['a type that nobody knows', { msgtype: 'x.new', body: card }, [['body', card]], [{ why: 'unknown-type' }]],
  ['a type that is a number', { msgtype: 7, body: card }, [['body', card]], [{ why: 'unknown-type' }]],
  ['the name of a method', { msgtype: 'constructor', body: 'x' }, [['body', 'x']], [{ why: 'unknown-type' }]],
  ['a verification', { msgtype: 'm.key.verification.request', body: 'hi' }, [['body', 'hi']]],
  ['a sticker', { body: 'a cat', url: mxc }, [['file-name', 'a cat']], [{ why: 'image', part: 0 }], 'm.sticker'],
  ['an encrypted event', { ciphertext: 'AAAA' }, [], [{ why: 'encrypted' }], 'm.room.encrypted'],
  [
    'a poll as clients write it',
    { [poll]: { question: { 'org.matrix.msc1767.text': 'Card?', body: 'Card?' }, answers } },
    [
      ['option', 'Card?'],
      ['option', 'Yes'],
      ['option', 'No'],
    ],
    [],
    poll,
  ],
  [
    'a poll as Matrix 1.7 writes it',
    { 'm.poll': { question: { 'm.text': [{ body: 'Card?' }] }, answers: stableAnswers } },
    [
      ['option', 'Card?'],
      ['option', 'Yes'],
    ],
    [],
    'm.poll.start',
  ],
  ['a poll that says nothing', { 'm.poll': {} }, [], [{ why: 'poll' }], 'm.poll.start'],
  ['a poll that is none', { 'm.poll': 'x' }, [], [{ why: 'poll' }], 'm.poll.start'],
  ['a poll with broken answers', { 'm.poll': { answers: [null, 1, 'x'] } }, [], [{ why: 'poll' }], 'm.poll.start'],
  ['a reaction', { 'm.relates_to': { key: '👍🏽' } }, [], [], 'm.reaction'],
  ['a reaction with a flag', { 'm.relates_to': { key: '🏴󠁧󠁢󠁥󠁮󠁧󠁿' } }, [], [], 'm.reaction'],
  ['a reaction that is a picture', { 'm.relates_to': { key: mxc } }, [], [], 'm.reaction'],
  ['a reaction with words', { 'm.relates_to': { key: 'call me' } }, [['reaction', 'call me']], [], 'm.reaction'],
  ['a reaction with a number', { 'm.relates_to': { key: '4 1 1 1' } }, [['reaction', '4 1 1 1']], [], 'm.reaction'],
  ['a reaction to nothing', {}, [], [], 'm.reaction'],
  ['a topic', { topic: card }, [['topic', card]], [], 'm.room.topic'],
  [
    'a topic in two forms',
    { topic: 'a', 'm.topic': { 'm.text': [{ body: 'a' }, { body: 'b' }] } },
    [
      ['topic', 'a'],
      ['topic', 'b'],
    ],
    [],
    'm.room.topic',
  ],
  ['a name', { name: card }, [['name', card]], [], 'm.room.name'],
  ['a membership', { membership: 'join', displayname: card }, [], [], 'm.room.member'],
  ['a redaction', { reason: 'x' }, [], [], 'm.room.redaction'],
  ['a type like a method', { body: card }, [], [], 'toString'],
];

describe('What is judged of an event', () => {
  test.each(rows)('%s', (...[, content, pieces, unread = [], type = 'm.room.message']) => {
    const message = messageOf(said(content, { type }));
    expect(message?.pieces.map(({ what, text }) => [what, text]) ?? []).toEqual(pieces);
    expect(message?.unread ?? []).toEqual(unread);
    expect(message === undefined).toBe(pieces.length === 0 && unread.length === 0);
  });

  test('marks what quotes somebody else, in the body and in the formatted body', () => {
    const body = `> <@bob:acme.example> ${card}\n\nmine`;
    const message = messageOf(said({ msgtype: 'm.text', body, formatted_body: `<mx-reply>${card}</mx-reply>mine` }));
    const quotes = message?.pieces.map(({ text, quoted }) => quoted.map(({ start, end }) => text.slice(start, end)));
    expect(quotes).toEqual([[`> <@bob:acme.example> ${card}\n`], [expect.stringContaining(card)]]);
  });

  test('has a content that is the same for the same words, and another one for other words, files or unread things', () => {
    const contentOf = (content: JsonObject) => messageOf(said(content))?.content;
    const picture = { msgtype: 'm.image', body: 'a.png', url: mxc };
    const contents = [
      contentOf({ msgtype: 'm.text', body: 'a' }),
      contentOf({ msgtype: 'm.text', body: 'b' }),
      contentOf({ msgtype: 'm.text', body: 'a', formatted_body: '<b>c</b>' }),
      contentOf(picture),
      contentOf({ ...picture, url: `${mxc}d` }),
      contentOf({ ...picture, url: undefined, file: { url: `${mxc}e` } }),
      contentOf({ ...picture, msgtype: 'm.video' }),
    ];
    expect(new Set(contents).size).toBe(contents.length);
    expect(contentOf({ msgtype: 'm.text', body: 'a', 'x.more': 1 })).toBe(contents[0]);
    expect(contents[0]).toMatch(/^[0-9a-f]{64}$/u);
  });
});

describe('What is judged of other entries', () => {
  test('is the text of a customer, and what of it is missing', () => {
    const draft = smsDraft(card);
    const whole = messageOf(recorded(draft, 7));
    expect(whole).toMatchObject({ of: 7, pieces: [{ what: 'body', text: card, quoted: [] }], unread: [] });
    const part = messageOf(recorded({ ...draft, body: { ...draft.body, missing: 'part 2 of 3' } }));
    expect(part?.unread).toEqual([{ why: 'missing' }]);
  });

  test('is what a customer changed a text to, and what of it is missing still', () => {
    const { at, source, body } = smsDraft(card);
    const { connector, network, from, to, text } = body;
    const target = must(parseRemoteId('m1'));
    const edit = { at, source, kind: 'network.edit', body: { connector, network, from, to, text, target } } as const;
    expect(messageOf(recorded(edit, 8))).toMatchObject({ of: 8, pieces: [{ text: card }], unread: [] });
    const part = messageOf(recorded({ ...edit, body: { ...edit.body, missing: 'part 3 of 3' } }));
    expect(part?.unread).toEqual([{ why: 'missing' }]);
  });

  test('is the first text of a chat that somebody wants', () => {
    const wanted = {
      line: sales.id,
      network: sms,
      address: ann,
      by: alice,
      because: recorded(textDraft('x')).position,
    };
    const draft = { kind: 'portal.wanted', at: textDraft('x').at, source: textDraft('x').source } as const;
    expect(messageOf(recorded({ ...draft, body: { ...wanted, text: card } }))?.pieces).toMatchObject([{ text: card }]);
    expect(messageOf(recorded({ ...draft, body: wanted }))).toBeUndefined();
  });

  test('is nothing of what nobody said', () => {
    const { at, source } = textDraft('x');
    expect(messageOf(recorded({ kind: 'system.stopped', at, source, body: { why: card } }))).toBeUndefined();
  });
});

describe('What is judged of a message that goes out', () => {
  const entry = said({ msgtype: 'm.text', body: '> <@b:acme.example> 1\n\nhi', formatted_body: `<b>${card}</b>` });

  test('is the text that goes out and nothing else', () => {
    expect(messageGoingOut(entry, 'hi')).toMatchObject({ pieces: [{ what: 'body', text: 'hi' }], unread: [] });
  });

  test('is none of it a quotation, however its lines begin', () => {
    expect(messageGoingOut(entry, `> ${card}`).pieces).toEqual([{ what: 'body', text: `> ${card}`, quoted: [] }]);
  });

  test('is one content for one text, whatever else is edited', () => {
    const { content } = messageGoingOut(entry, 'hi');
    expect(messageGoingOut(said({ msgtype: 'm.text', body: 'hi' }, { id: event('$other') }), 'hi').content).toBe(
      content,
    );
    expect(messageGoingOut(entry, 'hi ').content).not.toBe(content);
    expect(messageGoingOut(said({ msgtype: 'm.image', body: 'hi', url: mxc }), 'hi').content).not.toBe(content);
  });

  test('bears half a character, which no record can hold', () => {
    expect(messageGoingOut(entry, 'a\ud800').content).toMatch(/^[0-9a-f]{64}$/u);
  });
});
