/** WhatsApp and XEP-0393: markup by signs, which people also type. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linkSigns, spelledOut } from '../../../src/core/rich-text-plain.ts';
import { withInserted } from '../../../src/core/rich-text-edit.ts';
import { plainText, type RichText } from '../../../src/core/rich-text.ts';
import { withoutGuards } from '../../../src/networks/text/guard.ts';
import { fromWhatsApp, toWhatsApp } from '../../../src/networks/text/whatsapp.ts';
import { fromStyled, toStyled } from '../../../src/networks/text/xep0393.ts';
import { calmRich, guardless, hostileRich, hostileText, unitsOf } from '../../support/rich-texts.ts';

interface Network {
  readonly name: string;
  /** There and back. */
  readonly trip: (rich: RichText) => RichText;
  readonly read: (text: string) => RichText;
  /** What it has no marks for, in words. */
  readonly spelled: (rich: RichText) => RichText;
  readonly blocks: readonly ('quote' | 'item')[];
}

const networks: readonly Network[] = [
  {
    name: 'WhatsApp',
    trip: (rich) => fromWhatsApp(toWhatsApp(rich)),
    read: fromWhatsApp,
    spelled: (rich) => withInserted(rich, linkSigns(rich)),
    blocks: ['quote', 'item'],
  },
  {
    name: 'XEP-0393',
    trip: (rich) => {
      const { body, unstyled } = toStyled(rich);
      return fromStyled(body, unstyled);
    },
    read: fromStyled,
    spelled: (rich) => spelledOut(rich, ['link', 'item']),
    blocks: ['quote'],
  },
];

const INLINE = ['bold', 'italic', 'strike', 'code'] as const;

describe.each(networks)('markup of $name', ({ trip, read, spelled, blocks }) => {
  test('what was typed is never read as markup', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const back = trip(plainText(text));
        expect(withoutGuards(back.text)).toBe(withoutGuards(text));
        expect(back.marks).toEqual([]);
      }),
      { numRuns: 5_000, examples: [['https://a.example/_x_````````> '], ['https://a.example/`````a']] },
    );
  });

  test('there and back the words are the same, and nothing is marked that was not', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        const sent = guardless(spelled(rich));
        const back = guardless(trip(rich));
        expect(back.text).toBe(sent.text);
        for (const as of ['italic', 'strike', 'quote'] as const) {
          expect(unitsOf(sent, as)).toEqual(new Set([...unitsOf(sent, as), ...unitsOf(back, as)]));
        }
        const bold = new Set([...unitsOf(sent, 'bold'), ...unitsOf(sent, 'heading')]);
        expect([...unitsOf(back, 'bold')].filter((unit) => !bold.has(unit))).toEqual([]);
        const mono = new Set([...unitsOf(sent, 'code'), ...unitsOf(sent, 'pre')]);
        const shown = [...unitsOf(back, 'code'), ...unitsOf(back, 'pre')];
        expect(shown.filter((unit) => !mono.has(unit) && !/\s/u.test(sent.text.charAt(unit)))).toEqual([]);
      }),
      {
        numRuns: 5_000,
        examples: [[{ text: 'éhttps://a.example```>', marks: [{ as: 'bold', start: 7, length: 15 }] }]],
      },
    );
  });

  test('marks on whole words arrive all', () => {
    fc.assert(
      fc.property(calmRich, (rich) => {
        const sent = spelled(rich);
        const back = trip(rich);
        expect(back.text).toBe(sent.text);
        for (const as of [...INLINE, ...blocks]) expect(unitsOf(back, as)).toEqual(unitsOf(sent, as));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['signs that open', '*_~`'.repeat(50_000)],
    ['signs and words', '*a _b ~c `d '.repeat(20_000)],
    ['signs that close', 'a* b_ c~ d` '.repeat(20_000)],
    ['fences', '```a\n'.repeat(40_000)],
    ['quotations', '> *a*\n'.repeat(40_000)],
    ['quotations between lines', '> a\nb\n'.repeat(40_000)],
    ['quotations of quotations', '>'.repeat(200_000)],
    ['items', '- a\n  1. b\n'.repeat(20_000)],
    ['addresses', 'https://a*'.repeat(20_000)],
    ['spaces', `*${' '.repeat(200_000)}*`],
  ])('a long text of %s is read in no long time', (_, text) => {
    const before = process.cpuUsage().user;
    read(text);
    trip(plainText(text));
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(5_000);
  });
});
