/** What a network brings about a message, and a house that dies at each of its calls: the next life does what is left, once. */
import { describe, expect, test } from '@jest/globals';
import { roomMadeDraft } from '../../../src/bridge/drafts.ts';
import { must, parseAddress, parseDeskId, parseRemoteId } from '../../../src/core/ids.ts';
import { diesAtEach } from '../../support/dies-at.ts';
import { nextLife } from './dead-house.ts';
import { alice, ann, openHouse, sales, type House } from './house.ts';
import { roomOf } from './room-acts.ts';

const remote = (id: string) => must(parseRemoteId(id));
const between = { from: ann, to: sales.address };
const carla = must(parseAddress('+12025550177'));
const bert = must(parseAddress('+12025550188'));
const members = [{ address: ann }, { address: bert }];
const group = { id: must(parseAddress('group:7')), name: 'Skating', members };

interface Scene {
  /** Somebody stands at the gate. */
  readonly judged?: boolean;
  /** What was there before the house can die. */
  readonly before: (house: House) => Promise<unknown>;
  /** What the network brings then. */
  readonly brings: (house: House) => Promise<unknown>;
  /** What the rooms show in the end, beside what they showed before. */
  readonly shows: readonly (string | RegExp)[];
}

const SAID: ReadonlySet<string> = new Set(['m.room.message', 'm.reaction']);

/** All that anybody could see of it afterwards. State and redactions that are done again are none the more for it. */
interface Left {
  readonly shown: readonly string[];
  readonly redacted: readonly string[];
  readonly recorded: readonly string[];
  readonly undone: { readonly ready: number; readonly waiting: number; readonly dead: number };
}

function shownIn(house: House): readonly string[] {
  return [...house.homeserver.rooms.keys()].flatMap((room) => house.shown(room));
}

async function leftOf(house: House): Promise<Left> {
  const { ready, waiting, dead } = await house.runner.summary();
  const events = await house.entries('matrix.event');
  const outcomes = await house.entries('delivery.outcome');
  const made = await house.entries('ghost.made');
  const verdicts = await house.entries('policy.verdict');
  const recorded = [
    ...verdicts.map(({ body }) => `verdict of ${String(body.of)}`),
    ...events.filter(({ body }) => SAID.has(body.type)).map(({ body }) => `event ${body.type}`),
    ...outcomes.map(({ body }) => `outcome of ${String(body.of)}: ${body.target} ${body.state}`),
    ...made.map(({ body }) => `ghost ${body.user}`),
  ];
  const redacted = [...new Set(house.homeserver.redacted)];
  return { shown: shownIn(house), redacted, recorded: recorded.sort(), undone: { ready, waiting, dead } };
}

/** Time enough for whatever waits or is tried again. */
async function rest(house: House): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) await house.pass(60_000);
}

interface Unharmed {
  readonly shownBefore: readonly string[];
  readonly wanted: Left;
  /** Of the homeserver, by name. */
  readonly calls: readonly string[];
}

async function unharmed({ before, brings, judged = false }: Scene): Promise<Unharmed> {
  await using house = await openHouse({ judged });
  await before(house);
  const shownBefore = shownIn(house);
  const callsBefore = house.homeserver.calls.length;
  await brings(house);
  await rest(house);
  return { shownBefore, wanted: await leftOf(house), calls: house.homeserver.calls.slice(callsBefore) };
}

async function expectOnce(scene: Scene): Promise<void> {
  const { shownBefore, wanted, calls } = await unharmed(scene);
  const shows = scene.shows.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one)));
  expect(wanted.shown).toEqual([...shownBefore.filter((line) => wanted.shown.includes(line)), ...shows]);
  expect(wanted.undone).toEqual({ ready: 0, waiting: 0, dead: 0 });
  const deaths = await diesAtEach(async (dies, death) => {
    const house = await openHouse({ dies, judged: scene.judged === true });
    await scene.before(house);
    dies.plan(death);
    const survived = await dies.survives(scene.brings(house).then(() => rest(house)));
    if (survived) await house.stop();
    else expect(await leftOfNextLife(house, scene)).toEqual(wanted);
    await house.test[Symbol.asyncDispose]();
  });
  expect(deaths.length).toBeGreaterThan(2);
  for (const [which, call] of calls.entries()) {
    expect([call, await leftUnanswered(scene, calls.slice(0, which + 1))]).toEqual([call, wanted]);
  }
}

/** The answer to the last of these calls is lost: the homeserver was restarted, and has forgotten whom it answers. */
async function leftUnanswered(scene: Scene, calls: readonly string[]): Promise<Left> {
  await using house = await openHouse({ judged: scene.judged === true }, undefined, () => 0.5);
  await scene.before(house);
  const { homeserver } = house;
  homeserver.done = () => {
    homeserver.forgetTransactions();
  };
  const call = calls.at(-1) ?? '';
  let left = calls.filter((one) => one === call).length;
  const unclear = { kind: 'unclear', detail: 'the answer was lost' } as const;
  homeserver.fail(call, unclear, { done: true, when: () => (left -= 1) === 0 });
  await scene.brings(house);
  await rest(house);
  return await leftOf(house);
}

/** The network brings it again, for it heard nothing of it; the homeserver was restarted with us and forgot what it had. */
async function leftOfNextLife(dead: House, { brings, judged }: Scene): Promise<Left> {
  dead.homeserver.forgetTransactions();
  const house = await nextLife(dead, judged);
  await brings(house);
  await rest(house);
  const left = await leftOf(house);
  await house.stop();
  return left;
}

const hears =
  (text: string, id = 'm1') =>
  (house: House) =>
    house.bring({ kind: 'message', id, message: { ...between, text, remoteId: remote(id) } });

/** A room in which compliance is told. */
async function deskIn(house: House, desk: string): Promise<void> {
  const { homeserver, clock, test: kept } = house;
  const [as, name, none] = [homeserver.compliance, desk, { invite: [], creationContent: {}, initialState: [] }];
  const room = await homeserver.createRoom({ as, name, ...none });
  if (!room.ok) throw new Error('there is no desk');
  const use = { kind: 'desk', desk: must(parseDeskId(desk)) } as const;
  await kept.journal.append([roomMadeDraft(clock.now(), { room: room.value, use })]);
  await house.settle();
}

describe('killed at any call, and whatever the homeserver forgets:', () => {
  test('new words stand once in the place of the old ones', async () => {
    await expectOnce({
      before: hears('Helo'),
      brings: (house) =>
        house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } }),
      shows: ['+1 202 555 0199 (SMS): * Hello'],
    });
  });

  test.each([
    ['more of its words', 'Hi there', '+1 202 555 0199 (SMS): * Hi there'],
    ['other words', 'Bye', '+1 202 555 0199 (SMS): ✏️ changed it to: Bye'],
  ])('a message that is told once more with %s has them once', async (_what, text, shows) => {
    await expectOnce({ before: hears('Hi'), brings: hears(text), shows: [shows] });
  });

  test('a message that is told once more and says no more is not shown again', async () => {
    const named = { ...between, text: 'Hi', remoteId: remote('m1'), fromName: 'Ann' };
    await expectOnce({
      before: hears('Hi'),
      brings: (house) => house.bring({ kind: 'message', id: 'm1', message: named }),
      shows: [],
    });
  });

  test('new words of what is not on record stand once by themselves', async () => {
    await expectOnce({
      before: hears('Hi'),
      brings: (house) =>
        house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m0'), text: 'Hello' } }),
      shows: ['+1 202 555 0199 (SMS): ✏️ edited: Hello'],
    });
  });

  test('a message that is taken back is hidden, all of it', async () => {
    await expectOnce({
      before: hears('x'.repeat(50_000)),
      brings: (house) =>
        house.bring({ kind: 'redaction', id: 'd1', redaction: { ...between, targets: [remote('m1')] } }),
      shows: [],
    });
  });

  test('of reactions those stand that the network has now', async () => {
    await expectOnce({
      before: async (house) => {
        await hears('Hi')(house);
        const reaction = { ...between, target: remote('m1'), keys: ['👍', '🎉'] };
        await house.bring({ kind: 'reaction', id: 'r1', reaction });
      },
      brings: (house) => {
        const reaction = { ...between, target: remote('m1'), keys: ['❤️', '🎉', '😀'] };
        return house.bring({ kind: 'reaction', id: 'r2', reaction });
      },
      shows: ['[❤️]', '[😀]'],
    });
  });

  test('a member of a group who says nothing reacts, by a ghost that is made for it', async () => {
    await expectOnce({
      before: (house) =>
        house.bring({ kind: 'message', id: 'm1', message: { ...between, group, text: 'Hi', remoteId: remote('m1') } }),
      brings: (house) => {
        const reaction = { ...between, from: bert, group, target: remote('m1'), keys: ['👍'] };
        return house.bring({ kind: 'reaction', id: 'r1', reaction });
      },
      shows: ['[👍]'],
    });
  });

  test('that a message was read is on record', async () => {
    await expectOnce({
      before: async (house) => {
        await hears('Hi')(house);
        await house.write(alice, roomOf(house), 'Hello');
      },
      brings: async (house) => {
        const [id = ''] = house.network.sent.map(({ position }) => `id-${String(position)}`);
        const receipt = { id: `${id}/read`, sure: true, at: house.clock.now(), raw: Buffer.from('r') };
        await house.bridge.inbound(sales.connector).outcome({ ...receipt, remoteId: remote(id), state: 'read' });
        await house.settle();
      },
      shows: ['[✓✓]'],
    });
  });

  test('an opt-out is told once in the chat', async () => {
    await expectOnce({
      before: hears('Hi'),
      brings: (house) => house.bring({ kind: 'consent', id: 's1', consent: { ...between, action: 'stop' } }),
      shows: [/0199 opted out on SMS at \d\d:\d\d \(record \d+\)/u],
    });
  });

  test('new words in which a rule finds something have one verdict, and stand once', async () => {
    await expectOnce({
      judged: true,
      before: hears('Helo'),
      brings: async (house) => {
        const { gatekeeper } = house;
        gatekeeper.mayShow = async () => {
          const [change] = await house.entries('network.edit');
          const judged = (await house.entries('policy.verdict')).length > 0;
          if (change === undefined || judged) return { may: 'show', entries: [] };
          const passage = await gatekeeper.mayPass(change.position, undefined, change.body.text);
          return { may: 'show', entries: passage.may === 'pass' ? passage.entries : [] };
        };
        const edit = { ...between, target: remote('m1'), text: 'an invoice' };
        await house.bring({ kind: 'edit', id: 'e1', edit });
      },
      shows: ['+1 202 555 0199 (SMS): * an invoice'],
    });
  });

  test('what compliance must hear of an account is told once at each desk', async () => {
    await expectOnce({
      before: async (house) => {
        await deskIn(house, 'one');
        await deskIn(house, 'two');
      },
      brings: (house) => house.bring({ kind: 'account', id: 'a1', alert: 'Somebody else uses our account.' }),
      shows: [/Somebody else uses our account\.$/u, /Somebody else uses our account\.$/u],
    });
  });

  test('what came for an address that is no line is told once', async () => {
    const to = must(parseAddress('2025550100'));
    await expectOnce({
      before: (house) => deskIn(house, 'one'),
      brings: (house) => house.bring({ kind: 'message', id: 's1', message: { from: ann, to, text: 'Hi' } }),
      shows: [/Somebody wrote to 2025550100, which is no line of this connector/u],
    });
  });

  test('who gets the answer in a group is said once, under its first message', async () => {
    await expectOnce({
      before: hears('Hi', 'm0'),
      brings: (house) => house.bring({ kind: 'message', id: 'm1', message: { ...between, group, text: 'Hi all' } }),
      shows: [
        '+1 202 555 0199 (SMS): Hi all',
        '@gatehouse:acme.example: This is a group on SMS. What you write here goes to +1 202 555 0199, +1 202 555 0188.',
      ],
    });
  });

  test('who came into a group and who went is said once, under the message that shows it', async () => {
    const before = { ...between, group, text: 'Hi' };
    const changed = { ...group, members: [{ address: ann }, { address: carla }] };
    await expectOnce({
      before: (house) => house.bring({ kind: 'message', id: 'm0', message: before }),
      brings: (house) =>
        house.bring({ kind: 'message', id: 'm1', message: { ...before, text: 'Hello', group: changed } }),
      shows: [
        '+1 202 555 0199 (SMS): Hello',
        '@gatehouse:acme.example: +1 202 555 0177 is in this group now. +1 202 555 0188 is no longer in this group.',
      ],
    });
  });
});
