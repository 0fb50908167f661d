import { describe, expect, test } from '@jest/globals';
import { fileContent, shownKind } from '../../../../src/bridge/files/file-content.ts';
import { cleanFileName, fileName } from '../../../../src/bridge/files/file-name.ts';
import type { FileKind } from '../../../../src/core/network-entries.ts';

const kinds: readonly (readonly [FileKind, string, FileKind])[] = [
  ['image', 'image/jpeg', 'image'],
  ['image', 'image/heic', 'file'],
  ['image', 'image/svg+xml', 'file'],
  ['image', 'application/x-msdownload', 'file'],
  ['image', 'application/xml', 'file'],
  ['video', 'video/mp4', 'video'],
  ['video', 'image/png', 'file'],
  ['audio', 'audio/mpeg', 'audio'],
  ['voice', 'audio/ogg', 'voice'],
  ['voice', 'video/mp4', 'voice'],
  ['voice', 'application/zip', 'file'],
  ['animation', 'video/mp4', 'animation'],
  ['animation', 'image/gif', 'image'],
  ['sticker', 'image/webp', 'sticker'],
  ['sticker', 'video/webm', 'animation'],
  ['sticker', 'application/gzip', 'file'],
  ['file', 'image/png', 'file'],
];

describe('a file as a room event', () => {
  test.each(kinds)('that calls itself %s and is %s is shown as %s', (kind, type, shown) => {
    expect(shownKind(kind, type)).toBe(shown);
  });

  test('has a caption beside its name', () => {
    const caption = { body: 'two herons', format: 'org.matrix.custom.html', formatted_body: '<b>two</b> herons' };
    const attachment = { kind: 'image', ref: 'r', name: 'h.png', width: 4, height: 3, durationMs: 9 } as const;
    expect(fileContent({ attachment, stored: { type: 'image/png', size: 7 }, url: 'mxc://a/b', caption })).toEqual({
      type: 'm.room.message',
      content: {
        ...{ msgtype: 'm.image', url: 'mxc://a/b', filename: 'h.png', ...caption },
        info: { mimetype: 'image/png', size: 7, w: 4, h: 3 },
      },
    });
  });

  test('that is a voice message says so to clients that know it, with its length', () => {
    const attachment = { kind: 'voice', ref: 'r', durationMs: 2_500 } as const;
    const stored = { type: 'audio/ogg; codecs=opus', size: 7 };
    expect(fileContent({ attachment, stored, url: 'mxc://a/b' }).content).toEqual({
      ...{ msgtype: 'm.audio', body: 'voice-message.ogg', filename: 'voice-message.ogg', url: 'mxc://a/b' },
      info: { mimetype: 'audio/ogg', size: 7, duration: 2_500 },
      'org.matrix.msc3245.voice': {},
      'org.matrix.msc1767.audio': { duration: 2_500 },
    });
  });

  test('that is a sticker is one', () => {
    const attachment = { kind: 'sticker', ref: 'r', width: -1, height: 5 } as const;
    expect(fileContent({ attachment, stored: { type: 'image/webp', size: 7 }, url: 'mxc://a/b' })).toEqual({
      type: 'm.sticker',
      content: { body: 'sticker.webp', url: 'mxc://a/b', info: { mimetype: 'image/webp', size: 7 } },
    });
  });
});

describe('a name that an outsider chose', () => {
  test.each([
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\temp\\a.txt', 'C__temp_a.txt'],
    ['a\u0000b\nc.txt', 'abc.txt'],
    ['\u200b\u00ad', undefined],
    ['...', undefined],
    ['', undefined],
    [`${'x'.repeat(500)}.pdf`, `${'x'.repeat(116)}.pdf`],
    ['\ud83d\ude00 ok.png', '\ud83d\ude00 ok.png'],
    ['half \ud83d.png', 'half .png'],
  ])('%j is %j', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean);
  });

  test('is made where there is none', () => {
    expect(fileName(undefined, 'image', 'image/jpeg')).toBe('picture.jpg');
    expect(fileName('\u202e', 'file', 'application/x-unknown')).toBe('file');
  });
});
