/** A room that is older than Gatehouse, walked back as far as configured. */
import { walkAllBack } from '../../../src/bridge/gaps/walk-back.ts';
import { must, parseMillis } from '../../../src/core/ids.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { openGapHouse, type GapHouse } from '../../support/gap-house.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { roomId, StreamModel } from '../../support/stream-model.ts';

const DAY_MS = 24 * 3_600_000;
const ROOMS = ['deals', 'ops'];
const EVENTS = 20;
/** Of these ten in each room are young enough. */
export const WITHIN = 10;
const BACK_MS = 9.5 * DAY_MS;

/** `step` is called before each request; resolves when it was walked to its end. */
export async function walkOnce(place: Place, step: () => void): Promise<GapHouse> {
  const clock = new ManualClock();
  const early = new StreamModel(clock);
  for (let n = 0; n < EVENTS; n += 1) {
    clock.advance(DAY_MS);
    for (const room of ROOMS) early.say(roomId(room));
  }
  early.crash();
  early.during = () => {
    step();
    return Promise.resolve();
  };
  const house = await openGapHouse({ clock, server: new StreamModel(clock), place }, { history: early });
  const origin = must(parseMillis(clock.now() + 1));
  const until = must(parseMillis(clock.now() - BACK_MS));
  const whole = await house.finish(walkAllBack({ until, origin }, new AbortController().signal, house.deps));
  if (!whole) throw new Error('it did not end');
  return house;
}
