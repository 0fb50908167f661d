/** The updates that Telegram publishes for testing bots: core.telegram.org/bots/webhooks, "Testing your bot with updates". */
import { describe, expect, test } from '@jest/globals';
import { one } from './read.ts';

const person = { last_name: 'Test Lastname', id: 1111111, first_name: 'Test Firstname', username: 'Testusername' };
const chat = { ...person, type: 'private' };
const base = { date: 1441645532, chat, message_id: 1365, from: person };
const update = (message: object) => ({ update_id: 10000, message: { ...base, ...message } });
const ends = { from: 'tg:1111111', to: '@acmebot' };
const said = { ...ends, fromName: 'Test Firstname Test Lastname', remoteId: '1111111/1365' };

describe('the published updates', () => {
  test('a text', () => {
    expect(one(update({ text: '/start' }))).toMatchObject({
      kind: 'message',
      id: 'message/1111111/1365',
      sure: true,
      at: 1441645532000,
      message: { ...said, text: '/start' },
    });
  });

  test('a text whose chat says no type', () => {
    const old = { last_name: 'Test Lastname', id: 1111111, first_name: 'Test', username: 'Test' };
    const message = { date: 1441645532, chat: old, message_id: 1365, from: old, text: '/start' };
    expect(one({ update_id: 10000, message })).toMatchObject({ message: { ...ends, text: '/start' } });
  });

  test('a forwarded message, and one forwarded from a channel', () => {
    const forwarded = { last_name: 'Forward Lastname', id: 222222, first_name: 'Forward Firstname' };
    expect(one(update({ forward_from: forwarded, forward_date: 1441645550, text: '/start' }))).toMatchObject({
      message: {
        ...said,
        text: '/start',
        forwarded: 'once',
        wire: { forwardedFrom: 'Forward Firstname Forward Lastname' },
      },
    });
    const channel = { id: -10000000000, type: 'channel', title: 'Test channel' };
    expect(one(update({ forward_from: channel, forward_date: 1441645550, text: '/start' }))).toMatchObject({
      message: { ...said, text: '/start', forwarded: 'once' },
    });
  });

  test('a reply', () => {
    const to = {
      date: 1441645000,
      chat: { last_name: 'Reply Lastname', type: 'private', id: 1111112, first_name: 'Reply Firstname' },
      message_id: 1334,
      text: 'Original',
    };
    expect(one(update({ text: '/start', reply_to_message: to }))).toMatchObject({
      message: { ...said, replyTo: { id: '1111112/1334', text: 'Original' } },
    });
  });

  test('an edited message', () => {
    const edited_message = { ...base, text: 'Edited text', edit_date: 1441646600 };
    expect(one({ update_id: 10000, edited_message })).toMatchObject({
      kind: 'edit',
      id: 'edit/1111111/1365/1441646600/10000',
      at: 1441646600000,
      edit: { ...ends, target: '1111111/1365', text: 'Edited text' },
    });
  });

  test('a text with entities in no order', () => {
    const entities = [
      { type: 'italic', offset: 9, length: 7 },
      { type: 'bold', offset: 0, length: 4 },
    ];
    expect(one(update({ text: 'Bold and italics', entities }))).toMatchObject({
      message: {
        text: 'Bold and italics',
        marks: [
          { as: 'bold', start: 0, length: 4 },
          { as: 'italic', start: 9, length: 7 },
        ],
      },
    });
  });

  test('music, a voice message and a document', () => {
    const file_id = 'AwADBAADbXXXXXXXXXXXGBdhD2l6_XX';
    const audio = { file_id, duration: 243, mime_type: 'audio/mpeg', file_size: 3897500, title: 'Test music file' };
    expect(one(update({ audio }))).toMatchObject({
      message: {
        text: '',
        attachments: [
          {
            kind: 'audio',
            ref: file_id,
            type: 'audio/mpeg',
            size: 3897500,
            durationMs: 243000,
            name: 'Test music file',
          },
        ],
      },
    });
    const voice = { file_id, duration: 5, mime_type: 'audio/ogg', file_size: 23000 };
    expect(one(update({ voice }))).toMatchObject({
      message: { attachments: [{ kind: 'voice', ref: file_id, size: 23000, durationMs: 5000 }] },
    });
    const document = { file_id, file_name: 'Testfile.pdf', mime_type: 'application/pdf', file_size: 536392 };
    expect(one(update({ document }))).toMatchObject({
      message: { attachments: [{ kind: 'file', ref: file_id, name: 'Testfile.pdf', type: 'application/pdf' }] },
    });
  });

  test.each(['inline_query', 'chosen_inline_result', 'callback_query'])('%s is no message, and on record', (kind) => {
    const held = { id: 134567890097, from: chat, query: 'inline query', offset: '' };
    expect(one({ update_id: 10000, [kind]: held })).toMatchObject({
      kind: 'unsupported',
      what: `an update of a kind that is not known here (${kind.replaceAll('_', ' ')})`,
    });
  });
});
