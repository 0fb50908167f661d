import { describe, expect, test } from '@jest/globals';
import { parseQuery } from '../../../../src/journal/search/query/parser.ts';
import { planOf } from '../../../../src/journal/search/plan.ts';
import { Tokens } from '../../../../src/journal/search/tokens.ts';
import { readMeant, writeMeant } from '../../../../src/retention/holds/stored-query.ts';
import { BOB, options, resolver, ROOM } from '../../../support/search.ts';

async function meantBy(query: string) {
  const parsed = parseQuery(query, options);
  if (!parsed.ok) throw new Error(parsed.error.what);
  const knows = () => Promise.resolve(true);
  const { meant } = await planOf(parsed.value, {
    resolver,
    knows,
    tokens: new Tokens(new Uint8Array(32)),
    now: options.now,
  });
  return { query: parsed.value, meant };
}

describe('a hold’s query as it is kept', () => {
  test.each([
    'guarantee*',
    '"no guarantee" OR 今天 OR 好',
    'one NEAR/3 "two three" NEAR/5 four',
    'user:@bob in:deals -from:@nobody',
    'after:2026-01-01 before:2026-02 on:today',
    'kind:matrix class:us-finra-6y has:link is:edited is:deleted is:flagged rule:card-number',
    '(a OR -(b c)) -d*',
  ])('%s is read as it was written', async (typed) => {
    const before = await meantBy(typed);
    const after = readMeant(writeMeant(before));
    expect(after.query).toEqual(before.query);
    expect([...after.meant.values()]).toEqual([...before.meant.values()]);
    expect(writeMeant(after)).toBe(writeMeant(before));
  });

  test('names whom it meant when it was placed', async () => {
    const text = writeMeant(await meantBy('user:@bob in:deals'));
    expect(text).toContain(`"names":[{"actor":"${BOB}"}]`);
    expect(text).toContain(`"names":[{"room":"${ROOM}"}]`);
  });

  test.each([
    '',
    '{}',
    '{"is":"phrase"}',
    '{"is":"field","field":"user","value":"@bob"}',
    '{"is":"marked","mark":"x"}',
  ])('what was not written like this (%s) is an error, never a hold over nothing', (text) => {
    expect(() => readMeant(text)).toThrow();
  });
});
