import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft, Entry } from '../../../src/core/entry.ts';
import { must, parsePortalId, type Position } from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { hasRuleFor } from '../../../src/policy/judging/direction-store.ts';
import { saidBefore } from '../../../src/policy/judging/said-store.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import {
  judgingParts,
  openJudgingHouse,
  ruleChanged,
  ruleText,
  type JudgingHouse,
} from '../../integration/policy/judging/judging-house.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import {
  began,
  bob,
  eventDraft,
  ghost,
  otherRoom,
  sales,
  smsDraft,
  textDraft,
} from '../../unit/policy/judging/made-entries.ts';

const serverOf = postgresForTests();
const minute = 60_000;
const portal = must(parsePortalId('p1'));

type More = Parameters<typeof textDraft>[1];
const inside = (text: string, more: More = {}) => textDraft(text, { direction: 'internal', ...more });

describe.each(['sqlite', 'postgres'] as const)('the judging on %s', (dialect) => {
  const open = (): Promise<JudgingHouse> => openJudgingHouse({ postgres: serverOf(dialect) });

  const before = (house: JudgingHouse, entry: Entry): Promise<readonly Position[]> => {
    const { views } = house.journal;
    return views.read((reading) => saidBefore(entry, 5 * minute, { reading, sealer: views.sealer }));
  };

  /** A house with a rule for whatever is said in it. */
  async function withRule(): Promise<JudgingHouse> {
    const house = await open();
    await house.put(ruleChanged(ruleText('all', { scope: {} })));
    return house;
  }

  async function positionsOf(house: JudgingHouse, ...drafts: readonly Draft[]): Promise<readonly Position[]> {
    return (await house.journal.append(drafts)).map(({ position }) => position);
  }

  test('knows what a sender said before in a room, the newest first', async () => {
    await using house = await withRule();
    const said = await positionsOf(
      house,
      inside('too early', { at: began }),
      inside('one', { at: began + minute }),
      inside('by another', { at: began + minute, sender: bob }),
      inside('elsewhere', { at: began + minute, room: otherRoom }),
      inside('by us', { at: began + minute, sender: ghost }),
      eventDraft({ topic: 'no message' }, { direction: 'internal', at: began + minute, type: 'm.room.topic' }),
      inside('two', { at: began + 6 * minute }),
      inside('too late', { at: began + 12 * minute }),
    );
    const now = await house.put(inside('now', { at: began + 6 * minute }));
    await house.put(inside('after', { at: began + 6 * minute }));
    expect(await before(house, now)).toEqual([said[6], said[1]]);
  });

  test('knows a chat by its portal, whatever room it is in, and its two sides apart', async () => {
    await using house = await withRule();
    const [first, second] = await positionsOf(
      house,
      { ...inside('from here', { at: began }), portal, line: sales.id },
      { ...smsDraft('from there', { at: began }), portal },
    );
    const moved = { ...inside('now', { at: began, room: otherRoom }), portal, line: sales.id };
    expect(await before(house, await house.put(moved))).toEqual([first]);
    expect(await before(house, await house.put({ ...smsDraft('now', { at: began }), portal }))).toEqual([second]);
  });

  test('keeps the newest twenty of a sender in a room, and gives ten', async () => {
    await using house = await withRule();
    const said = await positionsOf(house, ...Array.from({ length: 30 }, () => inside('x', { at: began })));
    const now = await house.put(inside('now', { at: began }));
    expect(await before(house, now)).toEqual(said.slice(-10).toReversed());
    const [gone, kept, next] = said.slice(10);
    if (gone === undefined || kept === undefined || next === undefined) throw new Error('not said');
    expect(await before(house, { ...now, position: next })).toEqual([kept]);
    expect(await before(house, { ...now, position: kept })).toEqual([]);
  });

  test('knows nothing of what goes a way that no rule is for', async () => {
    await using house = await open();
    await house.put(ruleChanged(ruleText('cards')));
    await positionsOf(house, inside('before', { at: began }));
    expect(await before(house, await house.put(inside('now', { at: began })))).toEqual([]);
  });

  test('knows in which directions rules are enabled', async () => {
    await using house = await open();
    const has = async (): Promise<readonly boolean[]> => {
      const found: boolean[] = [];
      for (const way of ['inbound', 'outbound', 'internal', 'external'] as const) {
        found.push(await house.journal.views.read((reading) => hasRuleFor(reading, way)));
      }
      return found;
    };
    expect(await has()).toEqual([false, false, false, false]);
    const cards = ruleText('cards');
    const all = ruleText('all', { scope: {} });
    await house.put(ruleChanged(cards));
    expect(await has()).toEqual([false, true, false, false]);
    await house.put(ruleChanged(all));
    expect(await has()).toEqual([true, true, true, true]);
    await house.put(ruleChanged(all, { change: 'switched', set: { enabled: false } }));
    expect(await has()).toEqual([false, true, false, false]);
    await house.put(ruleChanged(all, { change: 'switched', set: { dryRun: true } }));
    await house.put(ruleChanged(cards, { change: 'proposed' }));
    await house.put(ruleChanged(cards, { change: 'removed' }));
    expect(await has()).toEqual([false, false, false, false]);
    const inward = ruleText('all', { scope: { directions: ['inbound'] } });
    await house.put(ruleChanged(inward, { change: 'changed', set: { enabled: true } }));
    expect(await has()).toEqual([true, false, false, false]);
    await house.put(ruleChanged(cards, { text: 'rules: [' }));
    expect(await has()).toEqual([true, true, true, true]);
  });

  test('has tables that are a pure function of the record: a rebuild finds no difference', async () => {
    const house = await open();
    await house.put(ruleChanged(ruleText('cards', { scope: { directions: ['internal'] } })));
    await positionsOf(house, ...Array.from({ length: 25 }, () => textDraft('4111 1111', { direction: 'internal' })));
    expect(await house.journal.stale()).toEqual([]);
    await house.test.close();
    const parts = { parts: judgingParts, tasks: taskSink };
    {
      await using writer = await openWriter(house.test.place, parts, {
        clock: systemClock,
        committed: () => undefined,
      });
      const { database, keys, search } = writer;
      const { difference, tasksAdded } = await rebuild({ ...parts, database, keys, search, check: true });
      expect({ difference, tasksAdded }).toEqual({ difference: undefined, tasksAdded: 0 });
    }
    await house[Symbol.asyncDispose]();
  });
});
