import { describe, expect, test } from '@jest/globals';
import { filledHeader, filledJson, filledPath, placesIn, uuidOf } from '../../../../src/networks/http/template.ts';
import { rendered } from '../../../../src/networks/http/request.ts';

const nasty = [
  '"}],"to":"U999","x":[{"a":"',
  '\\"',
  'a\r\nX-Injected: 1',
  '../../v1/admin',
  '..',
  '.',
  '%2e%2e',
  'a/b?c=d&e=f#g',
  '{to} {secret.token}',
  '\u2028\u0000',
  '\ud800',
  '😀 é',
];

describe('a value in a template', () => {
  test.each(nasty)('stays one string in JSON: %j', (text) => {
    const json = filledJson({ to: '{to}', messages: [{ type: 'text', text: 'They say: {text}' }] }, { to: 'U1', text });
    expect(JSON.parse(JSON.stringify(json))).toEqual({
      to: 'U1',
      messages: [{ type: 'text', text: `They say: ${text}` }],
    });
  });

  test.each(nasty)('stays one field of a form: %j', (text) => {
    const template = { method: 'POST' as const, path: '/send', headers: {}, form: { Body: '{text}', To: '{to}' } };
    const request = rendered(template, { to: '+1', text });
    const body = request?.wish.body;
    const fields = new URLSearchParams(typeof body === 'string' ? body : '');
    expect([...fields.keys()]).toEqual(['Body', 'To']);
    expect(fields.get('Body')).toBe(text.toWellFormed());
  });

  test.each(['.', '..'])('that would climb out of its path is refused: %j', (to) => {
    expect(filledPath('/v1/users/{to}/messages', { to })).toBeUndefined();
  });

  test.each(nasty.filter((text) => text.isWellFormed() && !/^\.{1,2}$/u.test(text)))(
    'stays one segment of a path: %j',
    (to) => {
      const url = new URL(
        filledPath('/v1/users/{to}/messages?text={text}', { to, text: to }) ?? '',
        'https://api.example',
      );
      expect(url.origin).toBe('https://api.example');
      expect(url.pathname.split('/')).toHaveLength(5);
      expect(decodeURIComponent(url.pathname.split('/')[3] ?? '')).toBe(to);
      expect(url.searchParams.get('text')).toBe(to);
      expect([...url.searchParams.keys()]).toEqual(['text']);
    },
  );

  test('that has half a character is sent without it', () => {
    expect(filledPath('/v1/{to}', { to: 'a\ud800' })).toBe('/v1/a%EF%BF%BD');
  });

  test.each(nasty)('stays in its header: %j', (text) => {
    expect(filledHeader('Bearer {text}', { text })).toMatch(/^Bearer [\x20-\x7e]*$/u);
  });

  test('is not looked at for places of its own', () => {
    const values = { text: '{secret.token}', 'secret.token': 'hidden' };
    expect(filledJson('{text}', values)).toBe('{secret.token}');
    expect(filledHeader('{text}', values)).toBe('{secret.token}');
  });

  test('that is not there takes its member with it', () => {
    const template = { text: '{text}', reply: { mid: '{reply}' }, list: ['{reply}', '{text}'] };
    expect(filledJson(template, { text: 'hi', reply: undefined })).toEqual({ text: 'hi', list: ['hi'] });
    expect(filledJson(template, { text: 'hi', reply: 'm1' })).toEqual({
      text: 'hi',
      reply: { mid: 'm1' },
      list: ['m1', 'hi'],
    });
  });

  test('that is a number is one where it stands alone in JSON, and is written out in words', () => {
    const values = { latitude: 52.5, size: 0 };
    expect(filledJson({ at: '{latitude}', size: '{size}', words: 'at {latitude}' }, values)).toEqual({
      ...{ at: 52.5, size: 0, words: 'at 52.5' },
    });
    expect(filledPath('/v1/{latitude}', values)).toBe('/v1/52.5');
  });

  test('is named by letters and a dot', () => {
    expect(placesIn('{to} {Text} {secret.token} { to } {}')).toEqual(['to', 'secret.token']);
  });
});

describe('the key of a position', () => {
  test('is a UUID of version 5, the same each time, and of one connector alone', () => {
    expect(uuidOf('line/7')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(uuidOf('line/7')).toBe(uuidOf('line/7'));
    expect(uuidOf('line/7')).not.toBe(uuidOf('line2/7'));
  });
});
