/** What of a room may go on the homeserver. */
import { describe, expect, test } from '@jest/globals';
import { must, parseEventId } from '../../../../src/core/ids.ts';
import { RoomPlanner, type OnRecord, type RoomPlan } from '../../../../src/retention/homeserver/plan-room.ts';

/** In the order of the homeserver: `g`one, `s`tays, `n`ot on record; capitals are state. */
function planOf(events: string, mayGoWhole = false): RoomPlan {
  const planner = new RoomPlanner();
  const said: Readonly<Record<string, OnRecord>> = { g: 'gone', s: 'stays', n: 'none' };
  for (const [at, letter] of events.split('').entries()) {
    const isState = letter !== letter.toLowerCase();
    const onRecord = said[letter.toLowerCase()] ?? 'none';
    if (!planner.add({ id: id(at), isState }, onRecord)) break;
  }
  return planner.plan({ mayGoWhole });
}

function id(at: number) {
  return must(parseEventId(`$${String(at)}`));
}

describe('History goes', () => {
  test('up to the oldest record that stays', () => {
    expect(planOf('SSgggsgg')).toEqual({ do: 'history', before: '$5', stop: 'stays' });
  });

  test('up to what is not on record, whatever else is gone', () => {
    expect(planOf('SSggngs')).toEqual({ do: 'history', before: '$4', stop: 'not-captured' });
  });

  test('up to the last event of a room in use, which the homeserver can not be without', () => {
    expect(planOf('SSggg')).toEqual({ do: 'history', before: '$4', stop: 'last-message' });
    expect(planOf('SSggS')).toEqual({ do: 'history', before: '$4', stop: 'last-message' });
  });

  test('past state events, which the homeserver keeps, on record or not', () => {
    expect(planOf('SgNgGgs')).toEqual({ do: 'history', before: '$6', stop: 'stays' });
  });
});

describe('Nothing goes', () => {
  test.each([
    ['nothing is in the room', '', 'last-message'],
    ['only state is left', 'SSS', 'last-message'],
    ['the last message alone is gone', 'SSg', 'last-message'],
    ['the first message stays', 'SSsggg', 'stays'],
    ['the first message is not on record', 'SSnggg', 'not-captured'],
  ])('where %s', (_where, events, stop) => {
    expect(planOf(events)).toEqual({ do: 'nothing', stop });
  });
});

describe('A whole room goes', () => {
  test('where all that was said in it is gone and nobody needs it', () => {
    expect(planOf('SSggg', true)).toEqual({ do: 'whole' });
    expect(planOf('', true)).toEqual({ do: 'whole' });
  });

  test('never where a message stays or is not on record', () => {
    expect(planOf('SSggs', true)).toEqual({ do: 'history', before: '$4', stop: 'stays' });
    expect(planOf('SSggn', true)).toEqual({ do: 'history', before: '$4', stop: 'not-captured' });
  });

  test('never with state that is not on record', () => {
    expect(planOf('SNgg', true)).toEqual({ do: 'history', before: '$3', stop: 'last-message' });
  });
});
