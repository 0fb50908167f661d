/** Edits of what went out where the network can carry them: the gate is asked about each, and each has one verdict. */
import { describe, expect, test } from '@jest/globals';
import type { EntryOf } from '../../../../src/core/entry.ts';
import type { Position } from '../../../../src/core/ids.ts';
import { diesAtEach, type DiesAt } from '../../../support/dies-at.ts';
import { eventDraft } from '../../bridge/fake-homeserver.ts';
import { decisionDraft, editOf } from '../../bridge/gate-acts.ts';
import { alice } from '../../bridge/house.ts';
import { openBridgedHouse, type BridgedHouse, type BridgedKept } from './bridged-house.ts';
import { ruleText } from './judging-house.ts';

const card = 'my card: 4111 1111 1111 1111';
const cards = (then: string): string => ruleText('cards', { then });

async function wrote(house: BridgedHouse, text = 'Hello') {
  await house.receive('Hi');
  return (await house.write(text)).body;
}

async function verdicts(house: BridgedHouse): Promise<readonly EntryOf<'policy.verdict'>['body'][]> {
  return (await house.entries('policy.verdict')).map(({ body }) => body);
}

/** What @gatehouse said. */
function told(house: BridgedHouse): readonly string[] {
  const events = [...house.homeserver.rooms.values()].flatMap((room) => room.events);
  const bodies = events.filter(({ sender }) => sender.startsWith('@gatehouse')).map(({ content }) => content['body']);
  return bodies.filter((body) => typeof body === 'string');
}

async function attemptAt(house: BridgedHouse, of: Position): Promise<EntryOf<'delivery.attempt'>['body'] | undefined> {
  return (await house.entries('delivery.attempt')).map(({ body }) => body).find((body) => body.of === of);
}

describe('An edit that the network can carry', () => {
  test('and that a rule flags goes out, with one verdict that its attempt names the rules of', async () => {
    const edited: string[] = [];
    await using house = await openBridgedHouse(cards('flag'), { edited });
    const { event_id } = await wrote(house);
    const edit = await house.write(`* ${card}`, editOf(event_id, card));
    const [verdict, ...others] = await verdicts(house);
    expect(others).toEqual([]);
    expect(verdict).toMatchObject({ of: edit.position, consequence: 'flag' });
    expect(edited).toEqual([card]);
    expect(await attemptAt(house, edit.position)).toMatchObject({ text: card, judged: { rules: verdict?.rules } });
  });

  test.each(['warn', 'quarantine', 'block'])(
    'and that a rule would %s does not: nobody is asked about it',
    async (then) => {
      const edited: string[] = [];
      await using house = await openBridgedHouse(cards(then), { edited });
      const { event_id } = await wrote(house);
      const edit = await house.write(`* ${card}`, editOf(event_id, card));
      expect(await verdicts(house)).toMatchObject([{ of: edit.position, consequence: 'block' }]);
      expect((await verdicts(house))[0]).not.toHaveProperty('until');
      expect(edited).toEqual([]);
      expect(told(house).filter((text) => text.includes('a company rule stopped the new text'))).toHaveLength(1);
    },
  );

  test('and that a rule wants gone goes from the room, and the message that is out stays', async () => {
    const edited: string[] = [];
    await using house = await openBridgedHouse(cards('redact'), { edited });
    const { event_id } = await wrote(house);
    const edit = await house.write(`* ${card}`, editOf(event_id, card));
    expect((await house.entries('policy.redacted')).map(({ body }) => body.event)).toEqual([edit.body.event_id]);
    expect(edited).toEqual([]);
  });

  test('that comes while the first text is on its way has one verdict too', async () => {
    const edited: string[] = [];
    const once = { edits: true };
    const kept: BridgedKept = {
      edited,
      during: async (what) => {
        if (what !== 'send' || !once.edits) return;
        once.edits = false;
        const message = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
        if (message === undefined) throw new Error('nothing was written');
        const { room_id: room, event_id } = message.body;
        const content = { msgtype: 'm.text', body: `* ${card}`, ...editOf(event_id, card) };
        await house.put(eventDraft(house.homeserver.write(alice, room, { content })));
      },
    };
    await using house = await openBridgedHouse(cards('flag'), kept);
    await wrote(house);
    expect(house.sent).toEqual(['Hello']);
    expect(edited).toEqual([card]);
    expect(await verdicts(house)).toHaveLength(1);
  });

  test('back to a text that compliance let go passes by what was decided', async () => {
    const edited: string[] = [];
    await using house = await openBridgedHouse(cards('quarantine'), { edited });
    const { event_id } = await wrote(house, card);
    const [verdict] = await house.entries('policy.verdict');
    if (verdict === undefined) throw new Error('no verdict');
    await house.append(decisionDraft('approved', verdict, house));
    expect(house.sent).toEqual([card]);
    await house.write('* x', editOf(event_id, 'no card'));
    const back = await house.write('* x', editOf(event_id, card));
    expect(edited).toEqual(['no card', card]);
    expect(await verdicts(house)).toHaveLength(1);
    expect(await attemptAt(house, back.position)).toMatchObject({ judged: { verdict: verdict.position } });
  });

  test.each(['flag', 'quarantine'])('has one verdict (%s), at whatever call its house is killed', async (then) => {
    const diedAt = await diesAtEach(async (dies, death) => {
      const edited: string[] = [];
      const house = await openBridgedHouse(cards(then), { edited, ...dying(dies) });
      const { event_id, room_id: room } = await wrote(house);
      const content = { msgtype: 'm.text', body: `* ${card}`, ...editOf(event_id, card) };
      const edit = eventDraft(house.homeserver.write(alice, room, { content }));
      house.homeserver.unseen.splice(0);
      dies.plan(death);
      const asked = house.put(edit).then(() => house.settle());
      const lives = await dies.survives(asked);
      if (!lives) await house.die();
      const { place, homeserver, clock } = house;
      const last = lives ? house : await openBridgedHouse(cards(then), { place, homeserver, clock, edited });
      await last.settle();
      const [entry] = (await last.entries('matrix.event')).filter(({ source }) => source.id === edit.source.id);
      expect((await verdicts(last)).map(({ of }) => of)).toEqual([entry?.position]);
      expect(edited.length > 0).toBe(then === 'flag');
      expect(told(last)).toHaveLength(then === 'flag' ? 0 : 1);
      await last[Symbol.asyncDispose]();
    });
    expect(diedAt).toContain('append (answered)');
  });
});

/** The record and the network are its calls of the outside. */
function dying(dies: DiesAt): Pick<BridgedKept, 'append' | 'during'> {
  const asked = dies.of({ network: () => Promise.resolve() }, ['network']);
  return {
    append: (own) => {
      const recorder = dies.of(own, ['append']);
      return (...given) => recorder.append(...given);
    },
    during: () => asked.network(),
  };
}
