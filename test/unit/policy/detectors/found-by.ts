import { must, parseDetectorId } from '../../../../src/core/ids.ts';
import type { Candidate, Detector } from '../../../../src/policy/detector.ts';
import { detectorById } from '../../../../src/policy/detectors/all-detectors.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';

export function detector(id: string): Detector {
  const found = detectorById(must(parseDetectorId(id)));
  if (found === undefined) throw new Error(`no detector ${id}`);
  return found;
}

/** As the engine asks: first whether it may be in the text at all. */
export function foundBy(id: string, text: string, country?: string): readonly Candidate[] {
  const readings = readingsOf(text);
  const asked = detector(id);
  return asked.mayBeIn(readings) ? asked.find(readings, country) : [];
}

/** What was found, as `value@confidence`: nothing is ''. */
export function told(id: string, text: string, country?: string): string {
  return foundBy(id, text, country)
    .map(({ value, confidence }) => `${value}@${String(confidence)}`)
    .join(' ');
}
