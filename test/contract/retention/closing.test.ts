/** What a portal that is closed for good, and the room that was made for it, leave behind in the bridge's tables. */
import { describe, expect, test } from '@jest/globals';
import { otherRoom } from '../../../src/bridge/portals/room-lineage-store.ts';
import { portalById } from '../../../src/bridge/portals/portal-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import type { Draft, DraftOf } from '../../../src/core/entry.ts';
import { contactIdAt, must, parseRoomId, portalIdAt } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { isStanding, standingProjection } from '../../../src/retention/run/standing-store.ts';
import { DOMAIN, user } from '../../integration/bridge/fake-homeserver.ts';
import { ann, carrier, sales } from '../../integration/bridge/house.ts';
import { erasedDraft, positionAt, rebuilt } from '../../support/erasing.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { draftOf, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const parts = [bridgeWriterPart({ domain: DOMAIN }), { projections: [standingProjection], planners: [] }];
const room = must(parseRoomId('!r1:acme.example'));
const [portal, contact] = [portalIdAt(positionAt(1)), contactIdAt(positionAt(1))];
const gatehouse = user('gatehouse');
const ghost = user('_gh_sms_12025550199');

function text(id: string): Draft {
  const { address: to, network } = sales;
  return {
    ...draftOf('network.message', { connector: carrier, network, to, from: ann, text: 'Hi' }),
    ...{ line: sales.id, source: { system: 'network:carrier', id, sure: true } },
  };
}

function state(type: string, content: JsonObject, more: { key?: string; sender?: typeof gatehouse } = {}): Draft {
  const { key: state_key = '', sender = gatehouse } = more;
  const draft = messageDraft('', { room, type, content });
  return { ...draft, actor: sender, room, body: { ...draft.body, sender, state_key } };
}

const create = (mark: string, sender = gatehouse) =>
  state('m.room.create', { 'org.gatehouse.portal': mark }, { sender });
const opened = draftOf('portal.opened', { portal, room, line: sales.id, contact, network: sales.network });
const made = { ...draftOf('ghost.made', { user: ghost, network: sales.network, address: ann, name: 'Ann' }), contact };
const closed = (asOf: number): DraftOf<'portal.closed'> =>
  draftOf('portal.closed', { portal, room, why: 'over', over: { contact, asOf: positionAt(asOf) } });
const gone = draftOf('room.gone', { room, why: 'over' });

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  async function journal(...drafts: readonly Draft[]): Promise<TestJournal> {
    const opened = await openTestJournal({ parts, ...serverOption() });
    for (const draft of [text('1'), ...drafts]) await opened.journal.append([draft]);
    return opened;
  }
  function serverOption() {
    const postgres = serverOf(dialect);
    return postgres === undefined ? {} : { postgres };
  }
  function looked({ views }: TestJournal) {
    return views.read(async (reading) => {
      const now = await portalById(reading, views.sealer, portal);
      return { room: now?.room, portal: now?.state, lineage: (await otherRoom(reading, room))?.state };
    });
  }

  test('what is said of a room before it is on record as the portal’s belongs to the portal', async () => {
    await using test = await journal(create(portal), state('m.room.name', { name: 'Ann' }), opened);
    const entries = await test.journal.readMany([positionAt(2), positionAt(3)]);
    const place = { portal, contact, line: sales.id };
    expect(entries).toMatchObject([place, place]);
    expect(await looked(test)).toEqual({ room, portal: 'open', lineage: undefined });
  });

  test.each([
    ['somebody else’s', create(portal, user('mallory'))],
    ['of another life of the record', create(`${portal}/2`)],
    ['of no portal', create('p99')],
  ])('a room whose creation is %s belongs to nobody', async (_, draft) => {
    await using test = await journal(draft, state('m.room.name', { name: 'Ann' }));
    const entries = await test.journal.readMany([positionAt(2), positionAt(3)]);
    expect(entries.map((entry) => 'portal' in entry)).toEqual([false, false]);
  });

  test('a closing counts where nothing of the contact came since', async () => {
    await using test = await journal(create(portal), opened, made, closed(4), gone);
    expect(await looked(test)).toEqual({ room: undefined, portal: 'gone', lineage: 'closed' });
    const standing = await test.views.read(async (reading) => {
      const all = await test.journal.readMany([3, 4, 5].map(positionAt));
      return Promise.all(all.flatMap((entry) => ('erased' in entry ? [] : [isStanding(entry, reading)])));
    });
    expect(standing).toEqual([false, false, true]);
    expect(await test.journal.read(positionAt(5))).not.toHaveProperty('portal');
  });

  test('a closing counts for nothing once a message came', async () => {
    await using test = await journal(create(portal), opened, made, text('2'), closed(4));
    expect(await looked(test)).toEqual({ room, portal: 'open', lineage: undefined });
    const standing = await test.views.read(async (reading) => {
      const all = await test.journal.readMany([3, 4].map(positionAt));
      return Promise.all(all.flatMap((entry) => ('erased' in entry ? [] : [isStanding(entry, reading)])));
    });
    expect(standing).toEqual([true, true]);
  });

  test('what the homeserver says of a room that was deleted for good is its line’s, and nobody’s', async () => {
    const leaves = state('m.room.member', { membership: 'leave' }, { key: ghost, sender: ghost });
    await using test = await journal(create(portal), opened, closed(3), gone, leaves);
    const left = await test.journal.read(positionAt(6));
    expect(left).toMatchObject({ line: sales.id, room });
    expect(left).not.toHaveProperty('contact');
    expect(left).not.toHaveProperty('portal');
  });

  test('once all of it is erased a rebuild makes the same tables', async () => {
    const leaves = state('m.room.member', { membership: 'leave' }, { key: ghost, sender: ghost });
    const first = await journal(create(portal), opened, made, closed(4), gone, leaves);
    for (const gone of [[1], [2], [3, 4]]) {
      await first.journal.append([erasedDraft(gone.map((at) => [at, at]))]);
      await first.journal.eraseKeys(gone.map(positionAt));
    }
    expect(await looked(first)).toEqual({ room: undefined, portal: undefined, lineage: undefined });
    await first.close();
    const { place } = first;
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    await rebuilt(place, parts, false);
    expect((await rebuilt(place, parts, true)).difference).toBeUndefined();
    await first[Symbol.asyncDispose]();
  });
});
