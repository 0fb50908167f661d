import { describe, expect, test } from '@jest/globals';
import { answered, refused } from '../../../src/bot/answer.ts';
import { cut, inertLines, oneLine } from '../../../src/bot/quote.ts';
import { escapeHtml } from '../../../src/core/escape-html.ts';
import { answerContent, fileContent, fitted } from '../../../src/bot/render.ts';
import { alice, position, typed } from './samples.ts';

const to = typed('!c search x');
const replying = { to, command: 'search' };

describe('an answer', () => {
  test('replies to its command, pings nobody, and tells programs its code', () => {
    const content = answerContent(answered('Nothing found.', { code: 'not-found', data: { total: 0 } }), replying);
    expect(content).toEqual({
      msgtype: 'm.notice',
      body: 'Nothing found.',
      format: 'org.matrix.custom.html',
      formatted_body: 'Nothing found.',
      'm.mentions': {},
      'm.relates_to': { 'm.in_reply_to': { event_id: to.event } },
      'org.gatehouse.answer': { command: 'search', code: 'not-found', data: { total: 0 } },
    });
  });

  test('that must be noticed is a text that mentions its asker alone', () => {
    const content = answerContent(refused('usage', 'Not sent.', { urgent: true }), replying);
    expect(content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice] } });
  });

  test('that quotes records carries their positions', () => {
    const content = answerContent(answered('x', { positions: [position(4), position(7)] }), replying);
    expect(content['org.gatehouse.refs']).toEqual([4, 7]);
  });

  test('shows markup as text', () => {
    const content = answerContent(answered('<img src=x onerror=alert(1)>\n& "a"'), replying);
    expect(content['formatted_body']).toBe('&lt;img src=x onerror=alert(1)&gt;<br>&amp; &quot;a&quot;');
    expect(content['body']).toBe('<img src=x onerror=alert(1)>\n& "a"');
  });

  test('that is too long for a phone comes as a file under its first lines', () => {
    const lines = Array.from({ length: 61 }, (_, i) => `line ${i + 1}`);
    const answer = fitted(answered(lines.join('\n')), 'help');
    expect(answer.text).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n… the rest is in the file.');
    expect(answer.file?.name).toBe('help.txt');
    expect(Buffer.from(answer.file?.bytes ?? []).toString('utf8')).toBe(`${lines.join('\n')}\n`);
    const content = fileContent(answer.file ?? { name: '', type: '', bytes: new Uint8Array() }, 'mxc://a/b', {
      answer,
      to,
    });
    expect(content).toMatchObject({ msgtype: 'm.file', url: 'mxc://a/b', filename: 'help.txt', 'm.mentions': {} });
  });

  test('of one long line still fits an event', () => {
    const answer = fitted(answered('x'.repeat(200_000)), 'show');
    expect(answer.text.length).toBeLessThan(4_000);
    expect(answer.file?.bytes.byteLength).toBe(200_001);
  });
});

describe('other people’s words in ours', () => {
  test.each([
    ['Hi @room!', 'Hi @\u2060room!'],
    ['Hi @ROOM', 'Hi @\u2060ROOM'],
    ['@roommate', '@roommate'],
    ['https://matrix.to/#/@alice:acme.example', 'https://matrix\u2060.to/#/@alice:acme.example'],
    ['pay \u202egnp.exe\u202c now', 'pay gnp.exe now'],
    ['\u2066left\u2069 \u200eright\u200f', 'left right'],
    ['a\u0000b\u0007c', 'a b c'],
    ['one\ntwo\r\nthree', 'one two three'],
    ['z\u200be\u200br\ufeffo', 'zero'],
    ['ma\u200btrix.to', 'matrix\u2060.to'],
    ['matrix:u/olivia:acme.example', 'matrix\u2060:u/olivia:acme.example'],
    ['https://chat.acme.example/#/user/@o:a.example', 'https://chat.acme.example/#\u2060/user/@o:a.example'],
  ])('%j is shown as %j', (given, shown) => {
    expect(oneLine(given)).toBe(shown);
  });

  test('keep their lines where a record is shown in full', () => {
    expect(inertLines('one\r\n@room\ntwo')).toBe('one\n@\u2060room\ntwo');
  });

  test('are cut by whole characters', () => {
    expect(cut('👍👍👍👍', 3)).toBe('👍👍…');
    expect(cut('abc', 3)).toBe('abc');
  });

  test('can open no tag and no attribute', () => {
    expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe('&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;');
  });
});
