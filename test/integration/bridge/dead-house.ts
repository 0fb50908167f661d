/** A house that died at one of its calls, and the one that goes on with what it left. */
import type { Line } from '../../../src/core/line.ts';
import { openHouse, type House } from './house.ts';

/** What fails waits before it is tried again. */
const jitter = (): number => 0.5;

/**
 * The next life of a dead house, on the same record, clock, homeserver and network. The caller stops it, and then disposes
 * of the record of the first one.
 */
export async function nextLife(dead: House, judged = false, line: Partial<Line> = {}): Promise<House> {
  const stopped = dead.runner.stop(0);
  dead.clock.advance(0);
  await stopped;
  const { clock, homeserver, network, test } = dead;
  return openHouse({ place: test.place, homeserver, network, clock, judged, line }, undefined, jitter);
}
