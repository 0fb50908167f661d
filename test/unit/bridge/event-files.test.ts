import { describe, expect, test } from '@jest/globals';
import { filesOf, pictureOf } from '../../../src/bridge/files/event-files.ts';
import type { MatrixEvent } from '../../../src/core/entry.ts';
import { must, parseEventId, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';

const photo = 'mxc://acme.example/photo';
const small = 'mxc://acme.example/small';

function event(content: JsonObject, more: { type?: string; state_key?: string } = {}): MatrixEvent {
  return {
    event_id: must(parseEventId('$e')),
    room_id: must(parseRoomId('!r:acme.example')),
    sender: must(parseUserId('@alice:acme.example')),
    origin_server_ts: 1,
    type: 'm.room.message',
    content,
    ...more,
  };
}

function found(content: JsonObject, more: { type?: string; state_key?: string } = {}): readonly string[] {
  return filesOf(event(content, more)).map((file) => `${file.part} ${file.uri}${file.encrypted ? ' encrypted' : ''}`);
}

describe('the files of an event', () => {
  test.each(['m.image', 'm.file', 'm.audio', 'm.video', 'com.example.new'])(
    'are found in a message of type %s',
    (msgtype) => {
      expect(found({ msgtype, body: 'x', url: photo, info: { thumbnail_url: small } })).toEqual([
        `0 ${photo}`,
        `1 ${small}`,
      ]);
    },
  );

  test('are found in stickers and room pictures', () => {
    expect(found({ body: 'wave', url: photo }, { type: 'm.sticker' })).toEqual([`0 ${photo}`]);
    expect(found({ url: photo }, { type: 'm.room.avatar', state_key: '' })).toEqual([`0 ${photo}`]);
  });

  test('are found encrypted, and the encrypted form counts where both are given', () => {
    const file = { url: photo, v: 'v2', key: { k: 'secret' }, iv: 'iv', hashes: {} };
    const info = { thumbnail_file: { ...file, url: small } };
    expect(found({ msgtype: 'm.file', body: 'x', file, url: 'mxc://acme.example/other', info })).toEqual([
      `0 ${photo} encrypted`,
      `1 ${small} encrypted`,
    ]);
  });

  test('of an edit are those before and after, each once', () => {
    const edited = { msgtype: 'm.image', body: 'x', url: small };
    expect(found({ msgtype: 'm.image', body: '* x', url: photo, 'm.new_content': edited })).toEqual([
      `0 ${photo}`,
      `2 ${small}`,
    ]);
    expect(found({ msgtype: 'm.image', body: '* x', url: small, 'm.new_content': edited })).toEqual([`0 ${small}`]);
  });

  test.each([
    'https://evil.example/x.png',
    'http://169.254.169.254/latest/meta-data',
    'mxc://../x',
    'mxc://acme.example/a/b',
    'mxc://acme.example/a?b',
    'mxc://acme.example/..',
    'mxc://user@acme.example/a',
    'mxc://acme.example',
    'mxc:///a',
    'MXC://acme.example/a b',
    `mxc://acme.example/${'a'.repeat(300)}`,
    '',
    7,
    null,
    { url: photo },
  ])('are only what a media repository has: %j is not asked for', (url) => {
    expect(found({ msgtype: 'm.image', body: 'x', url, info: { thumbnail_url: url } })).toEqual([]);
    expect(found({ msgtype: 'm.image', body: 'x', file: { url } })).toEqual([]);
  });

  test.each([{ info: 'x' }, { file: photo }, { info: { thumbnail_file: 3 } }, { 'm.new_content': [photo] }, {}])(
    'are none in %j',
    (content) => {
      expect(found({ msgtype: 'm.image', body: 'x', ...content })).toEqual([]);
    },
  );

  test('are not looked for in other events', () => {
    expect(found({ url: photo }, { type: 'm.reaction' })).toEqual([]);
    expect(found({ url: photo }, { type: 'm.room.avatar' })).toEqual([]);
  });

  test('are called what their sender calls them; a caption is no name', () => {
    const name = (content: JsonObject) => filesOf(event({ msgtype: 'm.file', url: photo, ...content }))[0]?.name;
    expect(name({ body: 'offer.pdf' })).toBe('offer.pdf');
    expect(name({ body: 'as promised', filename: 'offer.pdf' })).toBe('offer.pdf');
    expect(name({ body: 7 })).toBeUndefined();
    expect(name({ body: '🙂'.repeat(300) })).toBe('🙂'.repeat(255));
  });
});

describe('the picture that an event gives', () => {
  const profile = { membership: 'join', displayname: 'Alice', avatar_url: photo };

  test("is a member's or a room's", () => {
    const member = event(profile, { type: 'm.room.member', state_key: '@alice:acme.example' });
    expect(pictureOf(member)).toEqual({ of: '@alice:acme.example', uri: photo });
    expect(filesOf(member)).toEqual([{ part: 0, uri: photo, encrypted: false }]);
    const room = event({ url: photo }, { type: 'm.room.avatar', state_key: '' });
    expect(pictureOf(room)).toEqual({ of: '!r:acme.example', uri: photo });
  });

  test('is none where somebody leaves, and none of a message', () => {
    const left = event(
      { ...profile, membership: 'leave' },
      { type: 'm.room.member', state_key: '@alice:acme.example' },
    );
    expect(pictureOf(left)).toBeUndefined();
    expect(pictureOf(event({ msgtype: 'm.image', body: 'x', url: photo }))).toBeUndefined();
  });
});
