import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { SOURCE_KEY, sourceMark, sourceOf } from '../../../src/core/shown-source.ts';

const position = must(parsePosition(4712));

describe('the mark on what we show', () => {
  test('has no epoch in the first one, so that nothing changes for who was never restored', () => {
    expect(sourceMark({ position, part: 'text', epoch: 1 })).toEqual({ position: 4712, part: 'text' });
    expect(sourceMark({ position, part: 'text', epoch: 2 })).toEqual({ position: 4712, part: 'text', epoch: 2 });
  });

  test.each([1, 2, 7])('is read as it was written, epoch %i', (epoch) => {
    const source = { position, part: 'mark-3', epoch };
    expect(sourceOf({ body: 'Hi', [SOURCE_KEY]: sourceMark(source) })).toEqual(source);
  });

  test.each([
    undefined,
    null,
    'x',
    [],
    {},
    { position: 4712 },
    { position: '4712', part: 'text' },
    { position: 0, part: 'text' },
    { position: 4712, part: 7 },
    { position: 4712, part: 'text', epoch: 0 },
    { position: 4712, part: 'text', epoch: 1.5 },
    { position: 4712, part: 'text', epoch: '2' },
  ])('is none when it is %j', (mark) => {
    expect(sourceOf(mark === undefined ? {} : { [SOURCE_KEY]: mark })).toBeUndefined();
  });
});
