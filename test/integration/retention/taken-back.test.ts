/** A person's messages that can't be purged, for others' that stay stand before them: taken back one by one. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { onHomeserver } from '../../../src/app/retention-homeserver.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import type { EntryOf } from '../../../src/core/entry.ts';
import { must, parseMillis, type EventId, type Position, type RoomId, type UserId } from '../../../src/core/ids.ts';
import { ok } from '../../../src/core/result.ts';
import type { StoreCount } from '../../../src/core/retention-entries.ts';
import { goneOf } from '../../../src/retention/run/gone-notes.ts';
import { ErasableHomeserver } from '../../support/erasable-homeserver.ts';
import { erasedDraft } from '../../support/erasing.ts';
import { KeptLog } from '../../support/quiet.ts';
import { keptClass, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';
import { DOMAIN, eventDraft, FakeHomeserver, user } from '../bridge/fake-homeserver.ts';
import { alice, bob } from '../bridge/house.ts';

const ghost = user('_gh_sms_12025550199');
/** Of the config. */
const purging = { retention: { homeserver: { purge: true } } };
const clock = new SetClock(START);
let homeserver: FakeHomeserver;
let erasing: ErasableHomeserver;
let house: RetentionHouse;
let room: RoomId;
/** By the admin's token. */
let byAdmin: { sender: UserId; event: EventId; at: number }[];

beforeEach(async () => {
  homeserver = new FakeHomeserver(clock);
  erasing = new ErasableHomeserver(homeserver);
  byAdmin = [];
  homeserver.takeBack = ({ sender, event, at }) => {
    byAdmin.push({ sender, event, at });
    return Promise.resolve(ok(true));
  };
  house = await RetentionHouse.open({ clock, parts: [bridgeWriterPart({ domain: DOMAIN })] });
  await house.classes([keptClass('short', 10, 10)], 'short');
  const { gatehouse: as } = homeserver;
  const made = await homeserver.createRoom({ as, name: '', invite: [], creationContent: {}, initialState: [] });
  if (!made.ok) throw new Error('no room');
  room = made.value;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function says(sender: UserId, body: string): Promise<EntryOf<'matrix.event'>> {
  homeserver.write(sender, room, { content: { msgtype: 'm.text', body } });
  const drafts = homeserver.unseen.splice(0).map((event) => eventDraft(event));
  const positions = (await house.test.journal.append(drafts)).map(({ position }) => position);
  const [entry] = await house.test.journal.readMany(positions.slice(-1));
  if (entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event') throw new Error('not recorded');
  return entry;
}

/** Erases these, as a run does, and has the homeserver seen to. */
async function clean(gone: readonly EntryOf<'matrix.event'>[], dsar?: Position): Promise<readonly StoreCount[]> {
  const { journal } = house.test;
  await journal.append([erasedDraft(gone.map(({ position }) => [position, position]))]);
  const { cleaner } = onHomeserver({ config: purging, journal, clock, log: new KeptLog() }, { homeserver, erasing });
  const asked = await house.append('retention.asked', { act: 'run' });
  const until = must(parseMillis(START));
  const body = { because: asked, classes: await house.digest(), until, size: asked, root: 'cm9vdA==' };
  const at = await house.append('retention.run', dsar === undefined ? body : { ...body, dsar });
  const run = (await house.of('retention.run')).find(({ position }) => position === at);
  if (run === undefined) throw new Error('no run');
  const events = gone.flatMap((entry) => goneOf(entry, false)).filter((one) => 'event' in one);
  return (await cleaner.clean(run, { events, files: [], ghosts: [] }, new AbortController().signal)) ?? [];
}

async function talk() {
  const [hers, theirs] = [await says(ghost, 'first'), await says(bob, 'not hers')];
  return { first: hers, theirs, second: await says(ghost, 'second'), toHer: await says(alice, 'to her') };
}

test('for a person: our own users’ in their own name, others’ by the admin’s token, and the certificate counts them', async () => {
  const { first, second, toHer } = await talk();
  await says(bob, 'the end');
  const [events] = await clean([first, second, toHer], second.position);
  expect(events).toMatchObject({ store: 'homeserver-events', gone: 1, stayed: 2 });
  expect(events?.why).toBe('2: taken back, their text in Synapse up to redaction_retention_period (7 days by default)');
  expect(homeserver.calls.filter((call) => call === 'redact')).toHaveLength(1);
  expect(byAdmin).toEqual([{ sender: alice, event: toHer.body.event_id, at: toHer.body.origin_server_ts }]);
});

test('by age nothing is taken back one by one', async () => {
  const { first, second, toHer } = await talk();
  await says(bob, 'the end');
  const [events] = await clean([first, second, toHer]);
  expect(events).toMatchObject({ gone: 1, stayed: 2, why: '2: behind a record that stays' });
  expect(homeserver.calls).not.toContain('redact');
  expect(byAdmin).toEqual([]);
});

test('state events are never taken back: the room needs them', async () => {
  const { theirs } = await talk();
  homeserver.membership(room, ghost, 'join');
  const [joined] = await house.test.journal.append(homeserver.unseen.splice(0).map((event) => eventDraft(event)));
  const [entry] = await house.test.journal.readMany(joined === undefined ? [] : [joined.position]);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event') throw new Error('not recorded');
  const [events] = await clean([entry], theirs.position);
  expect(events?.why).toBe('1: state of rooms, which Synapse keeps as long as the room');
  expect(homeserver.calls).not.toContain('redact');
});
