import { describe, expect, test } from '@jest/globals';
import { mediaSection } from '../../../src/config/schema/outflows.ts';

const parsed = (media: unknown): unknown => mediaSection.parse(media);
const message = (media: unknown): string => mediaSection.safeParse(media).error?.issues[0]?.message ?? '';

describe('media in the config', () => {
  test('asks nobody, and shows nothing that a scanner would have to see first', () => {
    expect(parsed(undefined)).toEqual({ scan: 'none', unscanned: 'hold', maxSize: 50 * 1024 * 1024, fetchFrom: [] });
  });

  test.each([
    [{ clamd: '127.0.0.1:3310' }, { clamd: { host: '127.0.0.1', port: 3310 } }],
    [{ clamd: 'clamav.acme.example' }, { clamd: { host: 'clamav.acme.example', port: 3310 } }],
    [{ clamd: '[::1]:3311' }, { clamd: { host: '::1', port: 3311 } }],
    [{ clamd: '/run/clamav/clamd.ctl' }, { clamd: { path: '/run/clamav/clamd.ctl' } }],
    [{ icap: 'icap://10.0.0.9/avscan' }, { icap: { host: '10.0.0.9', port: 1344, service: 'avscan' } }],
    [{ icap: 'icap://av:1345/srv_clamav?allow204=on' }, undefined],
    [{ icap: 'icap://av:1345/a/b' }, { icap: { host: 'av', port: 1345, service: 'a/b' } }],
    [{ command: ['clamdscan', '-'] }, { command: ['clamdscan', '-'] }],
  ])('knows the scanner %j', (scan, known) => {
    const found = mediaSection.safeParse({ scan });
    expect(found.success ? found.data.scan : undefined).toEqual(known);
  });

  test('says what is wrong with a scanner, and what to write', () => {
    for (const scan of [{ clamd: 'a b' }, { icap: 'http://a/b' }, 'clamd', { clamd: 3310 }]) {
      expect(message({ scan })).toMatch(/is not a scanner\nwrite none, \{clamd: "127.0.0.1:3310"\}/u);
    }
  });

  test('names private places by host and port', () => {
    expect(parsed({ fetchFrom: ['Upload.acme.example:5443', '[fd00::1]:443'] })).toMatchObject({
      fetchFrom: ['upload.acme.example:5443', '[fd00::1]:443'],
    });
    for (const place of ['upload.acme.example', 'https://upload.acme.example:443', 'a:0', 'a:70000', '[a]:1']) {
      expect(message({ fetchFrom: [place] })).toContain('such as upload.acme.example:5443');
    }
  });
});
