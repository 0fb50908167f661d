import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lane, noMillis, taskIdFor } from '../../../src/core/ids.ts';
import { err } from '../../../src/core/result.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { itemId } from '../../../src/policy/verdicts/item-id.ts';
import { alice, audrey, bob, desk, millis, olivia, rita } from '../../unit/bot/samples.ts';
import { CARD, EXPIRES_MS, omar, portalRoom, Quarantine, second, type Stopped } from './quarantine-house.ts';

let world: Quarantine;
let stopped: Stopped;
beforeEach(async () => {
  world = await Quarantine.open();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

function lastAnswer(): { readonly command: unknown; readonly code: unknown; readonly text: unknown } {
  const answer = world.house.homeserver.sentIn(world.roomOf()).findLast(({ part }) => part === 'answer')?.content;
  const told = answer?.['org.gatehouse.answer'];
  if (!isJsonObject(told)) throw new Error('no answer');
  return { command: told['command'], code: told['code'], text: answer?.['body'] };
}

function answers(): number {
  return world.house.homeserver.sentIn(world.roomOf()).filter(({ part }) => part === 'answer').length;
}

/** From here on what is sent under this part arrives, and its answer is lost with the connection. Once. */
function cutAfter(part: (part: string) => boolean): void {
  const { homeserver } = world.house;
  const send = homeserver.send.bind(homeserver);
  let cut = false;
  homeserver.send = async (event) => {
    const sent = await send(event);
    if (cut || !part(event.part)) return sent;
    cut = true;
    homeserver.send = send;
    return err({ kind: 'down', detail: 'cut' });
  };
}

async function openCard(): Promise<ReturnType<Quarantine['card']>> {
  stopped = await world.stopped();
  return world.echo();
}

describe('a card', () => {
  test('stands at the desk as it should look on a phone, and can be tapped', async () => {
    stopped = await world.stopped();
    const item = itemId(stopped.verdict);
    const card = world.card();
    expect(card.content).toMatchObject({
      msgtype: 'm.text',
      'm.mentions': { user_ids: [olivia, rita] },
      'org.gatehouse.refs': [stopped.message.position, stopped.verdict],
    });
    const body = card.content['body'];
    expect(typeof body === 'string' ? body.split('\n') : undefined).toEqual([
      `${item} · HIGH · 0 min · card-number · quarantined`,
      'Alice → +1 202 555 0199 (SMS): “Sure, use •••• 1111 exp 09/27”',
      `✅ approve   ❌ reject   !c show ${itemId(stopped.verdict)}`,
    ]);
    const taps = world.house.homeserver.sentIn(world.roomOf()).filter(({ type }) => type === 'm.reaction');
    expect(taps.map(({ content }) => content['m.relates_to'])).toEqual([
      { rel_type: 'm.annotation', event_id: card.event, key: '✅' },
      { rel_type: 'm.annotation', event_id: card.event, key: '❌' },
    ]);
    expect(JSON.stringify(world.house.homeserver.sent)).not.toContain(CARD);
  });

  test.each([['the card'], ['the first tap'], ['the second tap']])(
    'is one card although the process died after %s',
    async (what) => {
      const here = world.roomOf();
      const parts = { 'the card': cardPart(here), 'the first tap': `yes-${here}`, 'the second tap': `no-${here}` };
      cutAfter((part) => part === Object.entries(parts).find(([name]) => name === what)?.[1]);
      await world.stopped();
      await world.reopen();
      const sent = world.house.homeserver.sentIn(here).map(({ part }) => part.replace(here, ''));
      expect(sent).toEqual(['card-', 'yes-', 'no-']);
    },
  );

  test('is not shown while a stranger could read it; the desk is told that something waits, once, and sees it afterwards', async () => {
    const here = world.roomOf();
    const members = world.house.homeserver.rooms.get(here)?.members;
    members?.set(bob, 'join');
    await world.stopped();
    world.house.clock.advance(30_000);
    await world.house.settle();
    const said = world.house.said(here);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^Item \S+ waits for a decision\. I don't answer here: @bob:acme\.example has no role/u);
    members?.delete(bob);
    world.house.clock.advance(30_000);
    await world.house.settle();
    expect(world.cards()).toHaveLength(1);
  });

  test('of what was decided before it could be shown is never shown', async () => {
    const members = world.house.homeserver.rooms.get(world.roomOf())?.members;
    members?.set(bob, 'join');
    stopped = await world.stopped();
    await world.put(world.redaction(alice, portalRoom, stopped.message.body.event_id));
    members?.delete(bob);
    world.house.clock.advance(30_000);
    await world.house.settle();
    expect(world.cards()).toEqual([]);
  });
});

describe('a tap', () => {
  test.each([
    { key: '✅', who: olivia, kind: 'policy.approved', state: 'waiting', words: 'approved by Olivia 16:30' },
    { key: '❌', who: olivia, kind: 'policy.rejected', state: 'failed', words: 'rejected by Olivia 16:30' },
    { key: '✅\ufe0f', who: rita, kind: 'policy.approved', state: 'waiting', words: 'approved by Rita 16:30' },
  ] as const)('$key of $who decides: $kind', async ({ key, who, kind, state, words }) => {
    const card = await openCard();
    await world.put(world.tap(who, card, key));
    expect(await world.decisions()).toEqual([kind]);
    const [entry] = await world.house.entries(kind);
    expect(entry).toMatchObject({
      actor: who,
      line: 'sales',
      body: { of: stopped.message.position, verdict: stopped.verdict, content: 'c'.repeat(64), by: who },
    });
    expect(await world.stateOf(stopped)).toBe(state);
    expect(answers()).toBe(0);
    const change = world.cards().at(-1)?.content;
    expect(change).toMatchObject({ 'm.relates_to': { rel_type: 'm.replace', event_id: card.event }, 'm.mentions': {} });
    const text = isJsonObject(change?.['m.new_content']) ? change['m.new_content']['body'] : '';
    expect(text).toContain(words);
    expect(text).not.toContain('!c show');
    expect(world.cards()).toHaveLength(2);
  });

  test('a second one, by whomever, does nothing and says who was first', async () => {
    const card = await openCard();
    await world.put(world.tap(olivia, card));
    world.house.clock.advance(60_000);
    await world.put(world.tap(rita, card, '❌'));
    expect(await world.decisions()).toEqual(['policy.approved']);
    expect(lastAnswer()).toMatchObject({ command: 'reject', code: 'failed' });
    expect(lastAnswer().text).toMatch(/^Nothing was done: \S+ was already approved by Olivia 16:30\.$/u);
  });

  test.each([
    ['an auditor', audrey, 'denied'],
    ['whoever wrote the message', rita, 'denied'],
  ])('of %s does nothing and says so', async (_, who, code) => {
    stopped = await world.stopped(undefined, who === rita ? rita : alice);
    const card = await world.echo();
    await world.put(world.tap(who, card));
    expect(await world.decisions()).toEqual([]);
    expect(lastAnswer()).toMatchObject({ command: 'approve', code });
    expect(await world.stateOf(stopped)).toBe('quarantined');
  });

  test('of somebody without a role is not answered with what the card says: the room is not fit', async () => {
    const card = await openCard();
    world.house.homeserver.rooms.get(card.room)?.members.set(bob, 'join');
    await world.put(world.tap(bob, card));
    await world.put(world.tap(olivia, card));
    expect(await world.decisions()).toEqual([]);
    expect(answers()).toBe(1);
    expect(lastAnswer().text).toMatch(/^I don't answer here/u);
  });

  test('of our own, of another emoji, and one in another room mean nothing', async () => {
    const card = await openCard();
    await world.put(world.tap(world.house.homeserver.compliance, card));
    await world.put(world.tap(olivia, card, '👍'));
    await world.put(world.tap(olivia, { ...card, room: portalRoom }));
    expect(await world.decisions()).toEqual([]);
    expect(answers()).toBe(0);
  });

  test('that was taken back before it was acted on does not count', async () => {
    const card = await openCard();
    const tap = world.tap(olivia, card);
    if (tap.kind !== 'matrix.event') throw new Error('no event');
    await world.putAll([tap, world.redaction(olivia, card.room, tap.body.event_id)]);
    expect(await world.decisions()).toEqual([]);
    expect(await world.stateOf(stopped)).toBe('quarantined');
  });

  test('on a card that has not come back to us yet is heard when it has', async () => {
    stopped = await world.stopped();
    await world.put(world.tap(olivia, world.card()));
    expect(await world.decisions()).toEqual([]);
    await world.echo();
    world.house.clock.advance(3_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual(['policy.approved']);
  });

  test('on a list does nothing and says so; on what somebody else said it means nothing', async () => {
    await openCard();
    await world.house.say(olivia, world.roomOf(), '!c search Hi');
    const list = world.house.homeserver.sentIn(world.roomOf()).findLast(({ part }) => part === 'answer');
    if (list === undefined) throw new Error('no list');
    await world.put(world.event(list.as, list.room, list.content, { id: list.event }));
    await world.put(world.tap(olivia, list));
    expect(lastAnswer()).toMatchObject({ code: 'failed' });
    expect(lastAnswer().text).toMatch(/^Nothing was done: that is no card/u);
    const before = answers();
    const said = await world.house.say(rita, world.roomOf(), 'shall we?');
    await world.put(world.tap(olivia, { event: said.body.event_id, room: world.roomOf() }));
    expect(answers()).toBe(before);
    expect(await world.decisions()).toEqual([]);
  });

  test('whose task runs again after a crash decides once and says nothing twice', async () => {
    const card = await openCard();
    const at = await world.put(world.tap(olivia, card));
    const entry = await world.house.test.journal.read(at);
    const run = world.house.bot.handlers.get('policy.decide')?.run;
    if (entry === undefined || run === undefined) throw new Error('no task');
    const head = { id: taskIdFor(at, 'policy.decide'), lane: lane('desk', card.room), kind: 'policy.decide' };
    const task = { ...head, position: at, state: 'ready', attempts: 0, notBefore: noMillis } as const;
    expect(await run(task, entry, { signal: new AbortController().signal, mayRepeat: true })).toEqual({ to: 'done' });
    await world.reopen();
    expect(await world.decisions()).toEqual(['policy.approved']);
    expect(answers()).toBe(0);
  });

  test('refused, its answer stands once although the process died after it', async () => {
    const card = await openCard();
    cutAfter((part) => part === 'answer');
    await world.put(world.tap(audrey, card));
    await world.reopen();
    expect(answers()).toBe(1);
    expect((await world.house.entries('desk.command')).filter(({ body }) => body.command === 'approve')).toHaveLength(
      1,
    );
  });

  test('the card is changed once although the process died after the change', async () => {
    const card = await openCard();
    cutAfter((part) => part.startsWith('ended-'));
    await world.put(world.tap(olivia, card));
    await world.reopen();
    expect(world.cards()).toHaveLength(2);
    expect(await world.decisions()).toEqual(['policy.approved']);
  });

  test('that is a thumb decides nothing: whoever put it is told what does, once for each card', async () => {
    stopped = await world.stopped();
    const card = await world.echo();
    const hints = () => world.house.homeserver.sentIn(card.room).filter(({ part }) => part.startsWith('hint-'));
    for (const key of ['👀', '❤️']) await world.put(world.tap(olivia, card, key));
    await world.put(world.tap(alice, card, '👍'));
    expect(hints()).toEqual([]);
    for (const key of ['👍🏽', '👎', '✔️']) await world.put(world.tap(olivia, card, key));
    await world.reopen();
    expect(hints().map(({ content }) => content)).toMatchObject([
      {
        body: 'Nothing was done by that: tap the ✅ or the ❌ below the card.',
        'm.mentions': { user_ids: [olivia] },
        'm.relates_to': { 'm.in_reply_to': { event_id: card.event } },
      },
    ]);
    expect(await world.decisions()).toEqual([]);
  });
});

describe('!c approve and !c reject', () => {
  test('do what a tap does, with a note for the sender', async () => {
    await openCard();
    await world.house.say(
      olivia,
      world.roomOf(),
      `!c reject item ${itemId(stopped.verdict)} please use the payment link`,
    );
    expect(lastAnswer()).toMatchObject({ command: 'reject', code: 'ok' });
    const [rejected] = await world.house.entries('policy.rejected');
    expect(rejected?.body).toMatchObject({ by: olivia, note: 'please use the payment link' });
    expect(await world.stateOf(stopped)).toBe('failed');
    expect(world.cards().at(-1)?.content['body']).toContain('rejected by Olivia 16:30: please use the payment link');
  });

  test('taken again after a crash answer the same, and decide once', async () => {
    await openCard();
    cutAfter((part) => part === 'answer');
    await world.house.say(olivia, world.roomOf(), `!c approve ${itemId(stopped.verdict)}`);
    await world.reopen();
    expect(answers()).toBe(1);
    expect(lastAnswer()).toMatchObject({ command: 'approve', code: 'ok' });
    expect(await world.decisions()).toEqual(['policy.approved']);
  });

  test('say who was first', async () => {
    const card = await openCard();
    await world.put(world.tap(rita, card, '❌'));
    await world.house.say(olivia, world.roomOf(), `!c approve ${itemId(stopped.verdict)}`);
    expect(lastAnswer().text).toMatch(/was already rejected by Rita 16:30\.$/u);
    expect(await world.decisions()).toEqual(['policy.rejected']);
  });

  test.each([
    ['without an item', '!c approve', 'usage'],
    ['with an id that is none', '!c approve k0f', 'usage'],
    ['of an item that there isn’t', '!c approve zzz', 'not-found'],
    ['with a note that is too long', `!c reject zzzz ${'x'.repeat(600)}`, 'usage'],
  ])('%s are answered so', async (_, words, code) => {
    await openCard();
    await world.house.say(olivia, world.roomOf(), words);
    expect(lastAnswer().code).toBe(code);
    expect(await world.decisions()).toEqual([]);
  });

  test('are not for an auditor', async () => {
    await openCard();
    await world.house.say(audrey, world.roomOf(), `!c approve ${itemId(stopped.verdict)}`);
    expect(lastAnswer().code).toBe('denied');
    expect(await world.decisions()).toEqual([]);
  });
});

describe('!c show of an item', () => {
  test('tells the rule, how sure it is, and what was said around it, with numbers masked', async () => {
    await world.house.say(alice, portalRoom, 'My number is +1 (202) 555-0123');
    await openCard();
    await world.house.say(audrey, world.roomOf(), `!c show item ${itemId(stopped.verdict)}`);
    const text = String(lastAnswer().text);
    expect(text).toContain('Rule card-number (high, quarantine): looks like a payment card number');
    expect(text).toContain('payment card number •••• 1111 in the text · 99 % sure');
    expect(text).toContain('“Sure, use •••• 1111 exp 09/27”');
    expect(text).toContain('“My number is +•••• 0123”');
    expect(text).not.toMatch(/\d{4} \d{4}|555-0123/u);
  });

  test('tells what became of it', async () => {
    const card = await openCard();
    await world.put(world.tap(olivia, card));
    await world.house.say(rita, world.roomOf(), `!c show item ${itemId(stopped.verdict)}`);
    expect(lastAnswer().text).toMatch(/ · approved by Olivia 16:30\n/u);
  });

  test('says where there is none', async () => {
    await world.house.say(olivia, world.roomOf(), '!c show item zzz');
    expect(lastAnswer().code).toBe('not-found');
  });
});

describe('what its sender does', () => {
  test('deleting it ends the item; a tap afterwards does nothing and says so', async () => {
    const card = await openCard();
    await world.put(world.redaction(alice, portalRoom, stopped.message.body.event_id));
    expect(await world.stateOf(stopped)).toBe('withdrawn');
    expect(world.cards().at(-1)?.content['body']).toContain('withdrawn by its sender 16:30');
    await world.put(world.tap(olivia, card));
    expect(lastAnswer().text).toContain('was already withdrawn by its sender');
    expect(await world.decisions()).toEqual([]);
  });

  test('editing it changes the card; the old card decides nothing, the new one does', async () => {
    const card = await openCard();
    const words = `Take ${CARD}`;
    const relation = { rel_type: 'm.replace', event_id: stopped.message.body.event_id };
    const content = { msgtype: 'm.text', body: `* ${words}`, 'm.relates_to': relation };
    const edit = { ...content, 'm.new_content': { msgtype: 'm.text', body: words } };
    const version = await world.put(world.event(alice, portalRoom, edit));
    expect(world.cards().at(-1)?.content['body']).toContain('changed by its sender');
    await world.put(world.tap(olivia, card));
    expect(lastAnswer().text).toContain('was already changed by its sender');
    expect(await world.decisions()).toEqual([]);
    const item = await world.put(world.verdict(stopped.message.position, words, { version, content: 'd'.repeat(64) }));
    await world.house.say(audrey, world.roomOf(), `!c show item ${itemId(item)}`);
    expect(lastAnswer().text).toContain(` · record ${version}\n`);
    expect(world.card().content['body']).toContain('“Take •••• 1111”');
    await world.put(world.tap(olivia, await world.echo()));
    const [approved] = await world.house.entries('policy.approved');
    expect(approved?.body).toMatchObject({ content: 'd'.repeat(64) });
    expect(await world.stateOf(stopped)).toBe('waiting');
  });

  test.each(['deletes', 'taps'])('in the moment of a tap, where the one who %s comes first', async (first) => {
    const card = await openCard();
    const both = [world.redaction(alice, portalRoom, stopped.message.body.event_id), world.tap(olivia, card)];
    await world.putAll(first === 'deletes' ? both : both.toReversed());
    // The decision comes on record after both: the deletion was there before it, whichever event came first.
    expect(await world.stateOf(stopped)).toBe('withdrawn');
    expect(await world.decisions()).toEqual([]);
    expect(lastAnswer().text).toContain('was already withdrawn by its sender');
  });
});

describe('what nobody decides', () => {
  test('expires when its time is over, and the card says so', async () => {
    await openCard();
    world.house.clock.advance(EXPIRES_MS - 1_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual([]);
    world.house.clock.advance(2_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual(['policy.expired']);
    expect(await world.stateOf(stopped)).toBe('failed');
    expect(world.cards().at(-1)?.content['body']).toContain('expired 20:30: nobody decided in time');
  });

  test('expires after a restart as well, once', async () => {
    await openCard();
    await world.reopen();
    world.house.clock.advance(EXPIRES_MS + 1_000);
    await world.house.settle();
    await world.reopen();
    expect(await world.decisions()).toEqual(['policy.expired']);
    expect(world.cards()).toHaveLength(2);
  });

  test('waits while the clock can’t be believed', async () => {
    await openCard();
    world.house.time.suspect = { byMs: EXPIRES_MS, since: millis(world.now) };
    world.house.clock.advance(EXPIRES_MS + 600_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual([]);
    world.house.time.suspect = undefined;
    world.house.clock.advance(61_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual(['policy.expired']);
  });

  test('in the moment of a tap: the tap comes first, and nothing expires', async () => {
    const card = await openCard();
    world.house.clock.advance(EXPIRES_MS - 1_000);
    await world.put(world.tap(olivia, card));
    world.house.clock.advance(600_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual(['policy.approved']);
    expect(await world.stateOf(stopped)).toBe('waiting');
  });

  test('in the moment of a tap: it expired first, and the tap is told', async () => {
    const card = await openCard();
    world.house.clock.advance(EXPIRES_MS + 1_000);
    await world.house.settle();
    await world.put(world.tap(olivia, card));
    expect(lastAnswer().text).toContain('was already expired 20:30: nobody decided in time');
    expect(await world.stateOf(stopped)).toBe('failed');
  });
});

describe('two desks', () => {
  beforeEach(async () => {
    await world[Symbol.asyncDispose]();
    world = await Quarantine.open([desk, second]);
  });

  test('both have a card; the first decision changes both, in each desk’s own time', async () => {
    stopped = await world.stopped();
    const [here, there] = [await world.echo(desk), await world.echo(second)];
    await world.put(world.tap(omar, there, '❌'));
    expect(world.cards(desk).at(-1)?.content['body']).toContain('rejected by Omar 16:30');
    expect(world.cards(second).at(-1)?.content['body']).toContain('rejected by Omar 22:30');
    await world.put(world.tap(olivia, here));
    expect(lastAnswer().text).toMatch(/was already rejected by Omar 16:30\.$/u);
    expect(await world.decisions()).toEqual(['policy.rejected']);
  });

  test.each([0, 1])('who decide in one moment (order %d): one decision holds, the other is told', async (order) => {
    stopped = await world.stopped();
    const taps = [world.tap(olivia, await world.echo(desk)), world.tap(omar, await world.echo(second), '❌')];
    await world.putAll(order === 0 ? taps : taps.toReversed());
    const decided = await world.decisions();
    const state = await world.stateOf(stopped);
    expect(state).toBe(decided[0] === 'policy.approved' ? 'waiting' : 'failed');
    const told = [desk, second].flatMap((one) =>
      world.house.homeserver.sentIn(world.roomOf(one)).filter(({ part }) => part === 'answer'),
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.content['body']).toMatch(/was already (approved by Olivia|rejected by Omar)/u);
    expect([world.cards(desk).length, world.cards(second).length]).toEqual([2, 2]);
  });

  test('one whose room is not fit keeps the other from nothing', async () => {
    world.house.homeserver.rooms.get(world.roomOf(desk))?.members.set(bob, 'join');
    stopped = await world.stopped();
    expect([world.cards(desk).length, world.cards(second).length]).toEqual([0, 1]);
    await world.put(world.tap(omar, await world.echo(second)));
    world.house.clock.advance(30_000);
    await world.house.settle();
    expect(world.cards(second)).toHaveLength(2);
    expect(await world.stateOf(stopped)).toBe('waiting');
  });
});
