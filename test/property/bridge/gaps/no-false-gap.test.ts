import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { look } from '../../../../src/bridge/gaps/look.ts';
import { noMillis, type EventId } from '../../../../src/core/ids.ts';
import { openGapHouse, type GapHouse } from '../../../support/gap-house.ts';
import { roomId } from '../../../support/stream-model.ts';

const rooms = ['one', 'two', 'three'].map(roomId);

type Act =
  | { readonly is: 'say'; readonly room: number }
  | { readonly is: 'bring'; readonly batch: number; readonly size: number; readonly order: readonly number[] }
  | { readonly is: 'crash' }
  | { readonly is: 'wait'; readonly ms: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant('say' as const), room: fc.nat(rooms.length - 1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('bring' as const),
      batch: fc.nat(5),
      size: fc.nat(3),
      order: fc.array(fc.nat(5), { maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'crash' } as const) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }) },
);

async function doOne(one: Act, house: GapHouse): Promise<void> {
  const { server, clock } = house;
  switch (one.is) {
    case 'say':
      clock.advance(1);
      server.say(rooms[one.room] ?? roomId('one'));
      break;
    case 'bring':
      await house.deliver(one.batch, one.order, one.size);
      break;
    case 'crash':
      server.crash();
      break;
    case 'wait':
      clock.advance(one.ms);
  }
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const never = new AbortController().signal;

function wholeLook({ deps }: GapHouse) {
  return look({ by: 'restart', bounds: { since: noMillis, origin: noMillis }, slow: false, signal: never }, deps);
}

async function fetched(house: GapHouse): Promise<readonly EventId[]> {
  const entries = await house.entries('matrix.event');
  return entries.filter((entry) => entry.source.late !== undefined).map((entry) => entry.body.event_id);
}

test('whatever is said, brought and lost meanwhile: only what never comes is fetched, and all of that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 25 }),
      fc.array(act, { maxLength: 20 }),
      fc.array(act, { maxLength: 20 }),
      async (before, meanwhile, during) => {
        await using house = await openGapHouse();
        const { server, clock } = house;
        for (const one of before) await doOne(one, house);
        const lostBefore = [...server.lost];
        const acts = meanwhile.values();
        server.during = async () => {
          const next = acts.next();
          if (next.done !== true) await doOne(next.value, house);
        };
        const looking = wholeLook(house);
        for (const one of during) await doOne(one, house);
        const summary = await house.finish(looking);
        expect(summary.complete).toBe(true);
        const found = await fetched(house);
        expect(found.filter((event) => !server.lost.has(event))).toEqual([]);
        expect(found).toEqual(expect.arrayContaining(lostBefore));
        expect(summary.events).toBe(found.length);

        clock.advance(1);
        await house.finish(wholeLook(house));
        const missing = await house.deps.onRecord.missing(server.all());
        expect(missing.filter((event) => server.lost.has(event))).toEqual([]);
        const ids = (await house.entries('matrix.event')).map((entry) => entry.body.event_id);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
