import { describe, expect, test } from '@jest/globals';
import { inboundContents } from '../../../src/bridge/text/inbound-content.ts';
import { outboundRich } from '../../../src/bridge/text/outbound-rich.ts';
import { harmlessBody } from '../../../src/bridge/text/unpinged.ts';
import { toPlain } from '../../../src/core/rich-text-plain.ts';
import { err, ok } from '../../../src/core/result.ts';

function formatted(html: string, body = 'the body') {
  return { msgtype: 'm.text', body, format: 'org.matrix.custom.html', formatted_body: html };
}

function plain(html: string): string {
  const rich = outboundRich(formatted(html));
  return rich.ok ? toPlain(rich.value) : `error: ${rich.error}`;
}

describe('what staff write', () => {
  test.each([
    ['<strong>Yes</strong>, <em>we</em> do', 'Yes, we do'],
    ['<p>One</p>\n<p>Two<br>Three</p>', 'One\n\nTwo\nThree'],
    ['<ul>\n<li>milk</li>\n<li>eggs<ol start="3"><li>big</li></ol></li>\n</ul>', '- milk\n- eggs\n  3. big'],
    ['<blockquote><p>old</p></blockquote>new', '> old\n\nnew'],
    ['<a href="https://a.example/x">here</a>', 'here (https://a.example/x)'],
    ['<a href="https://a.example">https://a.example</a>', 'https://a.example'],
    ['<a href="javascript:alert(1)">here</a>', 'here'],
    ['Ask <a href="https://matrix.to/#/@bob:acme.example">Bob</a>', 'Ask Bob'],
    ['<mx-reply><blockquote>secret</blockquote></mx-reply>yes', 'yes'],
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['<pre><code class="language-ts">let x;\n  y;\n</code></pre>', 'let x;\n  y;'],
    ['<span data-mx-spoiler="end">he dies</span>', '(end) he dies'],
    ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a | b\nc'],
    ['<img alt=":smile:" src="mxc://a/b">', ':smile:'],
    ['<h2>Title</h2>text', 'Title\ntext'],
    ['one\n  two', 'one two'],
    ['<script>alert(1)</script>x', 'x'],
    ['', 'the body'],
    ['<p> </p>', 'the body'],
  ])('%j goes out as %j where there are no marks', (html, words) => {
    expect(plain(html)).toBe(words);
  });

  test.each([
    ['https://matrix.to/#/@_gh_signal_12025550199:acme.example', '+12025550199'],
    ['https://matrix.to/#/%40_gh_signal_12025550199%3Aacme.example?via=acme.example', '+12025550199'],
    ['https://matrix.to/#/@_gh_xmpp_-ann=40home.example:acme.example', undefined],
    ['https://matrix.to/#/@_gh_xmpp_-ann=40home=2eexample:acme.example', 'ann@home.example'],
    ['https://matrix.to/#/@bob:acme.example', undefined],
    ['https://matrix.to/#/!room:acme.example/$event', undefined],
    ['https://matrix.to/#/%', undefined],
  ])('who is meant by the pill %j is %j, and is named either way', (href, address) => {
    expect(outboundRich(formatted(`Thanks, <a href="${href}">Ann</a>!`))).toEqual(
      ok({
        text: 'Thanks, Ann!',
        marks: address === undefined ? [] : [{ as: 'mention', start: 8, length: 3, address }],
      }),
    );
  });

  test('an unknown format is not read', () => {
    const content = { msgtype: 'm.text', body: 'words', format: 'x.y', formatted_body: '<b>other</b>' };
    expect(outboundRich(content)).toEqual(ok({ text: 'words', marks: [] }));
  });

  test('an edit says its new content, a reply what was typed into it', () => {
    const reply = { 'm.in_reply_to': { event_id: '$x' } };
    expect(outboundRich({ ...formatted('* new'), 'm.new_content': formatted('<b>new</b>') })).toEqual(
      ok({ text: 'new', marks: [{ as: 'bold', start: 0, length: 3 }] }),
    );
    expect(outboundRich({ msgtype: 'm.text', body: '> <@ann:a.example> hi\n\nyes', 'm.relates_to': reply })).toEqual(
      ok({ text: 'yes', marks: [] }),
    );
  });

  test('a command is none of the customer’s, in whichever form it stands', () => {
    expect(outboundRich(formatted('!note x', 'x'))).toEqual(err('commands'));
    expect(outboundRich(formatted('x', '!note x'))).toEqual(err('commands'));
    expect(outboundRich({ msgtype: 'm.image', body: 'x' })).toEqual(err('a message without text'));
  });
});

describe('what customers write', () => {
  test('is shown with its marks', () => {
    const marks = [
      { as: 'bold' as const, start: 0, length: 3 },
      { as: 'item' as const, start: 4, length: 4, depth: 1 },
      { as: 'item' as const, start: 9, length: 4, depth: 1 },
      { as: 'quote' as const, start: 14, length: 5 },
      { as: 'link' as const, start: 20, length: 4, href: 'https://a.example/?a=1&b="' },
    ];
    expect(inboundContents({ text: 'Hi!\nmilk\neggs\nold <\nhere', marks })).toEqual([
      {
        body: 'Hi!\n- milk\n- eggs\n> old <\nhere (https://a.example/?a=1&b=")',
        format: 'org.matrix.custom.html',
        formatted_body:
          '<strong>Hi!</strong><ul><li>milk</li><li>eggs</li></ul><blockquote>old &lt;</blockquote>' +
          '<a href="https://a.example/?a=1&amp;b=&quot;">here</a>',
      },
    ]);
  });

  test.each([
    ['@room look', '@\u2060room look'],
    ['ask @bob:acme.example', 'ask @\u2060bob:acme.example'],
    ['https://matrix.to/#/#x:acme.example', 'https://matrix\u2060.to/#/#\u2060x:acme.example'],
    ['> <@bob:acme.example> I agree', '\u2060> <@\u2060bob:acme.example> I agree'],
    ['ann@home.example and 10:30 @ 5', 'ann@home.example and 10:30 @ 5'],
    ['<b>hi</b> & bye', '<b>hi</b> & bye'],
  ])('%j means nothing to a client', (text, body) => {
    expect(inboundContents({ text, marks: [] })).toEqual([{ body }]);
    expect(harmlessBody(text)).toBe(body);
  });
});
