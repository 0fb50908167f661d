import { expect, test } from '@jest/globals';
import { Places } from '../../../src/core/places.ts';

test('so many have a place at a time, nobody queues, and a place is given back once', () => {
  const places = new Places(2);
  const [first, second] = [places.take(), places.take()];
  expect(places.take()).toBeUndefined();
  first?.();
  first?.();
  const third = places.take();
  expect(third).toBeDefined();
  expect(places.take()).toBeUndefined();
  second?.();
  third?.();
});
