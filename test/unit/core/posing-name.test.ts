import { describe, expect, test } from '@jest/globals';
import { posesAs, skeletonOf } from '../../../src/core/posing-name.ts';

const of = { colleagues: ['olivia', 'Olivia Stone', 'bob'], networks: ['SMS', 'WhatsApp'] };

describe('a name that could be taken for another', () => {
  test.each([
    ['a colleague by name', 'Olivia Stone'],
    ['a colleague in other case', 'OLIVIA STONE'],
    ['a colleague in Cyrillic letters', 'Оlіvіа Ѕtоnе'],
    ['a colleague with letters nobody sees', 'Oli\u200bvia\u2060 St\u00adone'],
    ['a colleague turned about', '\u202eOlivia Stone\u202c'],
    ['a colleague in mathematical letters', '𝐎𝐥𝐢𝐯𝐢𝐚 𝐒𝐭𝐨𝐧𝐞'],
    ['a colleague with accents', 'Ólívià Stöne'],
    ['a colleague with digits for letters', '0livia St0ne'],
    ['a colleague by localpart', 'b o b'],
    ['a colleague, full-width', 'ｂｏｂ'],
    ['a colleague by Matrix id', '@olivia:acme.example'],
    ['a colleague by the first half of one', '@olivia'],
    ['a colleague with a firm behind it', 'Olivia Stone (Acme)'],
    ['a colleague with a firm behind it, bare', 'Olivia Stone, Acme'],
    ['a colleague with a title', 'Dr. Olivia Stone'],
    ['the house', 'Gatehouse'],
    ['the house among other words', 'The Gateh0use team'],
    ['compliance', 'Olga (Cоmpliance)'],
    ['somebody on another network', 'Ann Lee (SMS)'],
    ['somebody on another network, full-width', 'Ann Lee （ＳＭＳ）'],
    ['somebody on another network, in other letters', 'Ann Lee ( ЅМЅ )'],
  ])('%s', (_, name) => {
    expect(posesAs(name, of)).toBe(true);
  });

  test.each([
    'Ann Lee',
    'Olivia Stonehouse',
    'Olivia Brown',
    'Bob Smith',
    'Bobby',
    'Call: 5',
    'Ann (home)',
    'Анна',
    '山田',
    '',
    '😀',
    'sms',
  ])('%j is nobody else', (name) => {
    expect(posesAs(name, of)).toBe(false);
  });

  test('names that read alike have one skeleton', () => {
    expect(skeletonOf('rnary')).toBe(skeletonOf('mary'));
    expect(skeletonOf('lan')).toBe(skeletonOf('Ian'));
  });

  test('a very long name is looked at in no long time', () => {
    const before = process.cpuUsage().user;
    posesAs('((((ＯＬ\u200b'.repeat(20_000), of);
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(3_000);
  });
});
