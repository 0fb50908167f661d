import { describe, expect, test } from '@jest/globals';
import { must, parseMillis } from '../../../src/core/ids.ts';
import { readLedger } from '../../../src/bridge/reconcile/ledger.ts';
import { EXPIRES_MS, RULES } from '../../support/word-gatekeeper.ts';
import { eventDraft } from './fake-homeserver.ts';
import { alice, ann, openHouse, sales } from './house.ts';
import { chatIn, decide, deleteAtOnce, editAtOnce, judgedHouse, texts, verdictOf, WORDS } from './gate-acts.ts';

const bot = '@gatehouse:acme.example';
const WITHDRAWN = 'Withdrawn: it was deleted before it went out, and +1 202 555 0199 does not get it.';

describe('a message that a rule stops', () => {
  test('bears 🛑 and a reply that says why, and what is written after it goes out', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'My card is 4111');
    await house.write(alice, room, 'And when can you come?');
    await house.pass(3_000);
    expect(texts(house)).toEqual(['And when can you come?']);
    expect(await house.message(position)).toMatchObject({ state: 'quarantined', attempts: 0 });
    expect(house.shown(room)).toContain(`${bot}: ${WORDS}`);
    expect(house.shown(room)).toContain('[🛑]');
    expect(house.shown(room)).not.toContain('[⏳]');
    const told = house.homeserver.rooms.get(room)?.events.find((event) => event.content['body'] === WORDS);
    expect(told?.content['m.mentions']).toEqual({ user_ids: [alice] });
    expect(told?.content['m.relates_to']).toMatchObject({ 'm.in_reply_to': {} });
    const state = house.homeserver.rooms.get(room)?.events.filter(({ type }) => type.startsWith('com.beeper'));
    expect(state?.map(({ content }) => content['status'])).toEqual(['SUCCESS']);
  });

  test('says why also under a first text that was asked for with a command, and is shown after the verdict', async () => {
    await using house = await judgedHouse();
    const back = house.homeserver.failAlways('send', { kind: 'down', detail: 'not yet' });
    await house.test.journal.append([
      {
        kind: 'portal.wanted',
        at: house.clock.now(),
        source: { system: 'gatehouse', id: 'wanted-1', sure: true },
        class: sales.class,
        body: {
          ...{ line: sales.id, network: sales.network, address: ann, by: alice },
          ...{ because: await house.receive('x'), text: 'My card is 4111' },
        },
      },
    ]);
    await house.settle();
    expect(await house.entries('policy.verdict')).toHaveLength(1);
    back();
    await house.pass(60_000);
    const [opened] = await house.entries('portal.opened');
    const shown = opened === undefined ? [] : house.shown(opened.body.room);
    expect(texts(house)).toEqual([]);
    expect(shown).toContain('[🛑]');
    expect(shown.filter((line) => line === `${bot}: ${WORDS}`)).toHaveLength(1);
  });

  test('waits for as long as nobody decides, and reconcile counts it among what waits', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    await house.write(alice, room, 'My card is 4111');
    await house.pass(86_400_000);
    const span = { from: must(parseMillis(0)), to: must(parseMillis(Number(house.clock.now()) + 1)) };
    const { journal } = house.test;
    const { signal } = new AbortController();
    const read = await readLedger({ journal, lines: [sales], span, clock: house.clock, signal });
    expect(read.findings).toEqual([]);
    expect(read.lines[0]).toMatchObject({ written: 1, waitingOut: 1, sent: 0, failedOut: 0 });
  });

  test('counts as nothing that went out before an earlier one that comes late', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const late = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'first' } });
    house.homeserver.unseen.splice(0);
    house.clock.advance(12_000);
    await house.write(alice, room, 'second, my card');
    await house.test.journal.append([eventDraft(late)]);
    await house.pass(2_000);
    expect(texts(house)).toEqual(['first']);
  });

  test('goes out once when an officer approves it, long after it was written, with the text that was judged', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3 * 3_600_000);
    const verdict = await verdictOf(house, position);
    await decide(house, position, ['approved']);
    await house.pass(3_000);
    await decide(house, position, ['approved', 'rejected', 'expired']);
    await house.pass(3_000);
    expect(texts(house)).toEqual(['My card is 4111']);
    const [attempt] = await house.entries('delivery.attempt');
    expect(attempt?.body.judged).toEqual({ rules: RULES, verdict: verdict.position });
    expect(await house.message(position)).toMatchObject({ state: 'sent', generation: 1, attempts: 1 });
    expect(house.shown(room)).toContain('[✓]');
    expect(house.shown(room)).not.toContain('[🛑]');
  });

  test('is told who rejected it, and never goes out', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3_000);
    await decide(house, position, ['rejected'], 'please use the payment link.');
    await house.pass(3_000);
    await house.test.journal.append([
      {
        kind: 'delivery.retry',
        at: house.clock.now(),
        source: { system: 'gatehouse', id: 'retry', sure: true },
        body: { of: position, by: alice },
      },
    ]);
    await house.pass(3_000);
    expect(texts(house)).toEqual([]);
    expect(await house.message(position)).toMatchObject({ state: 'failed', reason: 'policy-rejected' });
    const told = house.homeserver.rooms.get(room)?.events.at(-1);
    expect(house.shown(room)).toContain(`${bot}: Not sent (Olivia): please use the payment link.`);
    expect(told?.content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice] } });
    expect(house.shown(room).filter((line) => line === '[🛑]')).toHaveLength(1);
    const statuses = house.homeserver.rooms.get(room)?.events.map(({ content }) => content['status']);
    expect(statuses).toContain('FAIL_PERMANENT');
  });

  test('that nobody decides in time says so, and is judged anew when it is asked for again', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'My card is 4111');
    await house.pass(EXPIRES_MS);
    await decide(house, position, ['expired', 'approved']);
    await house.pass(3_000);
    expect(house.shown(room).join()).toContain('Not sent: nobody at compliance decided in time.');
    await house.test.journal.append([
      {
        kind: 'delivery.retry',
        at: house.clock.now(),
        source: { system: 'gatehouse', id: 'retry', sure: true },
        body: { of: position, by: alice },
      },
    ]);
    await house.pass(3_000);
    expect(await house.message(position)).toMatchObject({ state: 'quarantined', generation: 1 });
    expect(house.shown(room).filter((line) => line.endsWith(WORDS))).toHaveLength(2);
    expect(texts(house)).toEqual([]);
  });

  test('is withdrawn by its deletion, and no approval brings it back', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3_000);
    await deleteAtOnce(house, body);
    await decide(house, position, ['approved']);
    await house.pass(3_000);
    expect(texts(house)).toEqual([]);
    expect((await house.message(position))?.state).toBe('withdrawn');
    expect(house.shown(room)).not.toContain('[🛑]');
    expect((await house.entries('delivery.abandoned'))[0]?.body).toMatchObject({ of: position, reason: 'withdrawn' });
    const told = house.homeserver.rooms.get(room)?.events.filter(({ content }) => content['body'] === WITHDRAWN);
    expect(told?.map(({ content }) => content['msgtype'])).toEqual(['m.notice']);
  });

  test('is withdrawn by its deletion, and what is written next goes out, also where the room can not be told', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3_000);
    house.homeserver.failAlways('send', { kind: 'down', detail: 'away' });
    await deleteAtOnce(house, body);
    await house.write(alice, room, 'Hello');
    expect(texts(house)).toEqual(['Hello']);
    expect((await house.message(position))?.state).toBe('withdrawn');
    expect((await house.entries('delivery.abandoned'))[0]?.body).toMatchObject({ of: position, reason: 'withdrawn' });
  });

  test('and rejected without a reason says for what it was stopped', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3_000);
    await decide(house, position, ['rejected']);
    await house.pass(3_000);
    const words = 'Not sent (Olivia): looks like a payment card number (ends 1111).';
    expect(house.shown(room)).toContain(`${bot}: ${words}`);
  });

  test('is judged anew when its sender edits it, under a mark and words of its own', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position, body } = await house.write(alice, room, 'My card is 4111');
    await house.pass(3_000);
    await editAtOnce(house, body, 'My card is 4222');
    await house.pass(3_000);
    expect(house.shown(room).filter((line) => line.endsWith(WORDS))).toHaveLength(2);
    expect(house.shown(room).filter((line) => line === '[🛑]')).toHaveLength(1);
    const first = (await house.entries('policy.verdict'))[0];
    expect((await verdictOf(house, position)).position).not.toBe(first?.position);
    await editAtOnce(house, body, 'Could you send me a link?');
    await house.pass(3_000);
    expect(texts(house)).toEqual(['Could you send me a link?']);
    expect(house.shown(room)).not.toContain('[🛑]');
  });

  test('that is blocked fails at once, in the words of the rule', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'About that weapon');
    await house.pass(3_000);
    expect(texts(house)).toEqual([]);
    expect(await house.message(position)).toMatchObject({ state: 'failed', reason: 'policy-blocked' });
    expect(house.shown(room)).toContain(`${bot}: Not sent: a company rule stopped it (no weapons).`);
    expect((await house.entries('policy.verdict')).map(({ body }) => body.consequence)).toEqual(['block']);
  });
});

describe('a message that a rule warns of', () => {
  test('goes out when its sender wants it all the same', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'I promise');
    await house.pass(3_000);
    expect(house.shown(room).join()).toContain('Not sent yet: promises a result. !anyway and why (reply)');
    await decide(house, position, ['overridden']);
    await house.pass(3_000);
    expect(texts(house)).toEqual(['I promise']);
    const [overridden] = await house.entries('policy.overridden');
    expect(overridden).toMatchObject({ portal: 'p1', line: 'sales', direction: 'outbound' });
  });

  test('and of which nobody says more is not told a second time', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { position } = await house.write(alice, room, 'I promise');
    await house.pass(3_000);
    const before = house.shown(room);
    await decide(house, position, ['expired']);
    await house.pass(3_000);
    expect(house.shown(room)).toEqual(before);
    expect(await house.message(position)).toMatchObject({ state: 'failed', reason: 'policy-warned' });
  });
});

describe('a message that passes', () => {
  test('says on record by which rules, and has what was found beside its attempt', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    await house.write(alice, room, 'The invoice is on its way');
    await house.write(alice, room, 'See you');
    const [flagged, clean] = await house.entries('delivery.attempt');
    expect([flagged?.body.judged, clean?.body.judged]).toEqual([{ rules: RULES }, { rules: RULES }]);
    const [verdict] = await house.entries('policy.verdict');
    expect(verdict?.position).toBe((flagged?.position ?? 0) + 1);
    expect(texts(house)).toEqual(['The invoice is on its way', 'See you']);
  });

  test('waits while the gate can’t answer, and nothing is counted against it', async () => {
    await using house = await judgedHouse();
    const room = await chatIn(house);
    const { gatekeeper: gate } = house;
    gate.during = () => {
      gate.answers.push({ may: 'ask-again', afterMs: 1_000 });
      return Promise.resolve();
    };
    const { position } = await house.write(alice, room, 'See you');
    // Longer than any back-off of a failure lasts.
    for (let minute = 0; minute < 20; minute += 1) await house.pass(60_000);
    expect(texts(house)).toEqual([]);
    expect(await house.message(position)).toMatchObject({ state: 'waiting', attempts: 0, reason: undefined });
    gate.during = () => Promise.resolve();
    await house.pass(1_000);
    expect(texts(house)).toEqual(['See you']);
  });

  test('is not judged where nobody stands at the gate', async () => {
    await using house = await openHouse();
    await house.write(alice, await chatIn(house), 'My card is 4111');
    expect(texts(house)).toEqual(['My card is 4111']);
    expect((await house.entries('delivery.attempt'))[0]?.body).not.toHaveProperty('judged');
  });
});
