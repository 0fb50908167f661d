/** What a run erased on the homeserver, which is a list of events here that can be made to fail. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { EventId, MediaUri, RoomId, UserId } from '../../../src/core/ids.ts';
import { must, parseMediaUri, parseUserId } from '../../../src/core/ids.ts';
import type { Done, HomeserverFailure } from '../../../src/core/ports/homeserver.ts';
import type { HomeserverErasing } from '../../../src/core/ports/homeserver-erasing.ts';
import { err, ok } from '../../../src/core/result.ts';
import type { StoreCount } from '../../../src/core/retention-entries.ts';
import { freezingBy } from '../../../src/retention/holds/freezing.ts';
import { homeserverCleaner } from '../../../src/retention/homeserver/clean.ts';
import { copiesCleaner, type CopiesDeps } from '../../../src/retention/homeserver/clean-copies.ts';
import type { RoomNeed } from '../../../src/retention/homeserver/clean-room.ts';
import { openWork } from '../../../src/retention/open/open-work.ts';
import type { RunDeps } from '../../../src/retention/run/run-task.ts';
import { holdOn } from '../../support/holds.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { DAY_MS, keptClass, position, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

const ROOM = '!room:acme.example';
const down: HomeserverFailure = { kind: 'down', detail: 'ECONNREFUSED' };

/** Of each room what it holds, oldest first. */
class ListedHomeserver implements HomeserverErasing {
  readonly rooms = new Map<string, { id: string; state?: true }[]>();
  readonly redacted = new Set<string>();
  readonly media = new Set<string>();
  people = 2;
  need: RoomNeed = 'used';
  /** Thrown or answered by the next calls. */
  fails: HomeserverFailure[] = [];
  readonly purges: string[] = [];
  /** Ghosts. */
  readonly outOfUse = new Set<string>();

  async oldest(room: RoomId): ReturnType<HomeserverErasing['oldest']> {
    const failure = this.fails.shift();
    if (failure !== undefined) return err(failure);
    const events = this.#of(room).map(({ id, state }) => ({ id: eventId(id), isState: state === true }));
    return Promise.resolve(ok({ events }));
  }

  async purge({ room, before }: { readonly room: RoomId; readonly before: EventId }): Done<void> {
    this.purges.push(before);
    const events = this.#of(room);
    const cut = events.findIndex(({ id }) => id === before);
    this.rooms.set(
      room,
      events.filter(({ state }, at) => at >= cut || state === true),
    );
    return Promise.resolve(ok(undefined));
  }

  joined(room: RoomId): Done<number | undefined> {
    return Promise.resolve(ok(this.rooms.has(room) ? this.people : undefined));
  }

  deleteRoom(room: RoomId): Done<void> {
    this.rooms.delete(room);
    return Promise.resolve(ok(undefined));
  }

  look({ event }: { readonly event: EventId }): ReturnType<HomeserverErasing['look']> {
    const there = [...this.rooms.values()].flat().some(({ id }) => id === event);
    return Promise.resolve(ok(!there ? 'gone' : this.redacted.has(event) ? 'redacted' : 'there'));
  }

  deleteMedia(uri: MediaUri): ReturnType<HomeserverErasing['deleteMedia']> {
    if (uri.startsWith('mxc://partner.example/')) return Promise.resolve(ok('not-ours'));
    this.media.delete(uri);
    return Promise.resolve(ok('gone'));
  }

  deactivate(ghost: UserId): Done<void> {
    this.outOfUse.add(ghost);
    return Promise.resolve(ok(undefined));
  }

  activate(ghost: UserId): Done<void> {
    this.outOfUse.delete(ghost);
    return Promise.resolve(ok(undefined));
  }

  #of(room: string): { id: string; state?: true }[] {
    return this.rooms.get(room) ?? [];
  }
}

function eventId(id: string): EventId {
  return messageDraft('', { id }).body.event_id;
}

let house: RetentionHouse;
let clock: SetClock;
let homeserver: ListedHomeserver;
let cleanerNow: () => RunDeps['cleaner'];

beforeEach(async () => {
  clock = new SetClock(START);
  homeserver = new ListedHomeserver();
  cleanerNow = cleaner;
  house = await RetentionHouse.open({ clock, cleaner: lazily(() => cleanerNow()) });
  await house.classes([keptClass('short', 10, 10)], 'short');
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** The house is there before its cleaner can be. */
function lazily(make: () => RunDeps['cleaner']): RunDeps['cleaner'] {
  return {
    get notes() {
      return make().notes;
    },
    clean: (run, gone, signal) => make().clean(run, gone, signal),
  };
}

/** What waits for the homeserver waits for a moment. */
const impatient: Clock = {
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  after: (ms, callback) => clock.after(Math.min(ms, 2), callback),
};

const ours: CopiesDeps['homeserver'] = {
  isOurs: (user) => user === '@compliance:acme.example',
  redact: ({ event }) => {
    homeserver.redacted.add(event);
    return Promise.resolve(ok(event));
  },
};

function cleaner(): RunDeps['cleaner'] {
  return homeserverCleaner({
    ...{ journal: house.test.journal, log: house.log, erasing: homeserver, marks: keepingDeps.marks },
    clock: impatient,
    ghosts: { isNeeded: () => Promise.resolve(false), restore: () => Promise.resolve(ok(undefined)) },
    homeserver: ours,
    keeping: [freezingBy(keepingDeps).erasing, openWork(keepingDeps)],
    now: () => clock.now(),
    needOf: () => Promise.resolve(homeserver.need),
  });
}

/** On record and on the homeserver. */
async function said(id: string, room = ROOM): Promise<void> {
  await house.put(messageDraft(`words of ${id}`, { id, room }));
  listed(id, room);
}

/** On the homeserver alone. */
function listed(id: string, room = ROOM): void {
  homeserver.rooms.set(room, [...(homeserver.rooms.get(room) ?? []), { id }]);
}

function left(room = ROOM): readonly string[] {
  return (homeserver.rooms.get(room) ?? []).map(({ id }) => id);
}

async function stores(): Promise<Readonly<Record<string, StoreCount>>> {
  await house.preview();
  await house.arm();
  await house.run();
  house.start();
  await house.idle();
  const certificates = await house.of('retention.certificate');
  expect(certificates).toHaveLength(1);
  return Object.fromEntries((certificates[0]?.body.stores ?? []).map((one) => [one.store, one]));
}

describe('A room in use', () => {
  test('loses its history up to the oldest record that stays', async () => {
    for (const id of ['$1', '$2', '$3']) await said(id);
    clock.pass(11 * DAY_MS);
    for (const id of ['$4', '$5']) await said(id);
    expect((await stores())['homeserver-events']).toEqual({ store: 'homeserver-events', gone: 3, stayed: 0 });
    expect(left()).toEqual(['$4', '$5']);
  });

  test('keeps its last message, and the certificate says so', async () => {
    for (const id of ['$1', '$2']) await said(id);
    clock.pass(11 * DAY_MS);
    expect((await stores())['homeserver-events']).toMatchObject({
      ...{ gone: 1, stayed: 1 },
      why: '1: the last message of their room',
    });
    expect(left()).toEqual(['$2']);
  });

  test('keeps what is not on record, and all that came after it', async () => {
    await said('$1');
    listed('$unseen');
    await said('$2');
    await said('$3');
    clock.pass(11 * DAY_MS);
    expect((await stores())['homeserver-events']).toMatchObject({
      ...{ gone: 1, stayed: 2 },
      why: '2: behind a message that is not on record',
    });
    expect(left()).toEqual(['$unseen', '$2', '$3']);
  });

  test('keeps what a hold keeps, and all that came after it', async () => {
    for (const id of ['$1', '$2', '$3', '$4']) await said(id);
    await house.put(await holdOn('acme-matter', '"words of 2"'));
    clock.pass(11 * DAY_MS);
    expect((await stores())['homeserver-events']).toMatchObject({ gone: 1, stayed: 2 });
    expect(left()).toEqual(['$2', '$3', '$4']);
  });

  test('is read again where the homeserver was away for a moment, and later where it stays away', async () => {
    for (const id of ['$1', '$2', '$3']) await said(id);
    clock.pass(11 * DAY_MS);
    homeserver.fails = [down, down, down, down, down];
    expect((await stores())['homeserver-events']).toMatchObject({ gone: 2, stayed: 1 });
    expect(house.log.events()).toContain('retention.homeserver-away');
  });

  test('stays as it is where the homeserver breaks over it, and others go', async () => {
    await said('$1', '!broken:acme.example');
    await said('$2', '!broken:acme.example');
    for (const id of ['$3', '$4']) await said(id);
    clock.pass(11 * DAY_MS);
    homeserver.fails = Array.from({ length: 4 }, () => ({ kind: 'down', detail: 'HTTP 500' }));
    expect((await stores())['homeserver-events']).toMatchObject({ gone: 1, stayed: 3 });
    expect(left('!broken:acme.example')).toEqual(['$1', '$2']);
    expect(left()).toEqual(['$4']);
  });
});

describe('A copy', () => {
  const desk = '!desk:acme.example';

  /** Two messages and an answer that quotes a third one, among what is said at the desk; all but that are due. */
  async function quoting(): Promise<void> {
    await said('$1');
    await said('$2');
    const quoted = await house.put(messageDraft('words', { id: '$3' }));
    clock.pass(5 * DAY_MS);
    await said('$chat', desk);
    const answer = messageDraft('', {
      id: '$answer',
      room: desk,
      content: { body: 'x', 'org.gatehouse.refs': [quoted] },
    });
    const sender = must(parseUserId('@compliance:acme.example'));
    await house.put({ ...answer, body: { ...answer.body, sender } });
    listed('$answer', desk);
    clock.pass(6 * DAY_MS);
  }

  test('is taken back where it can not be purged, and what is not ours is not', async () => {
    await quoting();
    const counts = await stores();
    expect(counts['copies']).toMatchObject({ gone: 1 });
    expect([...homeserver.redacted]).toEqual(['$answer']);
    expect(counts['homeserver-events']?.why).toContain('1: taken back');
    expect(left(desk)).toEqual(['$chat', '$answer']);
  });

  test.each([
    ['off', 'not touched: retention.homeserver.purge is off', 1],
    ['no-token', 'not touched: homeserver.adminToken is not set', 4],
  ] as const)('is taken back where nothing is purged: %s', async (why, words, noted) => {
    cleanerNow = () => copiesCleaner({ homeserver: ours, clock: impatient, log: house.log }, why);
    await quoting();
    expect((await stores())['homeserver-events']).toEqual({
      ...{ store: 'homeserver-events', gone: 0, stayed: noted },
      why: `1: taken back, their text in Synapse up to redaction_retention_period (7 days by default); ${words}`,
    });
    expect([...homeserver.redacted]).toEqual(['$answer']);
    expect(left()).toEqual(['$1', '$2']);
  });
});

describe('A room that nobody needs', () => {
  beforeEach(() => {
    homeserver.need = 'left';
  });

  test('goes whole once all of it is over', async () => {
    for (const id of ['$1', '$2']) await said(id);
    clock.pass(11 * DAY_MS);
    const counts = await stores();
    expect(counts['homeserver-rooms']).toMatchObject({ gone: 1 });
    expect(counts['homeserver-events']).toEqual({ store: 'homeserver-events', gone: 2, stayed: 0 });
    expect(homeserver.rooms.has(ROOM)).toBe(false);
    expect((await house.of('room.gone')).map(({ body }) => body.room)).toEqual([ROOM]);
  });

  test('stays while a record of it is young, or under a hold', async () => {
    for (const id of ['$1', '$2']) await said(id);
    const kept = '!kept:acme.example';
    for (const id of ['$3', '$4']) await said(id, kept);
    await house.put(await holdOn('acme-matter', '"words of 4"'));
    clock.pass(11 * DAY_MS);
    await said('$5');
    expect((await stores())['homeserver-rooms']).toMatchObject({ gone: 0 });
    expect([left(), left(kept)]).toEqual([['$5'], ['$4']]);
  });

  test('is one room in the certificate however often no answer came, before and after it went', async () => {
    for (const id of ['$1', '$2']) await said(id);
    clock.pass(11 * DAY_MS);
    let tries = 0;
    homeserver.deleteRoom = (room) => {
      tries += 1;
      // Asked, and no answer came: first before it was done, then after.
      if (tries > 4) homeserver.rooms.delete(room);
      return Promise.resolve(tries > 8 ? ok(undefined) : err(down));
    };
    const counts = await stores();
    expect(counts['homeserver-rooms']).toMatchObject({ gone: 1 });
    expect(await house.of('room.gone')).toHaveLength(1);
  });

  test('where others are in it, it is used', async () => {
    homeserver.need = 'others';
    for (const id of ['$1', '$2']) await said(id);
    clock.pass(11 * DAY_MS);
    expect((await stores())['homeserver-rooms']).toMatchObject({ gone: 0 });
    expect(left()).toEqual(['$2']);
  });
});

describe('A file', () => {
  async function file(of: number, uri: string): Promise<void> {
    const bytes = { type: 'text/plain', size: 1, sha256: 'a'.repeat(64), blob: String(of).padStart(64, '0') };
    homeserver.media.add(uri);
    await house.append('file.stored', {
      ...{ of: position(of), part: 0, uri: must(parseMediaUri(uri)), key: 'a2V5' },
      ...bytes,
    });
  }

  test('goes with the last record that names it', async () => {
    const first = await house.put(messageDraft('a file', { id: '$1' }));
    await file(first, 'mxc://acme.example/one');
    await file(first, 'mxc://acme.example/forwarded');
    await file(first, 'mxc://partner.example/theirs');
    clock.pass(11 * DAY_MS);
    const second = await house.put(messageDraft('the same file', { id: '$2' }));
    await file(second, 'mxc://acme.example/forwarded');
    expect((await stores())['homeserver-media']).toMatchObject({ gone: 1, stayed: 2 });
    expect([...homeserver.media].toSorted()).toEqual(['mxc://acme.example/forwarded', 'mxc://partner.example/theirs']);
  });
});

test('killed while Synapse purges, the run goes on after the next start with one certificate', async () => {
  for (const id of ['$1', '$2', '$3']) await said(id);
  clock.pass(11 * DAY_MS);
  const asked = Promise.withResolvers<undefined>();
  const purge = homeserver.purge.bind(homeserver);
  homeserver.purge = async (history) => {
    await purge(history);
    asked.resolve(undefined);
    return new Promise(() => undefined);
  };
  await house.preview();
  await house.arm();
  await house.run();
  house.start();
  await asked.promise;
  const { place } = house.test;
  const killed = house;
  house = await RetentionHouse.open({ clock, place, cleaner: lazily(() => cleanerNow()) });
  homeserver.purge = purge;
  house.start();
  await house.idle();
  const certificates = await house.of('retention.certificate');
  expect(certificates.map(({ body }) => body.stores.find(({ store }) => store === 'homeserver-events'))).toMatchObject([
    { gone: 2, stayed: 1 },
  ]);
  await house.stop();
  house = killed;
});

test('without an admin token nothing is touched, and the certificate says so', async () => {
  for (const id of ['$1', '$2']) await said(id);
  clock.pass(11 * DAY_MS);
  cleanerNow = () => copiesCleaner({ homeserver: ours, clock: impatient, log: house.log }, 'no-token');
  expect((await stores())['homeserver-events']).toMatchObject({
    ...{ gone: 0, stayed: 2 },
    why: 'not touched: homeserver.adminToken is not set',
  });
  expect(left()).toEqual(['$1', '$2']);
});
