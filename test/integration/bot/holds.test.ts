import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  must,
  parseClassId,
  parseEventId,
  parseRoomId,
  type EventId,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Desk } from '../../../src/core/line.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { digestOf } from '../../../src/retention/classes/wanted.ts';
import { draftOf } from '../../support/journal.ts';
import { alice, bob, desk as main, olivia, rita, room, user } from '../../unit/bot/samples.ts';
import type { Kept as Sent } from '../../unit/bot/fake-homeserver.ts';
import { openHouse, type House, type Kept } from './house.ts';

const omar = user('@omar:acme.example');
const desk: Desk = { ...main, officers: [olivia, omar] };
const DAY_MS = 86_400_000;
const deals = room('!deals:acme.example');

let house: House;
let here: RoomId;

/** Files are fetched by others. */
const handlers = () => new Map([['file', { run: () => Promise.resolve({ to: 'done' as const }) }]]);
const open = (fourEyes: boolean, kept?: Kept): Promise<House> => openHouse(kept, { desks: [desk], fourEyes, handlers });

async function begin(fourEyes: boolean): Promise<void> {
  house = await open(fourEyes);
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
}

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** What we sent is brought back to us by the homeserver. */
async function echoed(sent: Sent | undefined, where: RoomId): Promise<Sent> {
  if (sent === undefined) throw new Error('nothing was sent');
  const mark = { 'org.gatehouse.source': sourceMark({ position: sent.source, part: sent.part, epoch: 1 }) };
  await house.append({
    ...{ kind: 'matrix.event', at: house.clock.now(), source: { system: 'matrix', id: sent.event, sure: true } },
    ...{ actor: sent.as, room: where },
    body: {
      ...{ event_id: must(parseEventId(sent.event)), type: 'm.room.message', room_id: where, sender: sent.as },
      ...{ origin_server_ts: house.clock.now(), content: { ...sent.content, ...mark } },
    },
  });
  return sent;
}

const card = (): Promise<Sent> =>
  echoed(
    house.homeserver.sentIn(here).findLast(({ part }) => part === cardPart(here)),
    here,
  );

function tap(from: UserId, on: EventId, where = here, key = '✅') {
  const relation = { rel_type: 'm.annotation', event_id: on, key };
  return house.event(from, where, { 'm.relates_to': relation }, { type: 'm.reaction' });
}

const lastWords = (): string => house.said(here).at(-1) ?? '';
const ask = (words: string, from = olivia) => house.say(from, here, words);

describe('a hold', () => {
  beforeEach(() => begin(false));

  test('stands at once, and what it keeps is told in a message of its own', async () => {
    const short = must(parseClassId('short-30d'));
    const says = {
      classes: [{ id: short, keep: { ms: 30 * DAY_MS }, erase: { ms: 30 * DAY_MS }, authority: 'a test' }],
      ...{ default: short, assignments: [] },
    };
    await house.append(draftOf('retention.classes', { ...says, digest: digestOf(says) }));
    await house.say(bob, deals, 'the blue one is sold');
    await house.event(bob, deals, { msgtype: 'm.image', body: 'blue.jpg', url: 'mxc://acme.example/blue' });
    await house.say(alice, deals, 'well done');
    await ask('!c Hold add Acme-Matter user:@bob case:"Acme v. Doe"');
    const heard = house.homeserver.sentIn(here).find(({ part }) => part === 'answer');
    expect(heard).toMatchObject({ type: 'm.reaction', content: { 'm.relates_to': { key: '⏳' } } });
    const answers = house.homeserver.sentIn(here).filter(({ part }) => part === 'covers');
    expect(
      house
        .said(here)
        .find((words) => words.startsWith('acme-matter stands'))
        ?.split('\n'),
    ).toEqual([
      'acme-matter stands: nothing it covers goes from now on.',
      'Now it keeps 2 records, 1 file among them.',
      'What belongs to a message stays with it: edits, reactions, files, receipts, verdicts.',
      'New records that fit are kept as they come.',
      "Stops: deletion by age (short-30d 2), the first of them from 5 Apr 2026 17:30; and erasing for a person's request.",
    ]);
    const [placed] = await house.entries('hold.placed');
    expect(placed).toMatchObject({
      actor: olivia,
      room: here,
      body: { hold: 'acme-matter', case: 'Acme v. Doe', by: olivia, custodians: [], selector: { query: 'user:@bob' } },
    });
    expect(answers[0]?.content['org.gatehouse.answer']).toMatchObject({
      command: 'hold',
      data: { hold: 'acme-matter', records: 2, files: 1, complete: true },
    });
  });

  test('is listed and shown to everybody with a role, and placed and released by officers alone', async () => {
    await ask('!c hold');
    expect(lastWords()).toBe('No hold stands.');
    await ask('!c hold add one user:@bob', rita);
    expect(lastWords()).toBe('Only officers place and release holds.');
    await ask('!c hold add one in:"!deals:acme.example"');
    await ask('!c hold add two user:@alice after:2026-01-01');
    await ask('!c hold list', rita);
    expect(lastWords().split('\n')).toEqual([
      '2 holds stand.',
      'one · stands since Fri 16:30 (Olivia)',
      'two · stands since Fri 16:30 (Olivia)',
    ]);
    await ask('!c hold show two', rita);
    expect(lastWords()).toBe('two · stands since Fri 16:30 (Olivia)\nCovers: user:@alice after:2026-01-01');
    await ask('!c hold release two', rita);
    expect(lastWords()).toBe('Only officers place and release holds.');
    await ask('!c hold release two');
    expect(lastWords()).toBe('two is released: its records go when their time is over.');
    await ask('!c hold');
    expect(lastWords().split('\n')).toEqual([
      '1 hold stands.',
      'one · stands since Fri 16:30 (Olivia)',
      'two · released, was placed Fri 16:30 (Olivia)',
    ]);
    expect(await house.entries('hold.released')).toMatchObject([{ actor: olivia, body: { hold: 'two', by: olivia } }]);
  });

  test('is refused in words where its query is wrong, names nobody, or its name was used', async () => {
    const refused = async (words: string): Promise<string> => {
      await ask(words);
      return lastWords();
    };
    expect(await refused('!c hold add')).toContain('Which hold?');
    expect(await refused('!c hold add acme')).toContain('What should it cover?');
    expect(await refused('!c hold add ../x user:@bob')).toContain('A hold is called by letters, digits and dashes');
    expect(await refused('!c hold add acme usr:@bob')).toContain('there is no field usr');
    expect(await refused('!c hold add acme contact:"Ann Lee"')).toBe(
      'No hold: nobody and nothing here is called contact:Ann Lee.',
    );
    expect(await refused('!c hold add acme user:@bob custodian:@eve:elsewhere.example')).toContain(
      'nobody of this server',
    );
    expect(await refused('!c hold realease acme')).toContain('Did you mean !c hold release?');
    expect(await refused('!c hold show acme')).toBe("There's no hold acme. !c hold list shows them.");
    expect(await house.entries('hold.placed')).toEqual([]);
    await ask('!c hold add acme user:@bob');
    expect(await refused('!c hold add acme user:@alice')).toContain('take another name');
    await ask('!c hold release acme');
    expect(await refused('!c hold add acme user:@alice')).toContain('take another name');
    expect(await house.entries('hold.placed')).toHaveLength(1);
  });

  test('asks custodians in their own chat, and has it on record when they confirm', async () => {
    await ask('!c hold add acme in:"!deals:acme.example" custodian:@bob custodian:alice');
    const chats = new Map(
      (await house.entries('room.made')).flatMap(({ body }) =>
        body.use.kind === 'staff' ? [[body.use.user, body.room] as const] : [],
      ),
    );
    const bobs = chats.get(bob) ?? here;
    const words = house.said(bobs).at(-1) ?? '';
    expect(words).toContain('Please keep everything about the matter acme');
    expect(words).toContain('Olivia of compliance');
    expect(words).not.toContain('deals');
    expect(house.said(chats.get(alice) ?? here).at(-1)).toBe(words);

    const told = await echoed(house.homeserver.sentIn(bobs).at(-1), bobs);
    await tap(alice, told.event, bobs);
    await tap(bob, told.event, bobs, '❌');
    expect(await house.entries('hold.acknowledged')).toHaveLength(1);
    await tap(bob, told.event, bobs);
    await tap(bob, told.event, bobs);
    expect((await house.entries('hold.acknowledged')).map(({ actor }) => actor)).toEqual([alice, bob]);
  });
});

describe('a release that needs a second officer', () => {
  beforeEach(() => begin(true));

  test('is a card; the hold stands until another officer taps', async () => {
    await ask('!c hold add acme user:@bob');
    await ask('!c hold release acme');
    expect(house.said(here)).toContain('acme stands until a second officer taps ✅.');
    const asked = await card();
    expect(asked.content).toMatchObject({
      body: [
        'Hold acme · release asked by Olivia',
        'Covers: user:@bob',
        'Released, its records go when their time is over.',
        '✅ release   ❌ keep   !c hold show acme',
      ].join('\n'),
      'm.mentions': { user_ids: [omar] },
    });
    await tap(olivia, asked.event);
    expect(lastWords()).toContain('another officer has to agree');
    await tap(rita, asked.event);
    expect(lastWords()).toBe('Nothing was done: officers decide about holds.');
    await ask('!c hold list');
    expect(lastWords()).toContain('its release waits for a second officer');
    expect(await house.entries('hold.released')).toEqual([]);

    await tap(omar, asked.event);
    expect(lastWords()).toBe('* Hold acme · release asked by Olivia\nreleased, Omar agreed 16:30');
    expect(await house.entries('hold.released')).toMatchObject([
      { actor: omar, body: { hold: 'acme', by: olivia, approvedBy: omar } },
    ]);
    await tap(olivia, asked.event, here, '❌');
    expect(lastWords()).toBe('Nothing was done: acme was already released, Omar agreed 16:30.');
  });

  test('that another officer refuses leaves it standing, and can be asked for again', async () => {
    await ask('!c hold add acme user:@bob');
    await ask('!c hold release acme');
    const first = await card();
    await tap(omar, first.event, here, '❌');
    expect(lastWords()).toBe('* Hold acme · release asked by Olivia\nkept: Omar said no 16:30');
    await tap(omar, first.event);
    expect(lastWords()).toBe('Nothing was done: acme was already kept: Omar said no 16:30.');
    await ask('!c hold release acme');
    await ask('!c hold release acme', omar);
    expect(house.said(here)).toContain('acme is released: its records go when their time is over.');
    expect(await house.entries('hold.released')).toMatchObject([{ body: { by: olivia, approvedBy: omar } }]);
  });
});

/** Each of these is a moment at which the house is killed: what goes on afterwards is what would have gone on. */
describe('a house that is killed', () => {
  beforeEach(() => begin(true));

  const again = async (): Promise<void> => {
    await house.stop();
    const { homeserver, clock, test: kept } = house;
    house = await open(true, { homeserver, clock, place: kept.place });
    await house.settle();
  };
  const DOWN = { kind: 'down', detail: 'killed' } as const;

  test('between the hold and its answer has placed one hold, and answers once', async () => {
    // The answer was sent, and nobody heard so: the hold stands, and the command is taken up again.
    house.homeserver.failures.push({ call: 'send', failure: DOWN, after: true });
    await house.say(olivia, here, '!c hold add acme user:@bob custodian:@bob');
    await again();
    expect(await house.entries('hold.placed')).toHaveLength(1);
    const parts = house.homeserver.sentIn(here).map(({ part }) => part);
    expect(parts.toSorted()).toEqual(['answer', 'covers']);
    expect(house.homeserver.sent.filter(({ part }) => part === `hold-${bob}`)).toHaveLength(1);
  });

  test('between a release and its card asks and decides once', async () => {
    await ask('!c hold add acme user:@bob');
    house.homeserver.failures.push({ call: 'send', failure: DOWN, after: true });
    await ask('!c hold release acme');
    await again();
    expect(await house.entries('hold.release-requested')).toHaveLength(1);
    const cards = house.homeserver.sentIn(here).filter(({ part }) => part === cardPart(here));
    expect(cards).toHaveLength(1);
    const asked = await card();
    house.homeserver.failures.push({ call: 'send', failure: DOWN, after: true });
    await tap(omar, asked.event);
    await again();
    expect(await house.entries('hold.released')).toHaveLength(1);
    expect(lastWords()).toBe('* Hold acme · release asked by Olivia\nreleased, Omar agreed 16:30');
  });
});
