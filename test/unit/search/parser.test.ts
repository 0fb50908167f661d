import { describe, expect, test } from '@jest/globals';
import { parseQuery } from '../../../src/journal/search/query/parser.ts';
import { describeQueryError, type Query, type QueryContext } from '../../../src/journal/search/query/query.ts';

const context: QueryContext = { timezone: 'America/New_York', now: Date.UTC(2026, 2, 10, 3, 0), country: 'US' };
const word = (text: string): Query => ({ is: 'phrase', phrase: [{ is: 'word', text }] });
const prefix = (text: string): Query => ({ is: 'phrase', phrase: [{ is: 'prefix', text }] });

function parsed(text: string): Query {
  const query = parseQuery(text, context);
  if (!query.ok) throw new Error(describeQueryError(text, query.error));
  return query.value;
}

describe('a query', () => {
  test.each<[string, Query]>([
    ['Loan', word('loan')],
    ['a b', { is: 'and', of: [word('a'), word('b')] }],
    ['a OR b c', { is: 'or', of: [word('a'), { is: 'and', of: [word('b'), word('c')] }] }],
    ['(a OR b) c', { is: 'and', of: [{ is: 'or', of: [word('a'), word('b')] }, word('c')] }],
    ['a or b', { is: 'and', of: [word('a'), word('or'), word('b')] }],
    ['-b', { is: 'not', of: word('b') }],
    ['a -(b OR c)', { is: 'and', of: [word('a'), { is: 'not', of: { is: 'or', of: [word('b'), word('c')] } }] }],
    ['guar*', prefix('guar')],
    [
      '"no guarantee"',
      {
        is: 'phrase',
        phrase: [
          { is: 'word', text: 'no' },
          { is: 'word', text: 'guarantee' },
        ],
      },
    ],
    [
      "don't",
      {
        is: 'phrase',
        phrase: [
          { is: 'word', text: 'don' },
          { is: 'word', text: 't' },
        ],
      },
    ],
    ['天', { is: 'phrase', phrase: [{ is: 'character', text: '天' }] }],
    [
      'guarantee* NEAR/5 return*',
      {
        is: 'near',
        first: [{ is: 'prefix', text: 'guarantee' }],
        then: [{ within: 5, phrase: [{ is: 'prefix', text: 'return' }] }],
      },
    ],
    ['from:@bob', { is: 'field', field: 'from', value: '@bob' }],
    ['-line:sales', { is: 'not', of: { is: 'field', field: 'line', value: 'sales' } }],
    ['in:"Sales room"', { is: 'field', field: 'in', value: 'Sales room' }],
    ['kind:delivery', { is: 'kind', kind: 'delivery' }],
    ['class:us-finra-6y', { is: 'class', class: 'us-finra-6y' }],
    ['has:Link', { is: 'has', what: 'link' }],
    ['is:edited', { is: 'state', what: 'edited' }],
    ['is:Flagged', { is: 'marked', mark: 'flagged' }],
    ['is:quarantined', { is: 'marked', mark: 'quarantined' }],
    ['-is:unscanned', { is: 'not', of: { is: 'marked', mark: 'unscanned' } }],
    ['rule:Card-Number', { is: 'marked', mark: 'rule:card-number' }],
    ['see https://acme.example', { is: 'and', of: [word('see'), phraseOf(['https', 'acme', 'example'])] }],
    ['10:30', phraseOf(['10', '30'])],
  ])('%s', (text, query) => {
    expect(parsed(text)).toEqual(query);
  });

  test.each([
    ['“no guarantee”', '"no guarantee"'],
    ['„no guarantee‟', '"no guarantee"'],
    ['a\u00a0b', 'a b'],
    ['—line:sales', '-line:sales'],
    ['–b', '-b'],
    ['from：@bob', 'from:@bob'],
    ['FROM:@bob', 'from:@bob'],
    ['（a OR b）', '(a OR b)'],
    ['guar＊', 'guar*'],
  ])('typed on a phone as %s means %s', (typed, plain) => {
    expect(parsed(typed)).toEqual(parsed(plain));
  });

  test.each([
    ['from:+12025550142', '+12025550142'],
    ['from:+1 (202) 555-0142', '+12025550142'],
    ['from:(202) 555 0142', '+12025550142'],
    ['from:202.555.0142', '+12025550142'],
    ['from:2025550142', '+12025550142'],
    ['from:+1 202–555–0142', '+12025550142'],
  ])('%s names the number', (text, value) => {
    expect(parsed(text)).toEqual({ is: 'field', field: 'from', value });
  });

  test('takes of a number no more than belongs to it', () => {
    expect(parsed('to:+1 202 555 0142 2026')).toEqual({
      is: 'and',
      of: [{ is: 'field', field: 'to', value: '+12025550142' }, word('2026')],
    });
    expect(parsed('(to:+1 202 555 0142)')).toEqual({ is: 'field', field: 'to', value: '+12025550142' });
  });

  test('reads a local number by the country that is given', () => {
    expect(parseQuery('from:020 7946 0958', { ...context, country: 'GB' })).toEqual({
      ok: true,
      value: { is: 'field', field: 'from', value: '+442079460958' },
    });
  });

  test.each([
    ['after:2026-03-08', { from: Date.UTC(2026, 2, 8, 5) }],
    ['before:2026-03-09', { to: Date.UTC(2026, 2, 9, 4) }],
    // The day on which New York's clocks go forward has 23 hours.
    ['on:2026-03-08', { from: Date.UTC(2026, 2, 8, 5), to: Date.UTC(2026, 2, 9, 4) }],
    ['on:2026-02', { from: Date.UTC(2026, 1, 1, 5), to: Date.UTC(2026, 2, 1, 5) }],
    ['on:2025', { from: Date.UTC(2025, 0, 1, 5), to: Date.UTC(2026, 0, 1, 5) }],
    // 03:00 UTC on the 10th is still the 9th in New York.
    ['on:today', { from: Date.UTC(2026, 2, 9, 4), to: Date.UTC(2026, 2, 10, 4) }],
    ['on:yesterday', { from: Date.UTC(2026, 2, 8, 5), to: Date.UTC(2026, 2, 9, 4) }],
    ['after:7d', { from: Date.UTC(2026, 2, 2, 5) }],
    ['after:2026-03-09T14:30', { from: Date.UTC(2026, 2, 9, 18, 30) }],
  ])('%s is in the zone of the desk', (text, span) => {
    expect(parsed(text)).toEqual({ is: 'time', ...span });
  });
});

describe('a mistake in a query', () => {
  test.each([
    ['', 'At the end: the query is empty. Write what to search.'],
    ['   ', 'At the end: the query is empty. Write what to search.'],
    ['frm:@bob', 'At character 1, “frm:@bob”: there is no field frm. Write from:'],
    ['a from:', 'At character 3, “from:”: nothing follows the colon.'],
    ['"open', 'At character 1, “"open”: this quotation does not end. Add a " at its end.'],
    ['(a', 'At character 1, “(”: this bracket is not closed. Add a ).'],
    ['a)', 'At character 2, “)”: this bracket was not opened.'],
    ['()', 'At character 2, “)”: something to search for is missing here.'],
    ['a OR', 'At the end: something to search for is missing here.'],
    ['OR a', 'At character 1, “OR”: something to search for is missing here.'],
    ['a - b', 'At character 3, “-”: this dash stands alone.'],
    ['--a', 'At character 2, “-”: two dashes follow each other.'],
    ['NEAR/5 b', 'At character 1, “NEAR/5”: this needs a word on both sides.'],
    ['a NEAR/5', 'At the end: NEAR needs a word or a quotation on both sides.'],
    ['a NEAR/5 from:x', 'At character 10, “from:x”: NEAR needs a word or a quotation on both sides.'],
    ['a NEAR/0 b', 'At character 3, “NEAR/0”: NEAR reaches from 1 to 100 words.'],
    ['!!!', 'At character 1, “!!!”: there are no letters or digits in this.'],
    ['after:soon', 'At character 1, “after:soon”: this is no date. Write 2026-03-09'],
    ['on:2026-02-30', 'At character 1, “on:2026-02-30”: this is no date.'],
    ['has:money', 'At character 1, “has:money”: has: knows attachments and links.'],
    ['rule:"a b"', 'this is no name of a rule. Write for example rule:card-number'],
    ['is:stopped', 'is: does not know this. Write is:edited, is:deleted, is:flagged, is:quarantined or is:unscanned.'],
    ['kind:?', 'At character 1, “kind:?”: this is no kind of record.'],
    ['colour:red', 'At character 1, “colour:red”: there is no field colour. Fields are user: from:'],
  ])('%j is named with its place and what to write', (text, message) => {
    const query = parseQuery(text, context);
    expect(query.ok).toBe(false);
    expect(query.ok ? '' : describeQueryError(text, query.error)).toContain(message);
  });

  test.each([
    ['too long', 'a'.repeat(2_001)],
    ['of too many words', 'a '.repeat(200)],
    ['of too many levels', `${'('.repeat(20)}a${')'.repeat(20)}`],
  ])('%s is refused', (_what, text) => {
    expect(parseQuery(text, context).ok).toBe(false);
  });
});

function phraseOf(texts: readonly string[]): Query {
  return { is: 'phrase', phrase: texts.map((text) => ({ is: 'word', text })) };
}
