/** A run means the same on both databases: what goes, what stays and why, and what a rebuild makes of it. */
import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../src/core/entry.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { must, parseClassId, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import { copiesOf } from '../../../src/retention/run/copies-store.ts';
import { holdOn } from '../../support/holds.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { DAY_MS, keptClass, position, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

const serverOf = postgresForTests();
const room = must(parseRoomId('!deals:acme.example'));
let made = 0;
const text = (body: string): JsonObject => ({ msgtype: 'm.text', body });

function said(house: RetentionHouse, sender: string, content = text('hello'), stateKey?: string): Draft {
  made += 1;
  const id = must(parseEventId(`$said-${String(made)}`));
  const at = must(parseMillis(house.clock.now()));
  const from = must(parseUserId(sender));
  return {
    kind: 'matrix.event',
    ...{ at, actor: from, room, direction: 'internal' },
    source: { system: 'matrix', id, sure: true },
    body: {
      ...{ event_id: id, type: stateKey === undefined ? 'm.room.message' : 'm.room.name', room_id: room, sender: from },
      ...{ origin_server_ts: at, content, ...(stateKey === undefined ? {} : { state_key: stateKey }) },
    },
  };
}

function say(house: RetentionHouse, sender: string, content: JsonObject, stateKey?: string): Promise<number> {
  return house.put(said(house, sender, content, stateKey));
}

const bob = '@bob:acme.example';
const carol = '@carol:acme.example';

describe.each(['sqlite', 'postgres'] as const)('a run on %s', (dialect) => {
  test('lets go what is due, with what quotes it, and says of all else why it stays', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    await house.classes([keptClass('usual', 10, 10)], 'usual');
    const oldName = await say(house, carol, { name: 'Deals' }, '');
    const name = await say(house, carol, { name: 'Big deals' }, '');
    const gone = await say(house, carol, text('sold'));
    const held = await say(house, bob, text('never'));
    const answer = await say(house, carol, text('a reply to Bob'));
    clock.pass(11 * DAY_MS);
    const quoting = await say(house, '@compliance:acme.example', { ...text('“sold”'), 'org.gatehouse.refs': [gone] });
    const stranger = await say(house, carol, { ...text('“sold”'), 'org.gatehouse.refs': [gone] });
    await house.test.journal.append([await holdOn('acme', 'user:@bob', [])]);
    expect(await house.test.views.read((reading) => copiesOf(reading, position(gone)))).toEqual([quoting]);
    await house.arm();
    await house.run();
    await house.idle();
    expect(await house.erased()).toEqual([oldName, gone, answer, quoting].toSorted((a, b) => a - b));
    const [certificate] = await house.of('retention.certificate');
    expect(certificate?.body).toMatchObject({
      gone: [{ class: 'usual', entries: 4, files: 0, from: START, to: START + 11 * DAY_MS }],
      stays: [
        { why: 'hold', hold: 'acme', entries: 1 },
        { why: 'needed', entries: 1 },
      ],
    });
    const [, copies] = [0, certificate?.body.stores.find(({ store }) => store === 'copies')];
    expect(copies?.gone).toBe(1);
    const there = (await house.all()).filter((entry) => [name, held, stranger].includes(entry.position));
    expect(there.every((entry) => !('erased' in entry))).toBe(true);
  });

  test('goes on noticing what ended meanwhile, and opens nothing else again', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    house.start();
    const hers = { name: 'carol', class: must(parseClassId('long')), to: { users: [must(parseUserId(carol))] } };
    await house.classes([keptClass('usual', 10, 10), keptClass('long', 90, 90)], 'usual', [hers]);
    const held = await say(house, bob, text('never'));
    // A chunk is what is remembered together: the newest one, which grows, is looked at again.
    for (let n = 0; n < 11; n += 1)
      await house.test.journal.append(Array.from({ length: 100 }, () => said(house, carol)));
    const [hold] = await house.test.journal.append([await holdOn('acme', 'user:@bob', [])]);
    await house.arm();
    const opened: number[] = [];
    const { journal } = house.test;
    const readMany = journal.readMany.bind(journal);
    journal.readMany = (positions) => {
      opened.push(...positions);
      return readMany(positions);
    };
    clock.pass(5 * DAY_MS);
    await house.run();
    await house.idle();
    expect(opened).toEqual([]);
    clock.pass(6 * DAY_MS);
    await house.run();
    await house.idle();
    expect((await house.erased()).includes(held)).toBe(false);
    expect(opened.length).toBeGreaterThanOrEqual(1_101);
    opened.length = 0;
    await house.run();
    await house.idle();
    expect(opened.filter((at) => at <= 1_000)).toEqual([]);
    await house.append('hold.released', {
      hold: (await house.of('hold.placed'))[0]?.body.hold ?? must({ ok: false, error: { what: 'hold', got: '' } }),
      placed: position(hold?.position ?? 1),
      by: must(parseUserId('@olivia:acme.example')),
    });
    await house.run();
    await house.idle();
    expect(await house.erased()).toContain(held);
    expect(await house.of('retention.certificate')).toHaveLength(4);
  });

  test('ends at once when the classes change under it', async () => {
    const clock = new SetClock(START);
    await using house = await RetentionHouse.open({ clock, postgres: serverOf(dialect) });
    await house.classes([keptClass('usual', 10, 10)], 'usual');
    await say(house, carol, text('sold'));
    clock.pass(11 * DAY_MS);
    await house.arm();
    const asked = await house.run();
    let changed: Promise<unknown> | undefined;
    // Of the run itself: tasks that are done are commits too.
    house.test.journal.onCommitted(({ to }) => {
      if (to <= asked) return;
      changed ??= house.test.views
        .read((reading) => Promise.resolve(reading))
        .then(() => house.classes([keptClass('usual', 90, 90)], 'usual'));
    });
    house.start();
    await house.idle();
    await changed;
    const erased = await house.erased();
    const certificates = await house.of('retention.certificate');
    expect(certificates).toHaveLength(1);
    expect(certificates[0]?.body.gone.reduce((sum, { entries }) => sum + entries, 0) ?? 0).toBe(erased.length);
    await house.run();
    await house.idle();
    expect((await house.of('retention.run')).at(-1)?.body.refused).toBe('not-armed');
  });
});
