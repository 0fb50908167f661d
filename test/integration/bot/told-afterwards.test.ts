import { describe, expect, test } from '@jest/globals';
import type { Draft, EntryBodies, EntryKind } from '../../../src/core/entry.ts';
import { type Position, type RoomId, type UserId } from '../../../src/core/ids.ts';
import type { KeptHit } from '../../../src/core/policy-entries.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { roomOfUse } from '../../../src/bridge/portals/room-store.ts';
import { redactionWriterPart } from '../../../src/policy/redaction/projections.ts';
import { SPAN_MS } from '../../../src/policy/telling/tell-store.ts';
import { alice, bob, desk, room, user } from '../../unit/bot/samples.ts';
import { openHouse, type House } from './house.ts';

const deals = room('!deals:acme.example');
const CARD = '4111 1111 1111 1111';
const words = `Sure, use ${CARD} exp 09/27`;

type Plain = { readonly [K in EntryKind]: { readonly kind: K; readonly body: EntryBodies[K] } }[EntryKind];
type Verdict = EntryBodies['policy.verdict'];

const joined = { parts: [redactionWriterPart()] };

async function opened(): Promise<House> {
  const house = await openHouse(undefined, joined);
  await house.bot.ensureRooms();
  await house.settle();
  return house;
}

/** The next life, on the same record. */
async function reopened({ homeserver, clock, test: { place } }: House): Promise<House> {
  const house = await openHouse({ homeserver, clock, place }, joined);
  await house.settle();
  return house;
}

let counted = 0;

function ours(house: House, plain: Plain, direction: Draft['direction'] = 'internal'): Draft {
  counted += 1;
  const source = { system: 'gatehouse', id: `${plain.kind}/${counted}`, sure: true };
  return { ...plain, at: house.clock.now(), source, room: deals, direction };
}

const hit: KeptHit = {
  ...{ rule: 'card-number', version: 'b'.repeat(64), says: 'looks like a payment card number', severity: 'high' },
  ...{ consequence: 'flag', dryRun: false, notify: true, count: 1 },
  findings: [
    {
      ...{ by: 'detector:card', what: 'body', start: words.indexOf(CARD), end: words.indexOf(CARD) + CARD.length },
      ...{ confidence: 0.99, masked: 'ends 1111', tricks: [], over: [] },
    },
  ],
};

function verdict(house: House, of: Position, more: Partial<Verdict> = {}, direction?: Draft['direction']): Draft {
  const judged = { of, rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [hit], unread: [] };
  return ours(house, { kind: 'policy.verdict', body: { ...judged, consequence: 'flag', ...more } }, direction);
}

async function put(house: House, ...drafts: readonly Draft[]): Promise<readonly Position[]> {
  const appended = await house.test.journal.append(drafts);
  await house.settle();
  return appended.map(({ position }) => position);
}

async function written(house: House, from: UserId = alice): Promise<Position> {
  return (await house.say(from, deals, words)).position;
}

function atDesk(house: House): readonly string[] {
  const here = house.homeserver.aliases.get(desk.room);
  if (here === undefined) throw new Error('no desk');
  return house.said(here).filter((text) => text.includes('!c s'));
}

async function chatOf(house: House, who: UserId): Promise<RoomId | undefined> {
  return house.test.views.read((reading) => roomOfUse(reading, { kind: 'staff', user: who }));
}

async function toldTo(house: House, who: UserId): Promise<readonly string[]> {
  const chat = await chatOf(house, who);
  return chat === undefined ? [] : house.said(chat).filter((text) => text.startsWith('Your message'));
}

describe('A desk is told at once', () => {
  test('of what a rule wants it to know: the rule, what was done, who, where, masked, and how to look', async () => {
    await using house = await opened();
    const of = await written(house);
    await put(house, verdict(house, of));
    const [text, ...more] = atDesk(house);
    expect(more).toEqual([]);
    expect(text).toMatch(
      /^(?=[2-9]*[a-z])[2-9a-z]{3,4} · HIGH · card-number · flagged\nAlice in a room without a name: “Sure, use •••• 1111 exp 09\/27”\n!c show (?=[2-9]*[a-z])[2-9a-z]{3,4}$/u,
    );
    expect(text).not.toContain(CARD);
  });

  test('of what could not be looked at, and of nothing that is only flagged, on trial, or has a card of its own', async () => {
    await using house = await opened();
    const of = await written(house);
    const quiet = { ...hit, notify: false };
    await put(
      house,
      verdict(house, of, { hits: [quiet] }),
      verdict(house, of, { hits: [{ ...hit, dryRun: true }], consequence: 'none' }),
      verdict(house, of, { consequence: 'quarantine' }),
      verdict(house, of, { hits: [], failed: 'crashed', consequence: 'none' }),
    );
    expect(atDesk(house).filter((text) => !text.includes('approve'))).toEqual([]);
    await put(house, verdict(house, of, { hits: [], failed: 'crashed', consequence: 'flag' }));
    expect(atDesk(house).filter((text) => text.includes('not judged'))).toHaveLength(1);
  });

  test('of what still stands where it should not', async () => {
    await using house = await opened();
    const of = await written(house);
    const [at] = await put(house, verdict(house, of, { hits: [{ ...hit, notify: false }] }));
    const event = (await house.entries('matrix.event')).find(({ position }) => position === of)?.body.event_id;
    if (at === undefined || event === undefined) throw new Error('no verdict');
    const how = 'not-possible' as const;
    await put(house, ours(house, { kind: 'policy.redacted', body: { of, verdict: at, event, how } }));
    expect(atDesk(house)).toEqual([
      expect.stringMatching(/card-number · not taken away\nIt still stands in .*by hand/u),
    ]);
    expect(await toldTo(house, alice)).toEqual([expect.stringContaining("wants it gone and can't delete it there")]);
  });

  test('of the first three of a minute one by one, of ninety-seven more in one line', async () => {
    await using house = await opened();
    const of = await written(house);
    const other = { ...hit, rule: 'iban' };
    const drafts = Array.from({ length: 100 }, (_, nth) =>
      verdict(house, of, { hits: [nth % 2 === 0 ? hit : other], content: nth.toString(16).padStart(64, '0') }),
    );
    await house.test.journal.append(drafts);
    await untilTold(house, 3);
    expect(atDesk(house)).toHaveLength(3);
    house.clock.advance(SPAN_MS + 2_000);
    await house.settle();
    expect(atDesk(house).slice(3)).toEqual(['97 more within a minute: iban 49, card-number 48.\n!c search is:flagged']);
    await put(house, verdict(house, of, { content: 'd'.repeat(64) }));
    expect(atDesk(house)).toHaveLength(5);
  });

  test('once, whatever dies between: a burst is the same line in the next life', async () => {
    const house = await opened();
    const of = await written(house);
    const drafts = Array.from({ length: 10 }, (_, nth) =>
      verdict(house, of, { content: nth.toString(16).padStart(64, '0') }),
    );
    await house.test.journal.append(drafts);
    await untilTold(house, 3);
    await house.stop();
    house.clock.advance(SPAN_MS + 2_000);
    await using next = await reopened(house);
    const here = atDesk(next);
    expect(here).toHaveLength(4);
    expect(here.at(-1)).toContain('7 more within a minute: card-number 7.');
    await next.stop();
    await using last = await reopened(next);
    expect(atDesk(last)).toEqual(here);
  });

  test('that there is something, and not what, where a stranger reads along', async () => {
    await using house = await opened();
    const of = await written(house);
    const here = house.homeserver.aliases.get(desk.room);
    if (here === undefined) throw new Error('no desk');
    house.homeserver.rooms.get(here)?.members.set(user('@mallory:acme.example'), 'join');
    await put(house, verdict(house, of));
    const said = house.said(here).at(-1);
    expect(said).toContain('A rule has something to tell you.');
    expect(said).not.toContain('1111');
  });
});

describe('Whoever wrote it', () => {
  test('is warned in the chat with @gatehouse, and may say why it shall stand', async () => {
    await using house = await opened();
    const of = await written(house);
    const [at] = await put(house, verdict(house, of, { consequence: 'warn', hits: [{ ...hit, notify: false }] }));
    const [text] = await toldTo(house, alice);
    expect(text).toMatch(
      /^Your message in .* looks like a payment card number \(ends 1111\)\. Delete it if it should not/u,
    );
    expect(text).toContain(`It is on record (${of}).`);
    expect(await toldTo(house, bob)).toEqual([]);

    const chat = await chatOf(house, alice);
    const sent =
      chat === undefined ? undefined : house.homeserver.sentIn(chat).findLast(({ part }) => part === 'warned');
    if (chat === undefined || sent === undefined || at === undefined) throw new Error('not warned');
    const mark = { 'org.gatehouse.source': sourceMark({ position: sent.source, part: sent.part, epoch: 1 }) };
    const echo = await house.event(sent.as, chat, { ...sent.content, ...mark });
    const reply = { 'm.relates_to': { 'm.in_reply_to': { event_id: echo.body.event_id } } };
    await house.say(alice, chat, '!anyway it is the test number of our bank', reply);
    expect(await house.entries('policy.overridden')).toMatchObject([
      { body: { of: at, by: alice, reason: 'it is the test number of our bank', content: 'c'.repeat(64) } },
    ]);
    expect(house.said(chat).at(-1)).toBe('Noted. It stands as it is; your reason is on record.');
  });

  test('is told that it was taken away, once, also after a crash', async () => {
    const house = await opened();
    const of = await written(house);
    const [at] = await put(house, verdict(house, of, { hits: [{ ...hit, notify: false }] }));
    const event = (await house.entries('matrix.event')).find(({ position }) => position === of)?.body.event_id;
    if (at === undefined || event === undefined) throw new Error('no verdict');
    await put(house, ours(house, { kind: 'policy.redacted', body: { of, verdict: at, event, how: 'admin' } }));
    const told = await toldTo(house, alice);
    expect(told).toEqual([
      expect.stringContaining('A company rule took it out of the room; write it again without that.'),
    ]);
    await house.stop();
    await using next = await reopened(house);
    expect(await toldTo(next, alice)).toEqual(told);
  });

  test('is not warned of what is old, nor is a stranger of another server', async () => {
    await using house = await opened();
    const of = await written(house);
    house.clock.advance(25 * 3_600_000);
    const stranger = await written(house, user('@eve:elsewhere.example'));
    const warns: Partial<Verdict> = { consequence: 'warn', hits: [{ ...hit, notify: false }] };
    await put(house, verdict(house, of, warns), verdict(house, stranger, warns, 'external'));
    expect(await toldTo(house, alice)).toEqual([]);
    expect(await chatOf(house, user('@eve:elsewhere.example'))).toBeUndefined();
  });
});

/** The last of a burst waits for its minute to end, so that not everything comes to rest. */
async function untilTold(house: House, many: number): Promise<void> {
  while (atDesk(house).length < many) await new Promise((resolve) => setImmediate(resolve));
}
