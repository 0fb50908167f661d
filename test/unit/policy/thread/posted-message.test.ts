import { describe, expect, test } from '@jest/globals';
import { MOST_PIECES, MOST_UNITS } from '../../../../src/policy/engine/limits.ts';
import { postedMessage, weightOf } from '../../../../src/policy/thread/posted-message.ts';
import { contextOf, is, judgeOf, message, rule } from '../engine/made-rules.ts';

const judge = judgeOf(rule(is.words('pay'), { threshold: { count: 1, unique: 1 } }));
const long = 'wire it '.repeat(MOST_UNITS / 8);

describe('a message on its way to the thread', () => {
  test.each([
    ['of ordinary size', message('please wire it', 'and pay')],
    ['as long as one may be', message(long)],
    ['that is longer', message(`${long}wire`)],
    ['cut between two halves of a sign', message(`${long.slice(0, -1)}😀 wire`)],
    ['of too many pieces', message(...Array.from({ length: MOST_PIECES * 3 }, (_, n) => `wire ${n}`))],
  ])('%s is judged as the whole of it', (_what, whole) => {
    expect(judge(postedMessage(whole), contextOf())).toEqual(judge(whole, contextOf()));
  });

  test('is never larger than what is judged, but for what shows that there was more', () => {
    const posted = postedMessage(message(...Array.from({ length: 40 }, () => `${long}${long}`)));
    expect(weightOf(posted)).toBe((MOST_PIECES + 1) * (MOST_UNITS + 1));
  });
});
