import { describe, expect, test } from '@jest/globals';
import { ANN, sendTyped, typedText, type TypedText } from '../../../src/demo/typed-texts.ts';

describe('what is typed at the demo', () => {
  test.each([
    ['customer: Hi, is it there?', { from: ANN, text: 'Hi, is it there?' }],
    ['  Customer :  two: words ', { from: ANN, text: 'two: words' }],
    ['ann: STOP', { from: ANN, text: 'STOP' }],
    ['+1 (202) 555-0177: Hello', { from: '+12025550177', text: 'Hello' }],
  ])('%s is a text of a customer', (line, typed) => {
    expect(typedText(line)).toEqual(typed);
  });

  test.each(['', 'Hi', 'customer:', 'customer:   ', 'olivia: Hi', '12025550177: Hi', '+12: Hi'])(
    '%s is none',
    (line) => {
      expect(typedText(line)).toBeUndefined();
    },
  );

  test('is sent line by line, and a line that is none is answered with an example', async () => {
    async function* lines(): AsyncGenerator<string> {
      yield* await Promise.resolve(['customer: one', '', 'two', '+12025550177: three']);
    }
    const sent: TypedText[] = [];
    const said: string[] = [];
    await sendTyped(
      lines(),
      (typed) => {
        sent.push(typed);
      },
      (words) => {
        said.push(words);
      },
    );
    expect(sent).toEqual([
      { from: ANN, text: 'one' },
      { from: '+12025550177', text: 'three' },
    ]);
    expect(said).toEqual([
      expect.stringContaining(`Texted from ${ANN}`),
      expect.stringContaining('customer: Is it still there?'),
      expect.stringContaining('Texted from +12025550177'),
    ]);
  });
});
