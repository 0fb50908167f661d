/**
 * What staff change after a message went out, by a house that dies at any of its calls of the network, the homeserver and
 * the record. A change may be done twice there, for doing it again does no harm; all else is there once.
 */
import { describe, expect, test } from '@jest/globals';
import type { EventId } from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { diesAtEach } from '../../support/dies-at.ts';
import { chatIn } from './gate-acts.ts';
import { alice, openHouse, type House } from './house.ts';
import { ABLE, deletes, edits, expectOneOutcomeEach, LATER_MS, play, said, type Wrote } from './late-scene.ts';

const ANN = '+1 202 555 0199';

/** How the attempts at the newest change ended. */
async function endings(house: House): Promise<readonly string[]> {
  const outcomes = (await house.entries('delivery.outcome')).filter(({ body }) => body.target === 'network');
  const newest = outcomes.at(-1)?.body.of;
  return outcomes.filter(({ body }) => body.of === newest).map(({ body }) => body.state);
}

const reacts = ({ house, room, event }: Wrote, key = '👍'): EventId => {
  const relation = { rel_type: 'm.annotation', event_id: event, key };
  return house.homeserver.write(alice, room, { type: 'm.reaction', content: { 'm.relates_to': relation } }).event_id;
};
const refusal: SendResult = { state: 'failed', reason: 'provider-refused', detail: 'too old' };
const silence: SendResult = { state: 'unknown', detail: 'no answer' };
/** What it is tried again after, and what ends it. */
const silences = Array.from({ length: 12 }, () => silence);

async function triedFiveTimes({ house }: Wrote): Promise<void> {
  for (let minutes = 0; minutes < 4; minutes += 1) await house.pass(LATER_MS);
  expect(house.network.edits.length + house.network.redactions.length).toBe(5);
}

function twiceAtMost(asked: readonly unknown[]): void {
  expect([1, 2]).toContain(asked.length);
}

describe('killed at any call,', () => {
  test('an edit reaches the network, with the words of now and nothing else', async () => {
    const diedAt = await diesAtEach((dies, death) =>
      play(
        {
          act: edits,
          expects: async (house, { room }) => {
            twiceAtMost(house.network.edits);
            expect(new Set(house.network.edits.map(({ text }) => text))).toEqual(new Set(['Hello']));
            expect((await endings(house)).at(-1)).toBe('sent');
            expect(said(house, room)).toEqual([]);
          },
        },
        dies,
        death,
      ),
    );
    expect(diedAt).toContain('network edit (answered)');
  });

  test('an edit that the network refuses leaves one sentence', async () => {
    const diedAt = await diesAtEach((dies, death) =>
      play(
        {
          act: edits,
          answers: [refusal, refusal],
          expects: async (house, { room }) => {
            twiceAtMost(house.network.edits);
            expect(said(house, room)).toEqual([`${ANN} still sees the text of before: too old.`]);
            expect((await endings(house)).at(-1)).toBe('failed');
          },
        },
        dies,
        death,
      ),
    );
    expect(diedAt).toContain('homeserver send (answered)');
  });

  test('an edit that the network never answers is tried to its end, and the room says once that nobody knows', async () => {
    await diesAtEach((dies, death) =>
      play(
        {
          answers: silences,
          before: (wrote) => {
            edits(wrote);
            return triedFiveTimes(wrote);
          },
          act: () => undefined,
          expects: async (house, { room }) => {
            expect([6, 7]).toContain(house.network.edits.length);
            expect(said(house, room)).toEqual([
              `Maybe changed: no answer came (no answer). Ask ${ANN} which text is there, or edit it again.`,
            ]);
            expect((await endings(house)).at(-1)).toBe('unknown');
          },
        },
        dies,
        death,
      ),
    );
  });

  test('an edit that no network can carry leaves one sentence, and nothing is tried', async () => {
    await diesAtEach((dies, death) =>
      play(
        {
          able: {},
          act: edits,
          expects: (house, { room }) => {
            expect(house.network.edits).toEqual([]);
            expect(said(house, room)).toHaveLength(1);
            expect(said(house, room)[0]).toContain('still sees the first text');
          },
        },
        dies,
        death,
      ),
    );
  });

  test.each(['a weapon', 'an invoice'] as const)('an edit to “%s” is judged once', async (text) => {
    await diesAtEach((dies, death) =>
      play(
        {
          judged: true,
          act: (wrote) => {
            edits(wrote, text);
          },
          expects: async (house, { room }) => {
            const isStopped = text === 'a weapon';
            expect(await house.entries('policy.verdict')).toHaveLength(1);
            expect(house.network.edits.length > 0).toBe(!isStopped);
            expect(said(house, room)).toHaveLength(isStopped ? 1 : 0);
          },
        },
        dies,
        death,
      ),
    );
  });

  test('a deletion takes the message back', async () => {
    const diedAt = await diesAtEach((dies, death) =>
      play(
        {
          act: deletes,
          expects: (house, { room }) => {
            twiceAtMost(house.network.redactions);
            expect(said(house, room)).toEqual([]);
          },
        },
        dies,
        death,
      ),
    );
    expect(diedAt).toContain('network redact (answered)');
  });

  test('a deletion that the network refuses leaves one sentence', async () => {
    await diesAtEach((dies, death) =>
      play(
        {
          act: deletes,
          answers: [refusal, refusal],
          expects: (house, { room }) => {
            expect(said(house, room)).toEqual([
              `Deleted here only: it went out already and was not taken back (too old). ${ANN} still has it.`,
            ]);
          },
        },
        dies,
        death,
      ),
    );
  });

  test('a deletion that the network never answers leaves one sentence', async () => {
    await diesAtEach((dies, death) =>
      play(
        {
          answers: silences,
          before: (wrote) => {
            deletes(wrote);
            return triedFiveTimes(wrote);
          },
          act: () => undefined,
          expects: (house, { room }) => {
            expect(said(house, room)).toEqual([
              `Maybe taken back: it is deleted here, and no answer came (no answer). Ask ${ANN} whether it is still there.`,
            ]);
          },
        },
        dies,
        death,
      ),
    );
  });

  test('a reaction stands there, and the one that is taken away does not', async () => {
    const diedAt = await diesAtEach((dies, death) =>
      play(
        {
          act: (wrote) => void reacts(wrote),
          expects: (house) => {
            twiceAtMost(house.network.reactions);
            expect(house.network.reactions.at(-1)?.keys).toEqual(['👍']);
          },
        },
        dies,
        death,
      ),
    );
    expect(diedAt).toContain('network react (answered)');
    let stands: EventId | undefined;
    await diesAtEach((dies, death) =>
      play(
        {
          before: (wrote) => {
            stands = reacts(wrote);
            return wrote.house.settle();
          },
          act: ({ house, room }) => {
            if (stands === undefined) throw new Error('no reaction');
            house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: stands });
          },
          expects: (house) => {
            twiceAtMost(house.network.reactions.slice(1));
            expect(house.network.reactions.at(-1)?.keys).toEqual([]);
          },
        },
        dies,
        death,
      ),
    );
  });

  test('a reaction to what may have gone out leaves one sentence, and does not reach the network', async () => {
    await diesAtEach((dies, death) => {
      let lost: EventId | undefined;
      return play(
        {
          before: async ({ house, room }) => {
            house.network.answers.push(silence);
            lost = (await house.write(alice, room, 'Are you there?')).body.event_id;
            await house.pass(3_000);
          },
          act: (wrote) => void reacts({ ...wrote, event: lost ?? wrote.event }),
          expects: (house, { room }) => {
            expect(house.network.reactions).toEqual([]);
            const sentence = `${ANN} doesn't see that reaction: the network gave the message no name.`;
            expect(said(house, room).filter((line) => line.includes('reaction'))).toEqual([sentence]);
          },
        },
        dies,
        death,
      );
    });
  });

  test('a reaction that the network refuses leaves one sentence', async () => {
    await diesAtEach((dies, death) =>
      play(
        {
          act: (wrote) => void reacts(wrote),
          answers: [refusal, refusal],
          expects: (house, { room }) => {
            expect(said(house, room)).toEqual([`${ANN} doesn't see that reaction: SMS refused it (too old).`]);
          },
        },
        dies,
        death,
      ),
    );
  });
});

test('an attempt that closed the gate and the one after it are two, each with its outcome', async () => {
  const house = await openHouse({}, undefined, () => 0.5);
  house.network.able = ABLE;
  const room = await chatIn(house);
  const { body } = await house.write(alice, room, 'Helo');
  const down: SendResult = { state: 'retry', reason: 'provider-down', afterMs: 5_000, scope: 'connector' };
  house.network.changeAnswers.push(down, down);
  edits({ house, room, event: body.event_id });
  for (let minutes = 0; minutes < 3; minutes += 1) await house.pass(LATER_MS);
  expect(house.network.edits).toHaveLength(3);
  expect(await endings(house)).toEqual(['failed', 'failed', 'sent']);
  await expectOneOutcomeEach(house);
  await house[Symbol.asyncDispose]();
});
