/** Officers' words about a person's request, on a real journal: each counts once, and of two in one moment the first. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import {
  must,
  parseAddress,
  parseContactId,
  parseEventId,
  parseMillis,
  parseNetworkId,
} from '../../../src/core/ids.ts';
import { parseRoomId, parseUserId, type ContactId, type Position } from '../../../src/core/ids.ts';
import type { DsarWants } from '../../../src/core/person-entries.ts';
import { PersonActs } from '../../../src/retention/person/acts.ts';
import type { OpenWish } from '../../../src/retention/person/opening.ts';
import type { PersonNamed } from '../../../src/retention/person/people.ts';
import type { RunWord } from '../../../src/retention/person/running.ts';
import { messageDraft } from '../../support/journal-fixture.ts';
import { DAY_MS, olivia, omar, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

const room = must(parseRoomId('!desk:acme.example'));
const odette = must(parseUserId('@odette:acme.example'));
const alice = must(parseUserId('@alice:acme.example'));
const sms = must(parseNetworkId('sms'));
const whatsapp = must(parseNetworkId('whatsapp'));

function person(id: string, network: typeof sms, address: string, name?: string): PersonNamed {
  return {
    contact: must(parseContactId(id)),
    addresses: [{ network, address: must(parseAddress(address)) }],
    ...(name === undefined ? {} : { name }),
  };
}
const known = [
  person('c1', sms, '+12025550199', 'Ann Lee'),
  person('c2', whatsapp, '+12025550199', 'Ann'),
  person('c3', sms, '+12025550142', 'Ann Lee'),
  person('c4', sms, 'ACME', 'Acme'),
];

function named(contact: ContactId): Promise<PersonNamed> {
  return Promise.resolve(known.find((one) => one.contact === contact) ?? { contact, addresses: [] });
}

let house: RetentionHouse;
let clock: SetClock;
let events = 0;

beforeEach(async () => {
  clock = new SetClock(START);
  house = await RetentionHouse.open({ clock });
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function actsOf(...fourEyes: readonly DsarWants[]): PersonActs {
  return new PersonActs({
    ...{ journal: house.test.journal, clock, fourEyes: new Set(fourEyes), receiptOf: keepingDeps.receiptOf },
    ghostsOf: () => Promise.resolve([]),
    roomsOf: () => Promise.resolve([]),
    people: {
      named,
      called: (name) =>
        Promise.resolve(
          known
            .filter((one) => one.name === name || one.addresses.some(({ address }) => address === name))
            .map(({ contact }) => contact),
        ),
      staff: (name) => (name.startsWith('@_') ? undefined : must(parseUserId(`${name}:acme.example`))),
    },
  });
}

function anEvent() {
  events += 1;
  return must(parseEventId(`$word-${String(events)}`));
}

function wish(...names: readonly string[]): OpenWish {
  return { names, wants: 'erase', zone: 'UTC', country: 'US', at: { by: olivia, room, event: anEvent() } };
}

async function opened(acts: PersonActs): Promise<Position> {
  const came = await acts.open(wish('+12025550142'));
  if (came.is !== 'opened') throw new Error(came.is);
  return came.request.id;
}

/** With an inventory. */
async function looked(acts: PersonActs): Promise<Position> {
  const request = await opened(acts);
  const time = must(parseMillis(clock.now()));
  await house.append('dsar.looked', { request, because: request, looked: time, counts: [] });
  return request;
}

function word<S extends RunWord['says']>(says: S, request: Position, by = olivia) {
  return { says, request, by, event: anEvent(), room };
}

describe('opening a request', () => {
  test('means all networks of a number, however it is written, and is done once', async () => {
    const acts = actsOf();
    const asked = wish('(202) 555-0199', 'ACME');
    const came = await acts.open(asked);
    expect(came).toMatchObject({
      is: 'opened',
      request: { state: 'looking', wants: 'erase', subject: { contacts: ['c1', 'c2', 'c4'], users: [] }, by: olivia },
    });
    await acts.open(asked);
    expect(await house.of('dsar.opened')).toHaveLength(1);
    expect(await acts.requests()).toHaveLength(1);
  });

  test('guesses nobody: a name that two people have is asked back', async () => {
    const came = await actsOf().open(wish('Ann Lee'));
    expect(came).toEqual({ is: 'several', name: 'Ann Lee', people: [known[0], known[2]] });
    expect(await house.of('dsar.opened')).toEqual([]);
  });

  test('opens nothing where one of several is not on record, or who is named never wrote', async () => {
    const acts = actsOf();
    expect(await acts.open(wish('+12025550142', '+12025550177', '@alice'))).toEqual({
      ...{ is: 'unknown', names: ['+12025550177', '@alice'] },
    });
    expect(await acts.open(wish('@_gh_sms_12025550142'))).toMatchObject({ is: 'unknown' });
    expect(await acts.open({ ...wish('Acme'), due: must(parseMillis(START - 1)) })).toEqual({ is: 'past' });
    expect(await house.of('dsar.opened')).toEqual([]);
    await house.put({ ...messageDraft('hello'), actor: alice });
    expect(await acts.open(wish('@alice'))).toMatchObject({ request: { subject: { contacts: [], users: [alice] } } });
  });
});

describe('an officer’s word that it be done', () => {
  test('waits for the inventory, and is enough where nothing asks for two', async () => {
    const acts = actsOf();
    const request = await opened(acts);
    expect(await acts.run(word('run', request))).toEqual({ is: 'no-look' });
    const time = must(parseMillis(clock.now()));
    await house.append('dsar.looked', { request, because: request, looked: time, counts: [] });
    const said = word('run', request);
    expect(await acts.run(said)).toEqual({ is: 'decided' });
    expect(await acts.run(said)).toEqual({ is: 'decided' });
    expect(await acts.run(word('run', request, omar))).toEqual({ is: 'doing' });
    expect(await house.of('dsar.decided')).toHaveLength(1);
    expect((await acts.of(request))?.state).toBe('doing');
  });

  test('that a crash cut short is acted on when it is said again', async () => {
    const acts = actsOf();
    const request = await looked(acts);
    const look = (await acts.of(request))?.look?.position ?? request;
    const said = word('run', request);
    const source = { system: 'gatehouse', id: `dsar.run-requested/${said.event}`, sure: true };
    const at = { by: olivia, room, event: said.event };
    await house.append('dsar.run-requested', { request, look, by: olivia, at }, { source });
    expect(await acts.run(said)).toEqual({ is: 'decided' });
  });

  test('needs another one’s where two have to agree: by the command, or on the card; never the own', async () => {
    const acts = actsOf('erase');
    const request = await looked(acts);
    const first = await acts.run(word('run', request));
    if (first.is !== 'asked') throw new Error(first.is);
    const { ask } = first;
    expect(await acts.run(word('run', request))).toEqual(first);
    expect(await acts.decide({ ...word('yes', request), ask })).toEqual({ is: 'own' });
    expect((await acts.of(request))?.state).toBe('asked');
    expect(await acts.run(word('run', request, omar))).toEqual({ is: 'decided' });
    expect((await house.of('dsar.decided')).map(({ body }) => body)).toEqual([
      { request, asked: ask, by: olivia, approvedBy: omar },
    ]);
    expect(await acts.isAsked(ask)).toBe(false);
    expect(await acts.askEndedBy((await house.of('dsar.decided'))[0]?.position ?? ask)).toMatchObject({
      position: ask,
    });
  });

  test('of two in one moment the first on record counts, and the other is told', async () => {
    const acts = actsOf('erase');
    const request = await looked(acts);
    const first = await acts.run(word('run', request));
    if (first.is !== 'asked') throw new Error(first.is);
    const { ask } = first;
    const came = await Promise.all([
      acts.decide({ ...word('no', request, omar), ask }),
      acts.decide({ ...word('yes', request, odette), ask }),
    ]);
    expect(came.map(({ is }) => is).toSorted()).toEqual(['over', 'refused']);
    expect((await acts.of(request))?.state).toBe('looked');
    // It may be asked for again.
    expect(await acts.run(word('run', request))).toMatchObject({ is: 'asked' });
  });

  test('that waited for more than a day counts no more', async () => {
    const acts = actsOf('erase');
    const request = await looked(acts);
    const first = await acts.run(word('run', request));
    if (first.is !== 'asked') throw new Error(first.is);
    clock.pass(DAY_MS + 1);
    expect(await acts.decide({ ...word('yes', request, omar), ask: first.ask })).toEqual({ is: 'over' });
    const second = await acts.run(word('run', request, omar));
    expect(second).toMatchObject({ is: 'asked' });
    expect(await acts.isAsked(first.ask)).toBe(false);
    expect(await acts.decide({ ...word('yes', request), ask: first.ask })).toMatchObject({ is: 'over' });
    expect(await house.of('dsar.decided')).toEqual([]);
  });

  test('is nobody’s any more once the letter was written', async () => {
    const acts = actsOf();
    const request = await looked(acts);
    const answered = { request, by: olivia, event: anEvent(), room, sha256: '0'.repeat(64) };
    expect(await acts.answered(answered)).toBe(true);
    expect(await acts.run(word('run', request))).toEqual({ is: 'answered' });
    expect(await acts.requests()).toEqual([]);
    expect((await acts.of(request))?.state).toBe('answered');
  });
});
