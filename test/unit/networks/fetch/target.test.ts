import { describe, expect, test } from '@jest/globals';
import { parseTarget } from '../../../../src/networks/fetch/target.ts';

const nobody: ReadonlySet<string> = new Set();

describe('a link from outside', () => {
  test.each([
    ['https://upload.example/a/b?c=d#e', 'upload.example:443'],
    ['http://upload.example', 'upload.example:80'],
    ['https://upload.example:5443/slot', 'upload.example:5443'],
    ['https://[2606:4700:4700::1111]/', '[2606:4700:4700::1111]:443'],
  ])('%s is asked at %s', (link, where) => {
    expect(parseTarget(link, nobody)).toMatchObject({ ok: true, value: { where, trusted: false } });
  });

  test('in another writing of an address is the address', () => {
    for (const link of ['http://0x7f.1/', 'http://2130706433/', 'http://127.1/', 'http://0177.0.0.1/']) {
      expect(parseTarget(link, nobody)).toMatchObject({ ok: true, value: { host: '127.0.0.1' } });
    }
  });

  test.each([
    ['file:///etc/passwd', 'neither http nor https'],
    ['ftp://upload.example/a', 'neither http nor https'],
    ['gopher://upload.example/', 'neither http nor https'],
    ['upload.example/a', 'not a link'],
    ['https://name:word@upload.example/a', 'upload.example:443: a link with a user in it'],
    ['http://upload.example:22/', "upload.example:22: a port that is not the web's"],
    ['http://upload.example:25/', "upload.example:25: a port that is not the web's"],
    ['http://upload.example:6379/', "upload.example:6379: a port that is not the web's"],
    ['http://upload.example:11211/', "upload.example:11211: a port that is not the web's"],
    [`https://upload.example/${'a'.repeat(8_192)}`, 'a link of more than 8,192 characters'],
  ])('%s is refused', (link, error) => {
    expect(parseTarget(link, nobody)).toEqual({ ok: false, error });
  });

  test('that the admin named is asked at any port', () => {
    const trusted = new Set(['files.inside:25', '[fd00::1]:8443']);
    expect(parseTarget('http://files.inside:25/a', trusted)).toMatchObject({ ok: true, value: { trusted: true } });
    expect(parseTarget('https://[fd00::1]:8443/a', trusted)).toMatchObject({
      ok: true,
      value: { trusted: true, host: 'fd00::1' },
    });
    expect(parseTarget('http://files.inside:26/a', trusted)).toMatchObject({ ok: false });
  });
});
