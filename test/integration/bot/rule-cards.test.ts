import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseEventId, parseRoomId, type EventId, type RoomId, type UserId } from '../../../src/core/ids.ts';
import type { Desk } from '../../../src/core/line.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { filesOnDisk } from '../../../src/policy/rules/rule-files.ts';
import { RulesInForce } from '../../../src/policy/rules/rules-in-force.ts';
import type { TestJournal } from '../../support/journal.ts';
import { KeptLog } from '../../support/quiet.ts';
import { desk as main, olivia, rita, user } from '../../unit/bot/samples.ts';
import type { Kept as Sent } from '../../unit/bot/fake-homeserver.ts';
import { cardRule, EngineHere, RuleFolder } from '../policy/rules/rule-house.ts';
import { openHouse, type House, type Kept } from './house.ts';

const omar = user('@omar:acme.example');
const desk: Desk = { ...main, officers: [olivia, omar] };
const DAY_MS = 86_400_000;

let folder: RuleFolder;
let house: House;
let rules: RulesInForce;
let here: RoomId;

function open(kept?: Kept): Promise<House> {
  return openHouse(kept, {
    desks: [desk],
    parts: [policyRulesWriterPart()],
    rules: (test) => (rules = rulesOf(test)),
  });
}

function rulesOf({ journal }: TestJournal): RulesInForce {
  return new RulesInForce({
    ...{ journal, scanning: new EngineHere(), trial: () => new EngineHere(), fourEyes: true },
    ...{ clock: { now: () => house.clock.now() }, log: new KeptLog(), rulesAt: 'policy/*.yaml' },
    files: () => filesOnDisk({ rules: 'policy/*.yaml', lexicons: 'lexicons/*.txt' }, folder.at),
    warnings: { set: () => undefined, clear: () => undefined },
  });
}

beforeEach(async () => {
  folder = await RuleFolder.open();
  await folder.write('cards.yaml', cardRule);
  house = await open();
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
  await rules.start();
  await house.settle();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The newest card, which the homeserver brings back to us. */
async function card(): Promise<Sent> {
  const sent = house.homeserver.sentIn(here).findLast(({ part }) => part === cardPart(here));
  if (sent === undefined) throw new Error('no card');
  const mark = { 'org.gatehouse.source': sourceMark({ position: sent.source, part: sent.part, epoch: 1 }) };
  await house.append({
    ...{ kind: 'matrix.event', at: house.clock.now(), source: { system: 'matrix', id: sent.event, sure: true } },
    ...{ actor: sent.as, room: here },
    body: {
      ...{ event_id: must(parseEventId(sent.event)), type: 'm.room.message', room_id: here, sender: sent.as },
      ...{ origin_server_ts: house.clock.now(), content: { ...sent.content, ...mark } },
    },
  });
  return sent;
}

function tap(from: UserId, on: EventId, key = '✅') {
  const relation = { rel_type: 'm.annotation', event_id: on, key };
  return house.event(from, here, { 'm.relates_to': relation }, { type: 'm.reaction' });
}

function lastWords(): string {
  return house.said(here).at(-1) ?? '';
}

const consequence = () => rules.current()?.rules[0]?.consequence;

describe('a change of rules that needs a second officer', () => {
  test('is a card for the other officers, and in force with the tap of one of them', async () => {
    await house.say(olivia, here, '!c rule set card-number then=flag');
    const asked = await card();
    expect(asked.content).toMatchObject({
      body: [
        'Rule card-number · change proposed by Olivia',
        'Now: quarantine',
        'Then: flag',
        '✅ approve   ❌ reject   !c rule show card-number',
      ].join('\n'),
      'm.mentions': { user_ids: [omar] },
    });
    const taps = house.homeserver.sentIn(here).filter(({ type }) => type === 'm.reaction');
    expect(taps.map(({ part }) => part)).toEqual([`yes-${here}`, `no-${here}`]);

    await tap(olivia, asked.event);
    expect(lastWords()).toBe('You proposed it: another officer has to approve it.');
    await tap(rita, asked.event);
    expect(lastWords()).toBe('Nothing was done: officers decide about rules.');
    expect(consequence()).toBe('quarantine');

    await tap(omar, asked.event);
    expect(consequence()).toBe('flag');
    expect(lastWords()).toBe('* Rule card-number · change proposed by Olivia\napproved by Omar 16:30');
    const [change] = (await house.entries('policy.rule-changed')).slice(-1);
    expect(change).toMatchObject({ actor: omar, body: { by: olivia, approvedBy: omar, change: 'switched' } });
    expect((await house.entries('desk.command')).at(-1)?.body).toMatchObject({ command: 'rule', code: 'ok' });

    await tap(olivia, asked.event, '❌');
    expect(lastWords()).toBe('Nothing was done: the change of card-number was already approved by Omar 16:30.');
    expect(consequence()).toBe('flag');
  });

  test('is not made with a ❌, and the same file is not asked about again', async () => {
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'block'));
    await rules.reload();
    await house.settle();
    const asked = await card();
    expect(asked.content['body']).toContain('change proposed by the files\nNow: quarantine\nThen:\nid: card-number');
    await tap(omar, asked.event, '❌');
    expect(lastWords()).toBe('* Rule card-number · change proposed by the files\ndecided against by Omar 16:30');
    expect((await rules.onRecord()).proposals).toEqual([]);

    const before = (await house.entries('policy.rule-changed')).length;
    expect(await rules.reload()).toMatchObject({ is: 'declined', changes: [{ id: 'card-number' }] });
    expect(await house.entries('policy.rule-changed')).toHaveLength(before);
    await house.say(olivia, here, '!c rule reload');
    expect(lastWords()).toContain('The files say something that an officer decided against: card-number changed');

    await folder.write('cards.yaml', cardRule.replace('quarantine', 'warn'));
    expect(await rules.reload()).toMatchObject({ is: 'proposed' });
    expect(consequence()).toBe('quarantine');
  });

  test('that was replaced by another one is not approved by its old card', async () => {
    await house.say(olivia, here, '!c rule set card-number then=flag');
    const old = await card();
    await house.say(olivia, here, '!c rule set card-number then=observe');
    expect(house.said(here)).toContain('* Rule card-number · change proposed by Olivia\nreplaced by another one 16:30');
    await tap(omar, old.event);
    expect(lastWords()).toBe('Nothing was done: the change of card-number was already replaced by another one 16:30.');
    expect(consequence()).toBe('quarantine');
    await tap(omar, (await card()).event);
    expect(consequence()).toBe('observe');
  });

  test('is approved by command just as well, and its card says so', async () => {
    await house.say(olivia, here, '!c rule disable card-number');
    await card();
    await house.say(omar, here, '!c rule approve card-number');
    expect(rules.current()?.rules[0]?.enabled).toBe(false);
    expect(house.said(here)).toContain('* Rule card-number · change proposed by Olivia\napproved by Omar 16:30');
  });

  test('is shown with its text before it is approved', async () => {
    await folder.write(
      'cards.yaml',
      `${cardRule}  - { id: new-one, says: is new, when: { detector: iban }, then: flag }\n`,
    );
    await rules.reload();
    await house.settle();
    await house.say(olivia, here, '!c rule show new-one');
    expect(lastWords()).toMatch(
      /^new-one is not in force\.\nProposed: .* from the files \(\d+\)\nid: new-one\nsays: is new/u,
    );
  });

  test('of a desk is not approved after a day', async () => {
    await house.say(olivia, here, '!c rule set card-number then=flag');
    const asked = await card();
    house.clock.advance(DAY_MS + 1_000);
    await tap(omar, asked.event);
    expect(lastWords()).toContain('was asked for more than a day ago');
    expect(consequence()).toBe('quarantine');
  });

  test('is made once, whatever line a kill comes at, and its card ends in the next life', async () => {
    await house.say(olivia, here, '!c rule set card-number then=flag');
    const asked = await card();
    // The card can't be changed while the homeserver is down: it is killed then.
    house.homeserver.failures.push({ call: 'send', failure: { kind: 'unclear', detail: 'timeout' } });
    await tap(omar, asked.event);
    const { homeserver, clock, test: kept } = house;
    await house.stop();
    house = await open({ homeserver, clock, place: kept.place });
    await rules.start();
    clock.advance(120_000);
    await house.settle();
    expect(consequence()).toBe('flag');
    expect(house.said(here)).toContain('* Rule card-number · change proposed by Olivia\napproved by Omar 16:30');
    const changes = (await house.entries('policy.rule-changed')).filter(({ body }) => body.approvedBy === omar);
    expect(changes).toHaveLength(1);
  });

  test('that came with many others from the files is one of ten cards at most', async () => {
    const many = Array.from(
      { length: 14 },
      (_, i) => `  - { id: r${String(i)}, says: is new, when: { detector: iban }, then: flag }\n`,
    );
    await folder.write('cards.yaml', cardRule + many.join(''));
    await rules.reload();
    await house.settle();
    expect(house.homeserver.sentIn(here).filter(({ part }) => part === cardPart(here))).toHaveLength(10);
    expect((await rules.onRecord()).proposals).toHaveLength(14);
  });
});
