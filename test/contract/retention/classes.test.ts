import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseConnectorId,
  parseEventId,
  parseLineId,
  parseNetworkId,
  parseRoomId,
  type RoomId,
} from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { networksOfLines } from '../../../src/retention/classes/class-store.ts';
import { termOf } from '../../../src/retention/classes/term.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { alice, bob, classId, ClassHouse, classParts, deals, lunch, olivia, omar } from '../../support/class-house.ts';
import { draftOf, noteDraft, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const sales = must(parseLineId('sales'));
const sms = must(parseNetworkId('sms'));
const elsewhere = must(parseRoomId('!elsewhere:acme.example'));
const DAY_MS = 86_400_000;

async function classOf(test: TestJournal, draft: Draft): Promise<string | undefined> {
  const [appended] = await test.journal.append([draft]);
  const entry = appended === undefined ? undefined : await test.journal.read(appended.position);
  return entry?.class;
}

let events = 0;
function said(room: RoomId, sender = alice): Draft {
  events += 1;
  const id = must(parseEventId(`$said-${events}`));
  const body = {
    ...{ event_id: id, type: 'm.room.message', room_id: room, sender, origin_server_ts: 1_772_000_000_000 },
    content: { msgtype: 'm.text', body: 'hello' },
  };
  const source = { system: 'matrix', id, sure: true };
  return draftOf('matrix.event', body, { source, actor: sender, class: classId('us-finra-6y') });
}

function texted(line = sales): Draft {
  const body = {
    connector: must(parseConnectorId('carrier')),
    network: sms,
    to: must(parseAddress('+12025550100')),
    from: must(parseAddress('+12025550199')),
    text: 'hello',
  };
  return draftOf('network.message', body, { line, class: classId('us-finra-6y') });
}

describe.each(['sqlite', 'postgres'] as const)('the classes on %s', (dialect) => {
  const open = (options: Parameters<typeof ClassHouse.open>[0] = {}) =>
    ClassHouse.open({ ...options, postgres: serverOf(dialect) });

  test('are on record as the config says them, once, with tags and groups resolved', async () => {
    await using house = await open({
      settings: {
        lines: [{ id: sales, ownClass: classId('us-sec-3y') }, { id: must(parseLineId('other')) }],
        assign: [
          { class: classId('eu-mifid-7y'), tag: 'trading' },
          { class: classId('short-30d'), group: 'sales', kind: 'matrix' },
        ],
      },
    });
    const settled = await house.inForce.settle();
    expect(settled.assignments).toEqual([
      { name: 'config:lines:sales', class: 'us-sec-3y', to: { line: 'sales' } },
      { name: 'config:tag:trading', class: 'eu-mifid-7y', to: { rooms: [deals] } },
      { name: 'config:group:sales kind:matrix', class: 'short-30d', to: { users: [alice, bob], kind: 'matrix' } },
    ]);
    expect(await house.inForce.settle()).toEqual(settled);
    expect((await house.states()).map(({ position }) => position)).toEqual([settled.position]);
    house.groups.set('sales', [alice]);
    expect((await house.inForce.settle()).digest).not.toBe(settled.digest);
    expect(await house.states()).toHaveLength(2);
  });

  test('give each record its first class, which its header carries', async () => {
    await using house = await open({
      settings: {
        lines: [{ id: sales, ownClass: classId('us-sec-3y') }],
        assign: [
          { class: classId('eu-mifid-7y'), tag: 'trading' },
          { class: classId('short-30d'), room: lunch },
          { class: classId('us-hipaa-6y'), network: sms },
          { class: classId('short-30d'), kind: 'system' },
        ],
      },
    });
    const { test } = house;
    expect(await classOf(test, noteDraft('before there are classes'))).toBe('test-class');
    await house.inForce.settle();
    expect(await classOf(test, said(deals))).toBe('eu-mifid-7y');
    expect(await classOf(test, said(lunch))).toBe('short-30d');
    expect(await classOf(test, said(elsewhere))).toBe('us-finra-6y');
    expect(await classOf(test, texted())).toBe('us-hipaa-6y');
    expect(await classOf(test, noteDraft('a kind'))).toBe('short-30d');
    expect(await classOf(test, draftOf('config.changed', { digest: '' }))).toBe('us-finra-6y');
    const networks = await test.views.read(networksOfLines);
    expect([...networks]).toEqual([[sales, new Set([sms])]]);
    expect(await test.journal.stale()).toEqual([]);
  });

  test('when a room’s class gets shorter, what is there keeps its longer one, and a rebuild knows it', async () => {
    await using house = await open();
    const { test } = house;
    await house.inForce.settle();
    const [before] = await test.journal.append([said(deals)]);
    const done = await house.set('!deals:acme.example', 'short-30d');
    expect(done).toMatchObject({ is: 'done', name: 'desk:!deals:acme.example' });
    const [after] = await test.journal.append([said(deals)]);
    const table = await house.inForce.table();
    const terms = (await test.journal.readMany([before, after].flatMap((one) => one?.position ?? []))).map((entry) => {
      if ('erased' in entry || table === undefined) throw new Error('not there');
      const { position, kind, recordedAt, at, room, actor } = entry;
      const facts = {
        position,
        kind,
        class: entry.class,
        recordedAt,
        at,
        late: false,
        room,
        actor,
        marks: new Set(''),
      };
      return termOf(facts, table);
    });
    expect(terms.map((term) => term.class)).toEqual(['us-finra-6y', 'short-30d']);
    await test.close();
    const parts = { parts: classParts, tasks: taskSink };
    await using writer = await openWriter(test.place, parts, { clock: systemClock, committed: () => undefined });
    const { database, keys, search } = writer;
    expect((await rebuild({ ...parts, database, keys, search, check: true })).difference).toBeUndefined();
  });

  test('with two officers a shorter class waits for the second, and a longer one does not', async () => {
    const clock = new ManualClock();
    await using house = await open({ fourEyes: true, clock });
    await house.inForce.settle();
    expect(await house.set('tag:trading', 'eu-mifid-7y')).toMatchObject({ is: 'done' });
    expect(await house.set('tag:trading', 'short-30d', olivia)).toEqual({ is: 'asked' });
    expect(await house.set('tag:trading', 'short-30d', olivia)).toEqual({ is: 'asked' });
    expect(await house.set('tag:trading', 'us-sec-3y', omar)).toEqual({ is: 'asked' });
    expect(await house.set('tag:trading', 'us-sec-3y', olivia)).toMatchObject({ is: 'done' });
    expect((await house.states()).at(-1)?.body).toMatchObject({ by: omar, approvedBy: olivia });
    expect(await house.set('tag:trading', undefined, olivia)).toMatchObject({ is: 'done' });
    expect(await house.set('tag:trading', 'short-30d', olivia)).toEqual({ is: 'asked' });
    clock.advance(DAY_MS + 1);
    expect(await house.set('tag:trading', 'short-30d', omar)).toEqual({ is: 'asked' });
    expect(await house.set('tag:trading', 'short-30d', olivia)).toMatchObject({ is: 'done' });
  });

  test('a command that is run again after a crash changes nothing twice', async () => {
    await using house = await open({ fourEyes: true });
    await house.inForce.settle();
    const event = house.nextEvent();
    const done = await house.set('!deals:acme.example', 'eu-mifid-7y', olivia, event);
    await house.set('!deals:acme.example', undefined, olivia);
    const states = (await house.states()).length;
    expect(await house.set('!deals:acme.example', 'eu-mifid-7y', olivia, event)).toEqual(done);
    const asking = house.nextEvent();
    expect(await house.set('!lunch:acme.example', 'short-30d', olivia, asking)).toEqual({ is: 'asked' });
    const size = await house.test.journal.size();
    expect(await house.set('!lunch:acme.example', 'short-30d', olivia, asking)).toEqual({ is: 'asked' });
    expect(await house.test.journal.size()).toBe(size);
    expect(await house.states()).toHaveLength(states);
  });

  test('what a desk set stays over a restart and another config, with a class that the config forgot', async () => {
    const own = { id: classId('deals-9y'), keep: { years: 9 }, authority: 'ours' };
    const usual = { id: classId('us-finra-6y'), keep: { years: 6 }, authority: 'law' };
    await using house = await open({ settings: { classes: [usual, own] } });
    await house.inForce.settle();
    await house.set('group:sales', 'deals-9y');
    await house.test.close();
    await using again = await ClassHouse.open({ place: house.test.place, settings: { classes: [usual] } });
    again.groups.delete('sales');
    const { assignments, classes } = await again.inForce.settle();
    expect(assignments).toEqual([{ name: 'desk:group:sales', class: 'deals-9y', to: { users: [alice, bob] } }]);
    expect(classes).toEqual([usual, own]);
    expect(again.warned.size).toBe(0);
  });
});

describe('what stands for nothing known', () => {
  test('is not in force, and health says so until it is', async () => {
    await using house = await ClassHouse.open({
      settings: { assign: [{ class: classId('short-30d'), group: 'support', kind: 'mattrix' }] },
    });
    expect((await house.inForce.settle()).assignments).toEqual([]);
    expect([...house.warned.values()][0]).toMatch(/group:support.*No record is of kind mattrix/u);
    expect(await house.set('group:support', 'us-hipaa-6y')).toEqual({ is: 'unresolved' });
    house.groups.set('support', [bob]);
    expect((await house.inForce.settle()).assignments).toHaveLength(1);
    expect([...house.warned.values()][0]).not.toContain('group:support');
  });

  test('taking back what no desk set changes nothing', async () => {
    await using house = await ClassHouse.open();
    await house.inForce.settle();
    expect(await house.set('!deals:acme.example', undefined)).toMatchObject({ is: 'same' });
  });
});
