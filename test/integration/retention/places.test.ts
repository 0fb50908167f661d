/** The places of a person of whom nothing is left: portal, room and ghost, and what stood for them on record. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { onHomeserver } from '../../../src/app/retention-homeserver.ts';
import { personPorts } from '../../../src/app/retention-person.ts';
import { createBridge, type Bridge } from '../../../src/bridge/bridge.ts';
import { addressesOf } from '../../../src/bridge/contacts/contact-store.ts';
import { ghostNamed } from '../../../src/bridge/contacts/ghost-store.ts';
import { portalsOf } from '../../../src/bridge/portals/portal-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { ghostUserId } from '../../../src/core/address.ts';
import {
  contactIdAt,
  must,
  parseClassId,
  parseEventId,
  parseMillis,
  parseRoomId,
  portalIdAt,
  type Position,
  type RoomId,
} from '../../../src/core/ids.ts';
import type { OpenJournal } from '../../../src/journal/open-journal.ts';
import type { StoreCount } from '../../../src/core/retention-entries.ts';
import { ErasableHomeserver } from '../../support/erasable-homeserver.ts';
import { rebuilt } from '../../support/erasing.ts';
import { holdOn } from '../../support/holds.ts';
import { KeptMetrics } from '../../support/quiet.ts';
import {
  DAY_MS,
  keptClass,
  olivia,
  omar,
  position,
  RetentionHouse,
  SetClock,
  START,
} from '../../support/retention-house.ts';
import { DOMAIN, eventDraft, FakeHomeserver } from '../bridge/fake-homeserver.ts';
import { alice, ann, carrier, directoryOf, FakeConnector, sales } from '../bridge/house.ts';

const line = { ...sales, class: must(parseClassId('short')) };
const parts = [bridgeWriterPart({ domain: DOMAIN })];
/** Nobody but the company asks for it. */
const short = { ...keptClass('short', 10, 10), own: true } as const;
const allParts = RetentionHouse.partsWith(parts);
const ghost = ghostUserId(sales.network, ann, DOMAIN);

class PlacesHouse implements AsyncDisposable {
  readonly clock = new SetClock(START);
  readonly homeserver = new FakeHomeserver(this.clock);
  readonly erasing = new ErasableHomeserver(this.homeserver);
  readonly network = new FakeConnector();
  /** Called when portals are about to be closed. */
  closing: () => Promise<unknown> = () => Promise.resolve();
  first = 2;
  #house: RetentionHouse | undefined;
  #bridge: Bridge | undefined;
  readonly #killed: RetentionHouse[] = [];
  #seen = 0;

  get house(): RetentionHouse {
    if (this.#house === undefined) throw new Error('it is not open');
    return this.#house;
  }

  async open(
    options: Partial<Pick<Parameters<typeof RetentionHouse.open>[0], 'place' | 'postgres'>> & { purge?: boolean } = {},
  ): Promise<this> {
    const { purge = true, ...more } = options;
    const { clock, homeserver, erasing } = this;
    const ensure = FakeHomeserver.prototype.ensureGhost.bind(homeserver);
    homeserver.ensureGhost = async (made) => {
      if (made.again === true) await erasing.activate(made.user);
      return ensure(made);
    };
    this.#house = await RetentionHouse.open({
      ...{ clock, parts, ...more },
      works: ({ journal, log }) => {
        this.#bridge = createBridge({
          ...{
            journal,
            homeserver,
            clock,
            log,
            lines: [line],
            staff: directoryOf([alice]),
            metrics: new KeptMetrics(),
          },
          connectors: (id) => (id === carrier ? this.network : undefined),
          warnings: { set: () => undefined, clear: () => undefined },
          timezone: 'America/New_York',
        });
        const { handlers } = this.#bridge;
        const given = { config: { retention: { homeserver: { purge } } }, journal: this.#watched(journal), clock, log };
        return { handlers, people: personPorts(DOMAIN), ...onHomeserver(given, { homeserver, erasing }) };
      },
    });
    return this;
  }

  /** As it is found after a kill: what was under way never ends. */
  async killed(): Promise<void> {
    const { place } = this.house.test;
    this.#killed.push(this.house);
    this.erasing.before = () => Promise.resolve();
    this.closing = () => Promise.resolve();
    await this.open({ place });
    this.house.start();
  }

  #watched(journal: OpenJournal): OpenJournal {
    const append: OpenJournal['append'] = async (drafts, ...more) => {
      if (drafts.some(({ kind }) => kind === 'portal.closed')) await this.closing();
      return journal.append(drafts, ...more);
    };
    return new Proxy(journal, {
      get: (target, name) => {
        if (name === 'append') return append;
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: readonly unknown[]): unknown => Reflect.apply(value, target, given);
      },
    });
  }

  /** A customer's text, and all that follows. */
  async receive(text: string): Promise<Position> {
    const at = await this.take(text);
    await this.settle();
    return at;
  }

  get #works(): Bridge {
    if (this.#bridge === undefined) throw new Error('it is not open');
    return this.#bridge;
  }

  /** On record, and nothing has followed. */
  async take(text: string): Promise<Position> {
    this.#seen += 1;
    const [at] = await this.#works.inbound(carrier).ingest({
      ...{ kind: 'message', id: `in-${String(this.#seen)}`, sure: true, at: this.clock.now(), raw: Buffer.from(text) },
      message: { to: sales.address, from: ann, text, fromName: 'Ann Lee' },
    });
    if (at === undefined) throw new Error('nothing was recorded');
    return at;
  }

  /** The streams bring what the homeserver has. */
  async bring(): Promise<void> {
    const events = this.homeserver.unseen.splice(0);
    if (events.length > 0) await this.house.test.journal.append(events.map((event) => eventDraft(event)));
  }

  async settle(): Promise<void> {
    do {
      await this.bring();
      await this.house.idle();
    } while (this.homeserver.unseen.length > 0);
  }

  /** To its certificate. */
  async run(): Promise<Readonly<Record<string, StoreCount>>> {
    await this.house.preview();
    await this.house.arm();
    await this.house.run();
    await this.settle();
    const certificate = (await this.house.of('retention.certificate')).at(-1);
    return Object.fromEntries((certificate?.body.stores ?? []).map((one) => [one.store, one]));
  }

  async room(): Promise<RoomId> {
    const [opened] = await this.house.of('portal.opened');
    return must(parseRoomId(opened?.body.room));
  }

  /** What tables know of Ann and her portal. */
  known() {
    const { views } = this.house.test.journal;
    return views.read(async (reading) => ({
      addresses: (await addressesOf(reading, views.sealer, contactIdAt(position(this.first)))).length,
      portals: (await portalsOf(reading, contactIdAt(position(this.first)))).length,
      ghost: await ghostNamed(reading, views.sealer, ghost),
    }));
  }

  /** Nobody finds a difference, and a rebuild makes the same. */
  async differences(): Promise<unknown> {
    const { place } = this.house.test;
    await this.house.stop();
    const before = (await rebuilt(place, allParts, true)).difference;
    await rebuilt(place, allParts, false);
    return [before, (await rebuilt(place, allParts, true)).difference].filter((one) => one !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house.stop();
    for (const house of this.#killed) await house.stop(0);
    await this.house.test[Symbol.asyncDispose]();
    await this.#works[Symbol.asyncDispose]();
  }
}

let it: PlacesHouse;

async function opened(options: Parameters<PlacesHouse['open']>[0] = {}): Promise<PlacesHouse> {
  const places = await new PlacesHouse().open(options);
  await places.house.classes([short], 'short');
  places.house.start();
  places.first = await places.receive('Hi');
  return places;
}

beforeEach(async () => {
  it = await opened();
});
afterEach(async () => {
  await it[Symbol.asyncDispose]();
});

describe('A person of whom all is over', () => {
  test('loses portal, room and ghost, and nothing of theirs is left on record or in tables', async () => {
    const room = await it.room();
    expect(it.homeserver.rooms.has(room)).toBe(true);
    expect(await it.known()).toEqual({ addresses: 1, portals: 1, ghost: 'Ann Lee (SMS)' });
    it.clock.pass(11 * DAY_MS);
    const stores = await it.run();
    expect(it.homeserver.rooms.has(room)).toBe(false);
    expect([...it.erasing.outOfUse]).toEqual([ghost]);
    expect(stores['homeserver-users']).toMatchObject({ gone: 1, stayed: 0 });
    expect(stores['homeserver-users']?.why).toContain('Synapse cannot delete an id');
    expect(stores['homeserver-rooms']).toMatchObject({ gone: 1 });
    expect(stores['homeserver-events']).toMatchObject({ stayed: 0 });
    await isForgotten();
    const [certificate] = await it.house.of('retention.certificate');
    const erased = await it.house.erased();
    expect(certificate?.body.gone.reduce((sum, { entries }) => sum + entries, 0)).toBe(erased.length);
    expect(await it.differences()).toEqual([]);
  });

  test('is forgotten whole, whatever the homeserver still says of the room while it deletes it', async () => {
    it.erasing.after = (call) => (call === 'deleteRoom' ? it.bring() : Promise.resolve());
    it.clock.pass(11 * DAY_MS);
    const room = await it.room();
    await it.run();
    await isForgotten();
    const left = (await it.house.of('matrix.event')).filter((entry) => entry.room === room);
    expect(left.map(({ body, line: of }) => [body.content['membership'], of])).toEqual(
      ['leave', 'leave', 'leave'].map((membership) => [membership, 'sales']),
    );
    expect(await it.differences()).toEqual([]);
  });

  test('comes back as somebody new, with a room of their own and a ghost that is let in again', async () => {
    it.clock.pass(11 * DAY_MS);
    await it.run();
    const again = await it.receive('Me again');
    expect(it.erasing.outOfUse.size).toBe(0);
    expect(it.homeserver.ghosts.get(ghost)).toBe('Ann Lee (SMS)');
    expect(await it.house.test.journal.read(again)).toMatchObject({
      contact: contactIdAt(again),
      portal: portalIdAt(again),
    });
    const [opened] = await it.house.of('portal.opened');
    expect(opened?.body.portal).toBe(portalIdAt(again));
    expect((await it.house.of('delivery.outcome')).map(({ body }) => [body.of, body.state])).toEqual([[again, 'sent']]);
    expect((await it.house.of('ghost.made')).map(({ contact }) => contact)).toEqual([contactIdAt(again)]);
    expect(await it.differences()).toEqual([]);
  });

  test('is let go whole although a room of theirs was lost before', async () => {
    const lost = await it.room();
    it.homeserver.deleteRoom(lost);
    await it.settle();
    await it.receive('Where are you?');
    const rooms = (await it.house.of('portal.opened')).map(({ body }) => body.room);
    expect(rooms).toEqual([lost, expect.not.stringMatching(lost)]);
    it.clock.pass(11 * DAY_MS);
    await it.run();
    expect(rooms.map((room) => it.homeserver.rooms.has(room))).toEqual([false, false]);
    await isForgotten();
    expect(await it.differences()).toEqual([]);
  });

  test('goes the same way a second time', async () => {
    it.clock.pass(11 * DAY_MS);
    await it.run();
    await it.receive('Me again');
    it.clock.pass(11 * DAY_MS);
    await it.run();
    expect([...it.erasing.outOfUse]).toEqual([ghost]);
    expect(await it.house.of('portal.opened')).toEqual([]);
    expect(await it.differences()).toEqual([]);
  });
});

async function isForgotten(): Promise<void> {
  expect(await it.known()).toEqual({ addresses: 0, portals: 0, ghost: undefined });
  for (const kind of ['ghost.made', 'portal.opened', 'network.message'] as const) {
    expect([kind, await it.house.of(kind)]).toEqual([kind, []]);
  }
  const naming = (await it.house.all()).filter((entry) => !('erased' in entry) && entry.contact !== undefined);
  expect(naming).toEqual([]);
}

describe('A person who asks to be erased', () => {
  const law = { ...keptClass('law', 100, 100), authority: 'a law' };

  /** By two officers, to its certificate. */
  async function erased(
    ...classes: Parameters<RetentionHouse['classes']>
  ): Promise<Readonly<Record<string, StoreCount>>> {
    const { house } = it;
    await house.classes(...classes);
    const at = { by: olivia, room: await it.room(), event: must(parseEventId('$asked')) };
    const subject = { contacts: [contactIdAt(position(it.first))], users: [] };
    const due = must(parseMillis(it.clock.now() + 30 * DAY_MS));
    const request = await house.append('dsar.opened', { subject, wants: 'erase', due, by: olivia, at });
    await it.settle();
    const [look] = await house.of('dsar.looked');
    const asked = { request, look: look?.position ?? request, by: olivia, at };
    const ask = await house.append('dsar.run-requested', asked, { actor: olivia });
    await house.append('dsar.decided', { request, asked: ask, by: olivia, approvedBy: omar }, { actor: omar });
    await it.settle();
    const [certificate, ...more] = await house.of('retention.certificate');
    expect(more).toEqual([]);
    return Object.fromEntries((certificate?.body.stores ?? []).map((one) => [one.store, one]));
  }

  test('loses portal, room and ghost as well, however young all of it is', async () => {
    const room = await it.room();
    it.erasing.after = (call) => (call === 'deleteRoom' ? it.bring() : Promise.resolve());
    const stores = await erased([short], 'short');
    expect(it.homeserver.rooms.has(room)).toBe(false);
    expect([...it.erasing.outOfUse]).toEqual([ghost]);
    expect(stores['homeserver-users']).toMatchObject({ gone: 1, stayed: 0 });
    await isForgotten();
    expect((await it.house.of('matrix.event')).filter((entry) => entry.room === room)).toEqual([]);
    expect(await it.differences()).toEqual([]);
  });

  test('keeps all of it while a law asks for anything that stands for them', async () => {
    const room = await it.room();
    const kind = { name: 'law', class: law.id, to: { kind: 'ghost' } };
    await erased([short, law], 'short', [kind]);
    expect(it.homeserver.rooms.has(room)).toBe(true);
    expect(it.erasing.outOfUse.size).toBe(0);
    expect(await it.known()).toMatchObject({ portals: 1, ghost: 'Ann Lee (SMS)' });
    expect(await it.house.of('network.message')).toEqual([]);
    expect(await it.differences()).toEqual([]);
  });
});

describe('What comes in the middle keeps the portal', () => {
  test('when it comes before the commit that closes it', async () => {
    const room = await it.room();
    it.clock.pass(11 * DAY_MS);
    it.closing = async () => {
      it.closing = () => Promise.resolve();
      await it.take('Not so fast');
    };
    await it.run();
    expect(it.homeserver.rooms.has(room)).toBe(true);
    expect(it.erasing.outOfUse.size).toBe(0);
    expect(await it.known()).toEqual({ addresses: 1, portals: 1, ghost: 'Ann Lee (SMS)' });
    const shown = (await it.house.of('delivery.outcome')).map((entry) => entry.room);
    expect(shown).toEqual([room]);
    expect(await it.differences()).toEqual([]);
  });

  test.each(['deleteRoom', 'deactivate'])('in a room of its own, when it comes before %s', async (at) => {
    it.clock.pass(11 * DAY_MS);
    let came = false;
    it.erasing.before = async (call) => {
      if (call !== at || came) return;
      came = true;
      await it.take('Not so fast');
    };
    const room = await it.room();
    await it.run();
    expect(it.homeserver.rooms.has(room)).toBe(false);
    expect(it.erasing.outOfUse.size).toBe(0);
    expect(await it.known()).toMatchObject(at === 'deleteRoom' ? { addresses: 1, portals: 1 } : {});
    const [shown] = await it.house.of('delivery.outcome');
    expect(shown?.body.state).toBe('sent');
    expect(it.homeserver.rooms.has(must(parseRoomId(shown?.room)))).toBe(true);
    await it.receive('And now');
    expect(await it.house.of('ghost.made')).toHaveLength(1);
    expect(it.homeserver.ghosts.get(ghost)).toBe('Ann Lee (SMS)');
    expect(await it.differences()).toEqual([]);
  });
});

describe('It stays as it is', () => {
  const untouched = { closed: 0, room: true, outOfUse: 0, portals: 1, ghost: 'Ann Lee (SMS)' };

  async function afterRun() {
    const at = await it.room();
    await it.run();
    const closed = (await it.house.of('portal.closed')).length;
    const { portals, ghost: named } = await it.known();
    const [room, outOfUse] = [it.homeserver.rooms.has(at), it.erasing.outOfUse.size];
    return { closed, room, outOfUse, portals, ghost: named };
  }

  test('while anything of it is young', async () => {
    it.clock.pass(8 * DAY_MS);
    await it.receive('Still here');
    it.clock.pass(3 * DAY_MS);
    expect(await afterRun()).toEqual(untouched);
  });

  test('while a hold is on any of it', async () => {
    await it.house.put(await holdOn('acme-matter', 'kind:portal'));
    it.clock.pass(11 * DAY_MS);
    expect(await afterRun()).toEqual(untouched);
  });

  test('while Synapse is not ours to touch', async () => {
    await it[Symbol.asyncDispose]();
    it = await opened({ purge: false });
    it.clock.pass(11 * DAY_MS);
    expect(await afterRun()).toEqual(untouched);
  });
});

describe('Killed on the way, it goes on with one certificate and the same counts', () => {
  test.each(['joined', 'oldest', 'deleteRoom', 'look', 'deactivate'])('at %s', async (at) => {
    it.clock.pass(11 * DAY_MS);
    await it.house.preview();
    await it.house.arm();
    await it.house.run();
    const asked = Promise.withResolvers<undefined>();
    it.erasing.before = async (call) => {
      if (call !== at) return;
      asked.resolve(undefined);
      await new Promise(() => undefined);
    };
    await asked.promise;
    await it.killed();
    await it.settle();
    const certificates = await it.house.of('retention.certificate');
    expect(certificates).toHaveLength(1);
    const stores = Object.fromEntries((certificates[0]?.body.stores ?? []).map((one) => [one.store, one]));
    expect(stores['homeserver-users']).toMatchObject({ gone: 1, stayed: 0 });
    expect(stores['homeserver-rooms']).toMatchObject({ gone: 1 });
    expect(certificates[0]?.body.stays.find(({ why }) => why === 'needed')?.entries).toBe(4);
    await isForgotten();
    expect(await it.differences()).toEqual([]);
  });
});
