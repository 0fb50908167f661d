/** A judge has judged before it is handed out, so that no message pays for its first steps. */
import { expect, test } from '@jest/globals';
import { must, parseDetectorId } from '../../../../src/core/ids.ts';
import type { Detector } from '../../../../src/policy/detector.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { is, rule } from './made-rules.ts';

const key = new Uint8Array(32);

test('every detector that a rule asks for has looked at a text', () => {
  const looked = new Set<string>();
  const watched = allDetectors.map((detector): Detector => {
    const find: Detector['find'] = (readings, country) => {
      looked.add(detector.id);
      return detector.find(readings, country);
    };
    return { ...detector, find };
  });
  const rules = watched.map(({ id }) => rule(is.detector(0.85, id), { id }));
  expect(createJudge({ digest: 'd', rules, lexicons: [] }, { detectors: watched, key }).ok).toBe(true);
  expect(allDetectors.map(({ id }) => id).filter((id) => !looked.has(id))).toEqual([]);
});

test('a detector that throws at the texts of the engine itself leaves a judge all the same', () => {
  const id = must(parseDetectorId('card'));
  const find = (): never => {
    throw new Error('a fault');
  };
  const broken: Detector = { id, says: 'a number', contextWords: [], mayBeIn: () => true, find };
  const rules = [rule(is.detector(0.85, id))];
  expect(createJudge({ digest: 'd', rules, lexicons: [] }, { detectors: [broken], key }).ok).toBe(true);
});
