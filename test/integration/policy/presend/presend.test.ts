import { afterEach, describe, expect, test } from '@jest/globals';
import type { UserId } from '../../../../src/core/ids.ts';
import { JournalDown } from '../../../../src/core/ports/recorder.ts';
import type { PresendAnswer } from '../../../../src/core/ports/presend.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { abroad, alice, bob, CARD, carol, dan, office, openPresend, portal } from './house.ts';
import { rulesOf, user, type Given, type PresendHouse } from './house.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

async function house(given?: Given): Promise<PresendHouse> {
  const made = await openPresend(given);
  open.push(made);
  return made;
}

const allowed: PresendAnswer = { status: 200, body: {} };
const text = (body: string): JsonObject => ({ msgtype: 'm.text', body });

describe('Is allowed, and nothing is written of it', () => {
  test.each<readonly [string, Parameters<PresendHouse['event']>]>([
    ['what nobody minds', [alice, office, text('hello')]],
    ['what our bot says', [user('gatehouse'), office, text(CARD)]],
    ['what a ghost says', [user('_gh_sms_12025550199'), office, text(CARD)]],
    ['what another server accepted', [user('@eve:elsewhere.example'), office, text(CARD)]],
    ['a deletion, whose ever it is', [alice, office, { reason: CARD, redacts: '$e' }, { type: 'm.room.redaction' }]],
    ['what goes outside: the bridge asks for itself', [alice, portal, text(CARD)]],
    ['what is only flagged: it is looked at afterwards', [alice, office, text('have you heard')]],
    ['what only a dry run minds', [alice, office, text('swordfish')]],
    ['state that says nothing', [alice, office, { users: {} }, { type: 'm.room.power_levels', stateKey: '' }]],
    ['an emoji', [alice, office, { 'm.relates_to': { key: '👍', event_id: '$e' } }, { type: 'm.reaction' }]],
    ['a message without anything', [alice, office, {}]],
  ])('%s', async (_, event) => {
    const { event: ask, entries } = await house();
    expect(await ask(...event)).toEqual(allowed);
    expect(await entries()).toEqual([]);
  });

  test('everything, where no rules are in force', async () => {
    const { say, entries } = await house({ rules: undefined });
    expect(await say(alice, office, CARD)).toEqual(allowed);
    expect(await entries()).toEqual([]);
  });
});

describe('Is refused, and is on record whole before it is answered', () => {
  const because = 'looks like a payment card number (ends 1111).';

  test.each<readonly [string, Parameters<PresendHouse['event']>, string]>([
    ['a card number', [alice, office, text(`it is ${CARD}`)], `Not sent: ${because}`],
    ['one in a room with strangers', [alice, abroad, text(CARD)], `Not sent: ${because}`],
    [
      'one that an edit brings in',
      [
        alice,
        office,
        { ...text('* fine'), 'm.new_content': text(CARD), 'm.relates_to': { rel_type: 'm.replace', event_id: '$e' } },
      ],
      `Not sent: ${because}`,
    ],
    ['one in a topic', [alice, office, { topic: CARD }, { type: 'm.room.topic', stateKey: '' }], 'Topic not changed: '],
    ['one in a name', [alice, office, { name: CARD }, { type: 'm.room.name', stateKey: '' }], 'Name not changed: '],
    ['what would be blacked out later', [alice, office, text('project falcon')], 'Not sent: names a project.'],
    [
      'encryption',
      [carol, office, { algorithm: 'm.megolm.v1.aes-sha2' }, { type: 'm.room.encryption', stateKey: '' }],
      'Not encrypted: rooms here are recorded, and must stay readable.',
    ],
    [
      'encryption of a chat with a customer',
      [alice, portal, { algorithm: 'm.megolm.v1.aes-sha2' }, { type: 'm.room.encryption', stateKey: '' }],
      'Not encrypted: ',
    ],
    ['words across a barrier', [dan, office, text('hello')], 'Not sent: the company keeps people of this room apart.'],
  ])('%s', async (_, event, words) => {
    const { event: ask, refusals, told } = await house();
    const answer = await ask(...event);
    const [refusal, ...more] = await refusals();
    expect(more).toEqual([]);
    expect(answer).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    expect(answer.body['error']).toContain(words);
    expect(answer.body['org.gatehouse.record']).toBe(String(refusal?.position));
    const [from, at, content] = event;
    expect(refusal).toMatchObject({ actor: from, room: at, direction: at === abroad ? 'external' : 'internal' });
    expect(refusal?.body).toMatchObject({ user: from, room: at, event: { content }, shadow: false });
    expect(told).toEqual([refusal?.position]);
  });

  test('a number that is written over two messages', async () => {
    const { say, said, refusals } = await house();
    await said(alice, office, 'the first half is 4111 1111');
    expect((await say(alice, office, '1111 1111')).status).toBe(403);
    expect((await refusals())[0]?.body.hits[0]?.findings[0]?.over).toEqual([2]);
    expect((await say(bob, office, '1111 1111')).status).toBe(200);
  });

  test('what has no canonical form, as the bytes that were asked', async () => {
    const { event, refusals } = await house();
    let deep: JsonObject = {};
    for (let i = 0; i < 200; i += 1) deep = { deep };
    expect((await event(alice, office, { ...text(CARD), deep })).status).toBe(403);
    const [refusal] = await refusals();
    expect(refusal?.body.event).toBeUndefined();
    expect(Buffer.from(refusal?.raw ?? []).toString('utf8')).toContain(CARD);
  });

  test('memberships that would bring people together whom a barrier keeps apart', async () => {
    const { presend, refusals } = await house();
    const invite = { callback: 'user_may_invite', inviter: carol, room: office } as const;
    const invited = await presend.ask({ ...invite, invitee: dan });
    expect(invited.body['error']).toBe('Not invited: the company keeps people of this room apart. Ask compliance.');
    const joined = await presend.ask({ callback: 'user_may_join_room', user: dan, room: office });
    expect(joined.body['error']).toContain('Not joined: ');
    expect((await refusals()).map(({ body }) => [body.user, body.invitee, body.barrier])).toEqual([
      [carol, dan, ['sales', 'research']],
      [dan, undefined, ['sales', 'research']],
    ]);
    expect(await presend.ask({ ...invite, invitee: bob })).toEqual(allowed);
    expect(await presend.ask({ ...invite, invitee: user('gatehouse') })).toEqual(allowed);
    expect(await presend.ask({ callback: 'user_may_join_room', user: dan, room: portal })).toEqual(allowed);
  });

  test('whoever may be on the other side of a barrier, as long as nobody can say who is', async () => {
    const research: { people: ReadonlySet<UserId> | undefined } = { people: undefined };
    const { say, refusals, presend } = await house({
      rules: undefined,
      membersOf: () => Promise.resolve([alice, carol, user('gatehouse'), user('_gh_sms_12025550199')]),
      peopleOf: (group) => (group === 'sales' ? new Set([alice, bob]) : research.people),
    });
    expect((await say(alice, office, 'hello')).status).toBe(403);
    expect((await say(carol, office, 'hello')).status).toBe(403);
    const invite = { callback: 'user_may_invite', inviter: alice, room: office } as const;
    expect((await presend.ask({ ...invite, invitee: dan })).status).toBe(403);
    expect((await refusals()).map(({ body }) => body.barrier?.join())).toEqual(Array(3).fill('sales,research'));
    research.people = new Set([dan]);
    expect((await say(alice, office, 'hello')).status).toBe(200);
    expect((await say(carol, office, 'hello')).status).toBe(200);
    expect((await presend.ask({ ...invite, invitee: dan })).status).toBe(403);
  });

  test('nobody who is alone with our bots, though nobody can say who is on the other side', async () => {
    const { say } = await house({
      membersOf: () => Promise.resolve([alice, user('gatehouse')]),
      peopleOf: () => undefined,
    });
    expect((await say(alice, office, 'hello')).status).toBe(200);
  });

  test('an invitation into a room that is too new to be known', async () => {
    const { presend } = await house({ membersOf: () => Promise.resolve([]) });
    const asked = { callback: 'user_may_invite', inviter: alice, invitee: dan, room: office } as const;
    expect((await presend.ask(asked)).status).toBe(403);
  });
});

describe('Its sender', () => {
  test('is told once in five minutes, however often the client tries; each try is on record', async () => {
    const { say, refusals, told, clock } = await house();
    for (let i = 0; i < 3; i += 1) await say(alice, office, CARD);
    await say(alice, office, `${CARD} again`);
    await say(bob, office, CARD);
    expect((await refusals()).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(told).toEqual([1, 4, 5]);
    clock.advance(5 * 60_000 + 1);
    await say(alice, office, CARD);
    await refusals();
    expect(told).toEqual([1, 4, 5, 6]);
  });

  test('may send all the same what a rule warns of: this content, this person, for five minutes', async () => {
    const { say, refusals, override, clock, entries } = await house();
    const warned = await say(alice, office, 'a guaranteed return');
    expect(warned.body['error']).toBe(
      'Not sent: promises a return. Gatehouse wrote to you how to send it all the same.',
    );
    const [refusal] = await refusals();
    if (refusal === undefined) throw new Error('not on record');
    expect(refusal.body.until).toBe(clock.now() + 5 * 60_000);
    await override(alice, refusal);
    const size = (await entries()).length;
    expect(await say(alice, office, 'a guaranteed return')).toEqual(allowed);
    expect((await entries()).length).toBe(size);
    expect((await say(alice, office, 'a guaranteed return!')).status).toBe(403);
    expect((await say(bob, office, 'a guaranteed return')).status).toBe(403);
    clock.advance(5 * 60_000 + 1);
    expect((await say(alice, office, 'a guaranteed return')).status).toBe(403);
  });

  test('may not send all the same what is blocked', async () => {
    const { say, refusals, override } = await house();
    await say(alice, office, CARD);
    const [refusal] = await refusals();
    if (refusal === undefined) throw new Error('not on record');
    await override(alice, refusal);
    expect((await say(alice, office, CARD)).status).toBe(403);
  });

  test('notices nothing of a trial run, which is on record', async () => {
    const { say, event, refusals, told } = await house({ shadow: true });
    expect(await say(alice, office, CARD)).toEqual(allowed);
    expect(await event(alice, office, {}, { type: 'm.room.encryption', stateKey: '' })).toEqual(allowed);
    expect((await refusals()).map(({ body }) => body.shadow)).toEqual([true, true]);
    expect(told).toEqual([]);
  });
});

describe('When something fails', () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const lenient = "rules: [{ id: a, says: b, severity: low, when: { pattern: 'c' }, then: block, failMode: open }]";

  /** Turns the clock once what is asked waits for it. */
  async function late(house: PresendHouse, asked: Promise<PresendAnswer>, waits: number): Promise<PresendAnswer> {
    while (house.clock.timers < waits) await new Promise(setImmediate);
    house.clock.advance(2_000);
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    house.clock.advance(1_000);
    return asked;
  }

  test('a scanner that hangs: after two seconds the rules say what is done', async () => {
    const closed = await house({ judge: never, failOpen: true });
    const waits = closed.clock.timers;
    const answer = await late(closed, closed.say(alice, office, 'hello'), waits + 2);
    expect(answer.body['error']).toContain("Not sent: it couldn't be checked");
    expect((await closed.refusals()).map(({ body }) => body.failed)).toEqual(['took-too-long']);

    const open = await house({ judge: never, failOpen: false, rules: rulesOf(lenient) });
    const before = open.clock.timers;
    expect(await late(open, open.say(alice, office, 'hello'), before + 2)).toEqual(allowed);
    expect(await open.refusals()).toEqual([]);
  });

  test.each([
    [true, 200],
    [false, 403],
  ] as const)('whatever else hangs: after three seconds failOpen %s answers %i', async (failOpen, status) => {
    const { promise, resolve } = Promise.withResolvers<readonly (typeof alice)[]>();
    const hung = await house({ failOpen, membersOf: () => promise });
    const waits = hung.clock.timers;
    expect((await late(hung, hung.say(dan, office, 'hello'), waits + 1)).status).toBe(status);
    expect(hung.metrics.counts.get('presend_unjudged too-slow')).toBe(1);
    resolve([alice]);
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    expect(await hung.refusals()).toEqual([]);
  });

  test.each<readonly [string, Error]>([
    ['the journal is down', new JournalDown('no space left')],
    ['the journal refuses the entry', new Error('not valid')],
  ])('%s: failOpen says what is answered, and it is counted', async (_, failure) => {
    const append = (): Promise<never> => Promise.reject(failure);
    const opened = await house({ append, failOpen: true });
    expect(await opened.say(alice, office, CARD)).toEqual(allowed);
    const closed = await house({ append, failOpen: false });
    const answer = await closed.say(alice, office, CARD);
    expect([answer.status, answer.body['errcode']]).toEqual([403, 'M_UNKNOWN']);
    const trial = await house({ append, failOpen: false, shadow: true });
    expect(await trial.say(alice, office, CARD)).toEqual(allowed);
    for (const { metrics, log } of [opened, closed]) {
      expect(metrics.counts.get('presend_unjudged unrecorded')).toBe(1);
      expect(log.events()).toContain('presend.unrecorded');
    }
    expect(await closed.say(alice, office, 'hello')).toEqual(allowed);
  });

  test('the engine breaks: failOpen, and no word of the message in the log', async () => {
    const broken = await house({ judge: () => Promise.reject(new Error('broken')), failOpen: false });
    expect((await broken.say(alice, office, CARD)).status).toBe(403);
    expect(broken.metrics.counts.get('presend_unjudged failed')).toBe(1);
    expect(JSON.stringify(broken.log.lines)).not.toContain('4111');
  });
});
