/** Words from outside as Matrix shows them, and what staff write as it goes outside. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { z } from 'zod';
import { inboundContents } from '../../../src/bridge/text/inbound-content.ts';
import { outboundRich } from '../../../src/bridge/text/outbound-rich.ts';
import { readHtml } from '../../../src/bridge/text/html-reading.ts';
import { writeHtml } from '../../../src/bridge/text/html-writing.ts';
import { endOf } from '../../../src/core/rich-text-kinds.ts';
import { must, parseAddress, parseNetworkId } from '../../../src/core/ids.ts';
import { cleanName, contactTitle } from '../../../src/bridge/portals/shown-name.ts';
import { plainText, type RichText } from '../../../src/core/rich-text.ts';
import { calmRich, guardless, hostileRich, hostileText, unitsOf } from '../../support/rich-texts.ts';

const ann = must(parseAddress('+12025550199'));
const sms = must(parseNetworkId('sms'));

const shown = z.object({
  body: z.string(),
  format: z.literal('org.matrix.custom.html').optional(),
  formatted_body: z.string().optional(),
});

function shownOf(rich: RichText) {
  return inboundContents(rich).map((content) => shown.strict().parse(content));
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function tagsIn(html: string): readonly Tag[] {
  const tags: Tag[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      tags.push({ name, attributes });
    },
  });
  parser.end(html);
  return tags;
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...{ strong: [], em: [], u: [], del: [], br: [], blockquote: [], pre: [], ul: [], li: [] },
  ...{ h1: [], h2: [], h3: [], h4: [], h5: [], h6: [] },
  ...{ a: ['href'], ol: ['start'], code: ['class'], span: ['data-mx-spoiler'] },
};

function tagFaults({ name, attributes }: Tag): readonly string[] {
  const allowed = ALLOWED[name];
  if (allowed === undefined) return [`<${name}>`];
  const odd = Object.keys(attributes).filter((key) => !allowed.includes(key));
  const { href } = attributes;
  const safe = href === undefined || /^(?:https?:|mailto:|tel:)/u.test(href);
  return [...odd, ...(safe ? [] : [href])];
}

/** Hostile to Matrix clients. */
const trap = fc.constantFrom(
  ...['@room', '@ROOM ', '@alice:acme.example', '#room:acme.example', '!r:acme.example', '> <@bob:acme.example> yes'],
  ...['https://matrix.to/#/@alice:acme.example', 'matrix:u/alice:acme.example', '<mx-reply>', '</mx-reply>'],
  ...['https://app.element.io/#/user/@a:b.c', '<img src=x onerror=1>', '<a href="https://matrix.to/#/@a:b.c">A</a>'],
  ...['&lt;b&gt;', '\n', ' ', 'hi', '"', "'", '\0'],
);
const trapText = fc.array(fc.oneof(trap, hostileText), { maxLength: 10 }).map((parts) => parts.join(''));

describe('words from outside in a room', () => {
  test('whatever is written, the HTML has our tags alone, and the words are in both forms', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        for (const { formatted_body: html = '' } of shownOf(rich)) {
          expect(tagsIn(html).flatMap(tagFaults)).toEqual([]);
        }
        const said = shownOf(rich)
          .map(({ body }) => body)
          .join('');
        let at = 0;
        for (const char of rich.text.replaceAll(/\s/gu, '')) {
          at = said.indexOf(char, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += char.length;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('nothing in them pings a room, names a user or a room, leads to one, or looks like what a reply quotes', () => {
    fc.assert(
      fc.property(trapText, fc.boolean(), (text, isBold) => {
        const marks = isBold && text !== '' ? [{ as: 'bold' as const, start: 0, length: text.length }] : [];
        for (const { body, formatted_body: html } of shownOf({ text, marks })) {
          for (const form of [body, readHtml(html ?? '').text]) {
            expect(form).not.toMatch(/@room/iu);
            expect(form).not.toMatch(/[@#!][^\s:@#!\u2060]+:[a-z0-9]/iu);
            expect(form).not.toMatch(/matrix\.to\b|#\/(?:user|room)\/|matrix:u\//iu);
          }
          expect(body).not.toMatch(/^>/u);
          expect(html ?? '').not.toMatch(/mx-reply>/u);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('nor does a name that @gatehouse says, or that a room or a ghost bears', () => {
    fc.assert(
      fc.property(trapText, (name) => {
        const title = contactTitle({ name, address: ann, network: sms, colleagues: ['Olivia Stone'] });
        for (const form of [cleanName(name) ?? '', title]) {
          expect(form).not.toMatch(/@room/iu);
          expect(form).not.toMatch(/[@#!][^\s:@#!\u2060]+:[a-z0-9]/iu);
          expect(form).not.toMatch(/matrix\.to\b|#\/(?:user|room)\/|matrix:u\//iu);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('a link that a client would show as a pill is text', () => {
    const marks = [{ as: 'link' as const, start: 0, length: 3, href: 'https://matrix.to/#/@olivia:acme.example' }];
    const [content] = shownOf({ text: 'Ann', marks });
    expect(content).toEqual({ body: 'Ann (https://matrix\u2060.to/#/@\u2060olivia:acme.example)' });
  });

  test('plain words are a body alone', () => {
    expect(shownOf(plainText('Hi, is the blue one still available?'))).toEqual([
      { body: 'Hi, is the blue one still available?' },
    ]);
  });

  test('what is too large for one event goes in several, each small enough', () => {
    fc.assert(
      fc.property(hostileRich, fc.integer({ min: 1_000, max: 3_000 }), (rich, times) => {
        const text = `${rich.text} `.repeat(times);
        const marks = text === '' ? [] : [{ as: 'bold' as const, start: 0, length: text.trimEnd().length || 1 }];
        for (const content of shownOf({ text, marks })) {
          expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(60_000);
        }
      }),
      { numRuns: 20 },
    );
  });
});

function spaced(text: string): string {
  return text
    .replaceAll(/[ \t]+/gu, ' ')
    .replaceAll(/ ?\n ?/gu, '\n')
    .trim();
}

describe('what staff write', () => {
  test('what we write as HTML we read as the same words with the same marks', () => {
    fc.assert(
      fc.property(calmRich, (rich) => {
        const back = readHtml(writeHtml(rich));
        expect(back.text).toBe(rich.text);
        for (const as of ['bold', 'italic', 'strike', 'code', 'quote', 'item'] as const) {
          expect(unitsOf(back, as)).toEqual(unitsOf(rich, as));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('words keep their order and their lines, whatever is marked', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        const { text } = guardless(rich);
        const back = guardless(readHtml(writeHtml(rich)));
        expect(spaced(back.text).replaceAll(/\s+/gu, ' ')).toBe(
          spaced(text.replaceAll('\u00a0', ' ')).replaceAll(/\s+/gu, ' '),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('any HTML gives words and marks that fit', () => {
    const piece = fc.constantFrom(
      ...['<b>', '</b>', '<ul>', '<li>', '</ul>', '<ol start="3">', '</ol>', '<blockquote>', '</blockquote>', '<pre>'],
      ...[
        '<code class="language-ts">',
        '</code>',
        '</pre>',
        '<br>',
        '<p>',
        '</p>',
        '<a href="https://a.example">',
        '</a>',
      ],
      ...[
        '<a href="javascript:alert(1)">',
        '<mx-reply>',
        '</mx-reply>',
        '<span data-mx-spoiler="x">',
        '</span>',
        '<hr>',
      ],
      ...[
        '<table><tr><td>',
        '</td><td>',
        '<!--',
        '-->',
        '<h2>',
        '</h2>',
        'word',
        ' ',
        '\n',
        '&nbsp;',
        '&#0;',
        '<script>',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const rich = readHtml(pieces.join(''));
        expect(rich.text).toBe(rich.text.trim());
        for (const mark of rich.marks) {
          expect(mark.start >= 0 && mark.length > 0 && endOf(mark) <= rich.text.length).toBe(true);
          expect(mark.as === 'link' ? mark.href : 'https://a.example').toBe('https://a.example');
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['tags that are never closed', '<b>'.repeat(20_000)],
    ['ends of tags that never began', `${'<i>'.repeat(10_000)}${'</b>'.repeat(8_000)}`],
    ['lists in lists', '<ul><li>'.repeat(8_000)],
    ['words between tags', '<b>a</b> '.repeat(7_000)],
    ['quotations', '<blockquote>a</blockquote>'.repeat(2_500)],
    ['entities', '&lt;'.repeat(16_000)],
    ['attributes', `<a ${'href="https://a.example" '.repeat(2_500)}>x</a>`],
    ['comments', '<!--'.repeat(16_000)],
    ['spaces', ' '.repeat(65_000)],
  ])('HTML full of %s is read in no long time', (_, html) => {
    const before = process.cpuUsage().user;
    const rich = outboundRich({ msgtype: 'm.text', body: 'x', format: 'org.matrix.custom.html', formatted_body: html });
    if (rich.ok) inboundContents(rich.value);
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(5_000);
  });
});
