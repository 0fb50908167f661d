import { describe, expect, test } from '@jest/globals';
import { fit, type FittingFile } from '../../../../src/bridge/files/file-fit.ts';
import { sentFile } from '../../../../src/bridge/files/sent-file.ts';
import { trueType } from '../../../../src/bridge/files/true-type.ts';
import type { MatrixEvent } from '../../../../src/core/entry.ts';
import { must, parseEventId, parseRoomId, parseUserId } from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { FileKind } from '../../../../src/core/network-entries.ts';
import type { Capabilities } from '../../../../src/core/ports/capabilities.ts';

function event(content: JsonObject, type = 'm.room.message'): MatrixEvent {
  return {
    event_id: must(parseEventId('$e')),
    room_id: must(parseRoomId('!r:acme.example')),
    sender: must(parseUserId('@alice:acme.example')),
    origin_server_ts: 1,
    ...{ type, content },
  };
}

const carries = (
  ...kinds: readonly (readonly [FileKind, readonly string[], number])[]
): Pick<Capabilities, 'file'> => ({
  file: Object.fromEntries(kinds.map(([kind, mime_types, max_size]) => [kind, { mime_types, max_size, caption: 2 }])),
});

describe("a staff member's file", () => {
  test.each([
    [{ msgtype: 'm.image', body: 'a.png', url: 'mxc://a/b' }, 'image', 'a.png', undefined],
    [{ msgtype: 'm.image', body: 'look', filename: 'a.png' }, 'image', 'a.png', 'look'],
    [{ msgtype: 'm.image', body: 'a.png', filename: 'a.png' }, 'image', 'a.png', undefined],
    [{ msgtype: 'm.audio', body: 'a.ogg', 'org.matrix.msc3245.voice': {} }, 'voice', 'a.ogg', undefined],
    [{ msgtype: 'm.audio', body: 'a.mp3' }, 'audio', 'a.mp3', undefined],
    [{ msgtype: 'm.video', body: 'a.mp4', 'fi.mau.gif': true }, 'animation', 'a.mp4', undefined],
    [{ msgtype: 'm.file', body: 'a\u202Etxt.exe' }, 'file', 'atxt.exe', undefined],
  ])('%j is known', (content, kind, name, caption) => {
    expect(sentFile(event(content))).toMatchObject({ kind, part: 0, name, caption });
  });

  test('of an edit is the new one', () => {
    const content = { msgtype: 'm.image', body: '* b', 'm.new_content': { msgtype: 'm.file', body: 'b.pdf' } };
    expect(sentFile(event(content))).toMatchObject({ kind: 'file', part: 2, name: 'b.pdf' });
  });

  test('may be a sticker; words are none', () => {
    expect(sentFile(event({ body: 'a cat' }, 'm.sticker'))).toMatchObject({ kind: 'sticker', caption: undefined });
    expect(sentFile(event({ msgtype: 'm.text', body: 'a.png' }))).toBeUndefined();
  });
});

describe('what a line carries', () => {
  const sms = carries(['image', ['image/jpeg', 'image/png'], 1_000]);
  const chat = carries(['image', ['image/*'], 1_000], ['file', ['*/*'], 5_000]);

  const cases: readonly (readonly [FittingFile, Pick<Capabilities, 'file'>, unknown])[] = [
    [{ kind: 'image', type: 'image/png', size: 1_000 }, sms, 'image'],
    [{ kind: 'image', type: 'image/webp', size: 10 }, sms, { why: 'type' }],
    [{ kind: 'image', type: 'image/png', size: 1_001 }, sms, { why: 'too-large', most: 1_000 }],
    [{ kind: 'video', type: 'video/mp4', size: 10 }, sms, { why: 'unsupported' }],
    [{ kind: 'file', type: 'image/png', size: 10 }, sms, 'image'],
    [{ kind: 'sticker', type: 'image/webp', size: 10 }, chat, 'image'],
    [{ kind: 'image', type: 'image/png', size: 1_001 }, chat, 'file'],
    [{ kind: 'video', type: 'video/mp4', size: 10 }, chat, 'file'],
    [{ kind: 'voice', type: 'audio/ogg', size: 6_000 }, chat, { why: 'too-large', most: 5_000 }],
    [{ kind: 'image', type: 'image/png', size: 1 }, carries(), { why: 'unsupported' }],
  ];
  test.each(cases)('%j', (file, capabilities, answer) => {
    const found = fit(file, capabilities);
    expect(found.ok ? found.value : found.error).toEqual(answer);
  });
});

describe('what a file is sent as', () => {
  test.each([
    ['image/png', 'image/jpeg', 'image/png'],
    ['text/plain', 'text/csv', 'text/csv'],
    ['text/plain', 'text/html', 'text/plain'],
    ['application/x-cfb', 'application/msword', 'application/msword'],
    ['application/x-cfb', 'application/x-msi', 'application/x-cfb'],
    ['audio/ogg; codecs=opus', undefined, 'audio/ogg'],
    ['application/x-msdownload', 'image/png', 'application/x-msdownload'],
  ])('bytes of %s that are said to be %s go as %s', (looked, said, type) => {
    expect(trueType(looked, said)).toBe(type);
  });
});
