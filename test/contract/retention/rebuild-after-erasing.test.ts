import { describe, expect, test } from '@jest/globals';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { addressesOf, contactsByName } from '../../../src/bridge/contacts/contact-store.ts';
import { portalById } from '../../../src/bridge/portals/portal-store.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Entry } from '../../../src/core/entry.ts';
import { contactIdAt, portalIdAt, type Position } from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { DOMAIN } from '../../integration/bridge/fake-homeserver.ts';
import { alice, ann, openHouse, type House } from '../../integration/bridge/house.ts';
import { erasedDraft, positionAt, rebuilt } from '../../support/erasing.ts';
import { openTestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const parts = [bridgeWriterPart({ domain: DOMAIN })];

/** What the house is built on, as long as it stands. */
function stands(entry: Entry): boolean {
  if (entry.kind === 'matrix.event') return entry.body.state_key !== undefined;
  return ['portal.opened', 'ghost.made', 'room.made', 'retention.erased'].includes(entry.kind);
}

async function allOf(house: House): Promise<readonly Entry[]> {
  const { journal } = house.test;
  const size = await journal.size();
  const all = await journal.readMany(Array.from({ length: size }, (_, i) => positionAt(i + 1)));
  return all.filter((entry): entry is Entry => !('erased' in entry));
}

/** Erases them as a run does, keys included. */
async function erase(house: House, positions: readonly Position[]): Promise<void> {
  const { journal } = house.test;
  await journal.append([erasedDraft(positions.map((position) => [position, position]))]);
  await journal.eraseKeys(positions);
}

/** Both texts went out and were shown, one was edited, one answered. */
async function conversation(house: House): Promise<void> {
  await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal');
  const { room } = opened.body;
  const first = await house.write(alice, room, 'Hulo');
  await house.write(alice, room, '* Hello', {
    'm.new_content': { msgtype: 'm.text', body: 'Hello' },
    'm.relates_to': { rel_type: 'm.replace', event_id: first.body.event_id },
  });
  await house.pass(5_000);
  await house.receive('And again');
  await house.write(alice, room, 'Of course');
  await house.pass(5_000);
}

describe.each(['sqlite', 'postgres'] as const)('a rebuild after erasing on %s', (dialect) => {
  const open = (): Promise<House> => openHouse(undefined, serverOf(dialect));

  test('finds no difference, however far a run has got, and keeps contact and portal of a first message that is gone', async () => {
    const house = await open();
    await conversation(house);
    const due = (await allOf(house)).filter((entry) => !stands(entry)).map(({ position }) => position);
    const steps = [due.slice(0, 1), due.slice(1, 6), due.slice(6, -3), due.slice(-3)];
    let { place } = house.test;
    await house.test.close();
    for (const step of steps) {
      const again = await openHouse({ place, homeserver: house.homeserver, clock: house.clock });
      await erase(again, step);
      ({ place } = again.test);
      await again.stop();
      expect([step, (await rebuilt(place, parts, true)).difference]).toEqual([step, undefined]);
    }
    await rebuilt(place, parts, false);
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    const after = await openHouse({ place, homeserver: house.homeserver, clock: house.clock });
    await after.test.views.read(async (reading) => {
      const { sealer } = after.test.views;
      expect(await portalById(reading, sealer, portalIdAt(positionAt(1)))).toMatchObject({
        contact: 'c1',
        address: ann,
      });
    });
    const written = await after.receive('Still there?');
    expect(await after.test.journal.read(written)).toMatchObject({ contact: 'c1', portal: 'p1' });
    await after.stop();
    await house.test[Symbol.asyncDispose]();
  });

  test('of a copy from before, with the keys of today, leaves nobody of whom nothing is left', async () => {
    await using house = await open();
    await house.receive('Hi');
    await house.pass(2_000);
    const all = (await allOf(house)).map(({ position }) => position);
    const { place } = house.test;
    const lookAfter = async (gone: readonly Position[]): Promise<{ addresses: number; difference: unknown }> => {
      await house.test.close();
      {
        const writing = { clock: systemClock, committed: () => undefined };
        await using writer = await openWriter(place, { parts, tasks: taskSink }, writing);
        await writer.keys.eraseEntryKeys(gone);
      }
      await rebuilt(place, parts, false);
      const { difference } = await rebuilt(place, parts, true);
      const opened = await openTestJournal({ place, parts });
      const { views } = opened;
      const found = await views.read((reading) => addressesOf(reading, views.sealer, contactIdAt(positionAt(1))));
      await opened.close();
      return { addresses: found.length, difference };
    };
    await house.stop();
    expect(await lookAfter(all.slice(0, 1))).toEqual({ addresses: 1, difference: undefined });
    expect(await lookAfter(all)).toEqual({ addresses: 0, difference: undefined });
  });

  test('forgets a person whom nothing names any more, and no earlier', async () => {
    await using house = await open();
    await conversation(house);
    const all = await allOf(house);
    const { views } = house.test;
    const known = () => views.read((reading) => addressesOf(reading, views.sealer, contactIdAt(positionAt(1))));
    await erase(
      house,
      all.filter((entry) => !stands(entry)).map(({ position }) => position),
    );
    expect(await known()).toHaveLength(1);
    await erase(
      house,
      all.filter((entry) => entry.kind !== 'room.made').map(({ position }) => position),
    );
    expect(await known()).toEqual([]);
    expect(await views.read((reading) => portalById(reading, views.sealer, portalIdAt(positionAt(1))))).toBeUndefined();
    expect(await views.read((reading) => contactsByName(reading, views.sealer, 'Ann'))).toEqual([]);
  });
});
