import { describe, expect, test } from '@jest/globals';
import { bareOf, escapeLocal, fullOf, readJid, readWritten, unescapeLocal } from '../../../../src/networks/xmpp/jid.ts';

function read(text: string): string | undefined {
  const jid = readJid(text);
  return jid === undefined ? undefined : fullOf(jid);
}

describe('an XMPP address', () => {
  test.each([
    ['Bob@Example.ORG/Home', 'bob@example.org/Home'],
    ['bob@example.org/a resource with spaces/and @ signs', 'bob@example.org/a resource with spaces/and @ signs'],
    ['sms.example', 'sms.example'],
    ['example.org.', 'example.org'],
    ['ｂｏｂ@example.org', 'bob@example.org'],
    ['BÜCHER@XN--BCHER-KVA.example', 'bücher@bücher.example'],
    ['d\\27artagnan@musketeers.lit', 'd\\27artagnan@musketeers.lit'],
    ['bob@[::1]', 'bob@[::1]'],
  ])('%s is %s', (text, jid) => {
    expect(read(text)).toBe(jid);
  });

  test.each([
    '',
    '@',
    '@example.org',
    'bob@',
    'bob@@example.org',
    'bob@example.org/',
    'bo b@example.org',
    "d'artagnan@x.y",
  ])('%j is none', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test('is none with a control character, or a part longer than 1,023 bytes', () => {
    expect(read('bob@example.org/\u0007')).toBeUndefined();
    expect(read('bo\u200bb@example.org')).toBeUndefined();
    expect(read(`${'b'.repeat(1_024)}@example.org`)).toBeUndefined();
  });

  test('its bare form has no resource', () => {
    const jid = readJid('bob@example.org/x');
    expect(jid === undefined ? '' : bareOf(jid)).toBe('bob@example.org');
  });

  // XEP-0106, table 2 and 3.
  test.each([
    ['space cadet', 'space\\20cadet'],
    ['call me "ishmael"', 'call\\20me\\20\\22ishmael\\22'],
    ['at&t guy', 'at\\26t\\20guy'],
    ["d'artagnan", 'd\\27artagnan'],
    ['/.fanboy', '\\2f.fanboy'],
    ['::foo::', '\\3a\\3afoo\\3a\\3a'],
    ['<foo>', '\\3cfoo\\3e'],
    ['user@host', 'user\\40host'],
    ['c:\\net', 'c\\3a\\net'],
    ['c:\\cool stuff', 'c\\3a\\cool\\20stuff'],
    ['c:\\5commas', 'c\\3a\\5c5commas'],
  ])('the local part %j is written %j, and read back', (plain, escaped) => {
    expect(escapeLocal(plain)).toBe(escaped);
    expect(unescapeLocal(escaped)).toBe(plain);
  });

  test.each([
    ['xmpp:Bob@example.org', 'bob@example.org'],
    ['xmpp:bob@example.org?message;body=hi', 'bob@example.org'],
    [" d'artagnan@musketeers.lit ", 'd\\27artagnan@musketeers.lit'],
    ['room@rooms.example/Some Nick', 'room@rooms.example/Some Nick'],
  ])('what a person writes as %j is %j', (written, address) => {
    expect(readWritten(written)).toEqual({ ok: true, value: address });
  });

  test.each(['bob', '+12025550199', 'example.org', '@x'])('%j is told to be no address', (written) => {
    expect(readWritten(written)).toMatchObject({ ok: false });
  });
});
