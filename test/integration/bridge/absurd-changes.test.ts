/** What nobody sensible does to a message: a clear sentence in the room or nothing, and all of it on record. */
import { describe, expect, test } from '@jest/globals';
import { connectorGate, type EventId } from '../../../src/core/ids.ts';
import { eventDraft } from './fake-homeserver.ts';
import { chatIn, editOf } from './gate-acts.ts';
import { alice, carrier, openHouse, type House } from './house.ts';
import { ABLE, deletes, edits, said, type Wrote } from './late-scene.ts';

const ANN = '+1 202 555 0199';
const STILL = `${ANN} still sees the text of before: `;

async function wrote(house: House, able: object = ABLE): Promise<Wrote> {
  house.network.able = able;
  const room = await chatIn(house);
  const { body } = await house.write(alice, room, 'Helo');
  await house.pass(3_000);
  return { house, room, event: body.event_id };
}

/** The words of the newest event on record, as they were written. */
async function newestWords(house: House): Promise<unknown> {
  return (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice)?.body.content[
    'm.new_content'
  ];
}

function react({ house, room, event }: Wrote, key: string): EventId {
  const relation = { rel_type: 'm.annotation', event_id: event, key };
  return house.homeserver.write(alice, room, { type: 'm.reaction', content: { 'm.relates_to': relation } }).event_id;
}

describe('an edit', () => {
  test.each(['', '   ', '\u200B\u2060'])(
    'to a text of which nothing can be seen changes nothing (%j)',
    async (text) => {
      await using house = await openHouse();
      const at = await wrote(house);
      edits(at, text);
      await house.settle();
      expect(house.network.edits).toEqual([]);
      expect(said(house, at.room)).toEqual([`${STILL}there is no text in the new one.`]);
      expect(await newestWords(house)).toMatchObject({ body: text });
    },
  );

  test('of a million characters is on record in full, and what the network says of it is told once', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    const text = 'x'.repeat(1_000_000);
    house.network.changeAnswers.push({ state: 'failed', reason: 'too-long', detail: '4096 characters at most' });
    edits(at, text);
    await house.pass(60_000);
    expect(house.network.edits.map((edit) => edit.text.length)).toEqual([1_000_000]);
    expect(said(house, at.room)).toEqual([`${STILL}4096 characters at most.`]);
    expect((await house.entries('delivery.attempt')).at(-1)?.body.text).toHaveLength(1_000_000);
  });

  test('of an edit is one of nothing: on record, and nobody hears of it', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    const first = await house.write(alice, at.room, '* Hello', editOf(at.event, 'Hello'));
    await house.write(alice, at.room, '* Hullo', editOf(first.body.event_id, 'Hullo'));
    expect(house.network.edits.map(({ text }) => text)).toEqual(['Hello']);
    expect(await newestWords(house)).toMatchObject({ body: 'Hullo' });
    expect(said(house, at.room)).toEqual([]);
  });

  test('of a message that stands in quarantine is judged anew, and goes out in its place', async () => {
    await using house = await openHouse({ judged: true }, undefined, () => 0.5);
    house.network.able = ABLE;
    const room = await chatIn(house);
    const { body } = await house.write(alice, room, 'My card is 4111');
    edits({ house, room, event: body.event_id }, 'Hello');
    await house.pass(60_000);
    expect(house.network.sent.map(({ text }) => text)).toEqual(['Hello']);
    expect(house.network.edits).toEqual([]);
  });

  test('and a deletion by somebody who has left the line change nothing outside, and say so', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    house.staff.splice(house.staff.indexOf(alice), 1);
    edits(at, 'Hello');
    await house.settle();
    deletes(at);
    await house.settle();
    expect([house.network.edits, house.network.redactions]).toEqual([[], []]);
    expect(said(house, at.room)).toEqual([
      `${STILL}you're not on this line.`,
      `Deleted here only: it went out already and you're not on this line. ${ANN} still has it.`,
    ]);
  });
});

describe('a deletion while the message is being sent', () => {
  async function deletedMeanwhile(house: House): Promise<string> {
    const room = await chatIn(house);
    house.network.during = async () => {
      house.network.during = () => Promise.resolve();
      const written = (await house.entries('matrix.event')).findLast(({ body }) => body.sender === alice);
      if (written === undefined) throw new Error('nothing was written');
      const { room_id, event_id: redacts } = written.body;
      const event = house.homeserver.write(alice, room_id, { type: 'm.room.redaction', content: {}, redacts });
      await house.test.journal.append([eventDraft(event)]);
    };
    const { position } = await house.write(alice, room, 'Helo');
    await house.pass(60_000);
    return (await house.message(position))?.state ?? 'unknown to us';
  }

  test('takes it back where the network can', async () => {
    await using house = await openHouse({}, undefined, () => 0.5);
    house.network.able = ABLE;
    expect(await deletedMeanwhile(house)).toBe('sent');
    expect(house.network.redactions).toHaveLength(1);
  });

  test('says that the customer has it where the network can not', async () => {
    await using house = await openHouse({}, undefined, () => 0.5);
    expect(await deletedMeanwhile(house)).toBe('sent');
    const [room] = [...house.homeserver.rooms.keys()].slice(-1);
    expect(room === undefined ? [] : said(house, room)).toEqual([expect.stringContaining('Deleted here only')]);
  });

  test('ends it where the send fails', async () => {
    await using house = await openHouse({}, undefined, () => 0.5);
    house.network.answers.push({ state: 'retry', reason: 'provider-down', afterMs: 1_000, scope: 'message' });
    expect(await deletedMeanwhile(house)).toBe('withdrawn');
    expect(house.network.sent).toHaveLength(1);
  });
});

describe('a reaction', () => {
  test('with a kilobyte for a key stays where it is, on record', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    react(at, 'k'.repeat(1_024));
    await house.settle();
    expect(house.network.reactions).toEqual([]);
    expect(said(house, at.room)).toEqual([]);
    const kinds = (await house.entries('matrix.event')).map(({ body }) => body.type);
    expect(kinds).toContain('m.reaction');
  });

  test('that is taken away before the network heard of it is none there', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    house.runner.closeGate(connectorGate(carrier), 'provider-down');
    const redacts = react(at, '👍');
    await house.settle();
    house.homeserver.write(alice, at.room, { type: 'm.room.redaction', content: {}, redacts });
    await house.settle();
    house.runner.openGate(connectorGate(carrier));
    await house.pass(60_000);
    expect(house.network.reactions).toEqual([]);
    expect((await house.entries('matrix.event')).filter(({ body }) => body.sender === alice)).toHaveLength(3);
  });
});
