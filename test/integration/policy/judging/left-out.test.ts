import { describe, expect, test } from '@jest/globals';
import type { EntryOf } from '../../../../src/core/entry.ts';
import { draftOf } from '../../../support/journal.ts';
import { user } from '../../bridge/fake-homeserver.ts';
import { bob } from '../../bridge/house.ts';
import { openBridgedHouse, type BridgedHouse } from './bridged-house.ts';
import { ruleText } from './judging-house.ts';

const card = 'my card: 4111 1111 1111 1111';
const long = `${card} ${'and so on '.repeat(200)}`;
const cards = (then: string, more: object = {}): string => ruleText('cards', { then, ...more });

function editOf(event: string, text: string): object {
  return {
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
    'm.new_content': { msgtype: 'm.text', body: text },
  };
}

async function gone(house: BridgedHouse): Promise<readonly string[]> {
  return (await house.entries('policy.redacted')).map(({ body }) => body.event);
}

async function verdicts(house: BridgedHouse): Promise<readonly EntryOf<'policy.verdict'>['body'][]> {
  return (await house.entries('policy.verdict')).map(({ body }) => body);
}

/** The customer's message, as it stands in the room. */
async function shownOf(house: BridgedHouse): Promise<string> {
  const shown = (await house.entries('delivery.outcome')).find(({ body }) => body.target === 'matrix');
  return shown?.body.eventId ?? '';
}

describe('What staff write to a customer and does not go out', () => {
  test.each([
    ['flag', 'flag', []],
    ['redact', 'redact', ['policy.sender-told policy.redacted']],
    ['warn', 'warn', ['policy.sender-told policy.verdict']],
    ['quarantine', 'redact', ['policy.desk-told policy.verdict', 'policy.sender-told policy.redacted']],
    ['block', 'redact', ['policy.desk-told policy.verdict', 'policy.sender-told policy.redacted']],
  ])('is judged as it stands in the room: an edit of what is out already (%s)', async (then, done, told) => {
    await using house = await openBridgedHouse(cards(then));
    await house.receive('Hi');
    const { body } = await house.write('Hello');
    const edit = await house.write('* x', editOf(body.event_id, card));
    expect(house.sent).toEqual(['Hello']);
    expect(await verdicts(house)).toMatchObject([{ of: edit.position, consequence: done, afterwards: true }]);
    // What was sent stays: the customer has it.
    expect(await gone(house)).toEqual(done === 'redact' ? [edit.body.event_id] : []);
    expect(house.told.toSorted()).toEqual(told);
    expect(await house.message(edit.position)).toBeUndefined();
  });

  test('is judged whoever changed it: a colleague, or staff what the customer wrote', async () => {
    await using house = await openBridgedHouse(cards('redact'));
    await house.receive('Hi');
    const { body } = await house.write('Hello');
    const [one, two] = [
      await house.writeAs(bob, '* x', editOf(body.event_id, card)),
      await house.write('* x', editOf(await shownOf(house), card)),
    ];
    expect(await verdicts(house)).toMatchObject([
      { of: one.position, afterwards: true },
      { of: two.position, afterwards: true },
    ]);
    expect(await gone(house)).toEqual([one.body.event_id, two.body.event_id]);
    expect(house.sent).toEqual(['Hello']);
  });

  test('is judged where the network can not carry it, and where its writer may not send it', async () => {
    await using house = await openBridgedHouse(cards('redact'));
    await house.receive('Hi');
    const tooLong = await house.write(long);
    const stranger = await house.writeAs(user('mallory'), card);
    const picture = await house.write('card.png', { msgtype: 'm.image', filename: 'card.png', body: card });
    expect(house.sent).toEqual([]);
    const all = [tooLong, stranger, picture];
    expect((await verdicts(house)).map(({ of, afterwards }) => [of, afterwards])).toEqual(
      all.map(({ position }) => [position, true]),
    );
    expect(await gone(house)).toEqual(all.map(({ body }) => body.event_id));
    const reasons = (await house.entries('delivery.outcome')).map(({ body }) => body.reason);
    expect(reasons).toEqual([undefined, 'too-long', 'not-staff', 'unsupported']);
  });

  test('is judged with its edit, of which original and edit go', async () => {
    await using house = await openBridgedHouse(cards('redact'));
    await house.receive('Hi');
    const { body, position } = await house.write('long '.repeat(500));
    const edit = await house.write('* x', editOf(body.event_id, long));
    expect(await verdicts(house)).toMatchObject([{ of: position, version: edit.position, afterwards: true }]);
    expect(await gone(house)).toEqual([body.event_id, edit.body.event_id]);
  });

  test('is judged by its own words where it replies: findings stand in these, as at the gate', async () => {
    await using house = await openBridgedHouse(cards('flag'));
    await house.receive('Hi');
    const body = `> <@ann:acme.example> Hi\n\n${long}`;
    await house.write(body, { 'm.relates_to': { 'm.in_reply_to': { event_id: await shownOf(house) } } });
    const [verdict] = await verdicts(house);
    const finding = verdict?.hits[0]?.findings[0];
    expect(long.slice(finding?.start, finding?.end)).toBe('4111 1111 1111 1111');
  });

  test('is judged once: not again where the gate was asked, nor where it says the same again', async () => {
    await using house = await openBridgedHouse(cards('block'));
    await house.receive('Hi');
    const { position, body } = await house.write(card);
    await house.write('Hello');
    expect((await verdicts(house)).map(({ of, afterwards }) => [of, afterwards])).toEqual([[position, undefined]]);
    const clean = await house.write('Bye');
    await house.write('* x', editOf(clean.body.event_id, card));
    await house.append(draftOf('delivery.outcome', { of: clean.position, target: 'network', state: 'sent' }));
    expect(await verdicts(house)).toHaveLength(2);
    // An edit of what was stopped is judged, and asks for nothing.
    await house.write('* x', editOf(body.event_id, `${card}!`));
    expect(await verdicts(house)).toHaveLength(3);
    expect(house.sent).toEqual(['Hello', 'Bye']);
  });

  test('and is asked for again goes to the gate, which was not asked yet', async () => {
    await using house = await openBridgedHouse(cards('warn'));
    await house.receive('Hi');
    const mallory = user('mallory');
    const { position: of } = await house.writeAs(mallory, card);
    await house.append(draftOf('delivery.retry', { of, by: mallory }));
    expect(await house.message(of)).toMatchObject({ state: 'failed', reason: 'not-staff' });
    expect(await verdicts(house)).toMatchObject([{ of, consequence: 'warn', afterwards: true }]);
    house.onLine.add(mallory);
    await house.append(draftOf('delivery.retry', { of, by: mallory }));
    expect(await house.message(of)).toMatchObject({ state: 'quarantined', reason: 'policy-warned' });
    const [, atTheGate] = await verdicts(house);
    expect(atTheGate).toMatchObject({ of, consequence: 'warn', until: expect.any(Number) });
    expect(atTheGate).not.toHaveProperty('afterwards');
    expect(house.sent).toEqual([]);
  });

  test('is left alone where no rule holds for what goes out', async () => {
    await using house = await openBridgedHouse(cards('redact', { scope: { directions: ['internal'] } }));
    await house.receive('Hi');
    await house.write(long);
    expect(await verdicts(house)).toEqual([]);
  });

  test('is flagged and left where the engine fails', async () => {
    await using house = await openBridgedHouse(cards('redact', { failMode: 'closed' }));
    await house.receive('Hi');
    house.break();
    await house.write(long);
    expect(await verdicts(house)).toMatchObject([{ consequence: 'flag', failed: 'crashed', afterwards: true }]);
    expect(await gone(house)).toEqual([]);
  });
});
