import { expect, test } from '@jest/globals';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { detectorNames } from '../../../../src/policy/rules/detector-names.ts';

test('every detector can be named in a rule, and every name is a detector', () => {
  expect(detectorNames).toEqual(allDetectors.map(({ id }): string => id));
});
