import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import { kim, TelegramHouse } from '../../support/telegram-house.ts';

const forum = { id: -1_000_555, title: 'Customers', type: 'supergroup' as const };
const forumAddress = must(parseAddress(`tg:${String(forum.id)}`));
const [deliveries, invoices] = [7, 9];

describe('a group with topics', () => {
  let house: TelegramHouse;
  let topics: Map<number, string>;

  beforeEach(async () => {
    house = await TelegramHouse.started();
    topics = new Map([
      [deliveries, 'Deliveries'],
      [invoices, 'Invoices'],
    ]);
    house.sim.addGroup({ ...forum, topics });
  });

  afterEach(async () => {
    await house[Symbol.asyncDispose]();
  });

  async function written(text: string, topic?: number): Promise<void> {
    const at = topic === undefined ? { group: forum.id } : { group: forum.id, topic };
    await expect(house.sim.writes(kim.id, text, at)).resolves.toBe(true);
    await until(text, () => house.core.heard.includes(text));
  }

  function said(text: string) {
    const event = house.core.events.find((one) => one.kind === 'message' && one.message.text === text);
    if (event?.kind !== 'message') throw new Error(`not heard: ${text}`);
    return event.message;
  }

  const send = (text: string, more: object = {}) =>
    house.connector.send(house.message(text, { to: forumAddress, ...more }));
  const lastTopic = () => house.sim.sent.at(-1)?.topic;

  test('a message says on record in which topic it stands, and is no answer to what opened the topic', async () => {
    await written('where is it?', deliveries);
    const { wire, replyTo } = said('where is it?');
    expect(wire).toMatchObject({ topic: deliveries, topicName: 'Deliveries' });
    expect(replyTo).toBeUndefined();
  });

  test('a message says by name in which topic it stands, an answer and an edit too; the general one needs no name', async () => {
    await written('where is it?', deliveries);
    await written('hello all');
    expect(said('where is it?').topic).toBe('Deliveries');
    expect(said('hello all').topic).toBeUndefined();
    await house.restart();
    const asked = house.sim.sent.length;
    await send('on its way');
    await until('the answer', () => house.sim.sent.length > asked);
    const replyTo = house.sim.sent.at(-1)?.id;
    if (replyTo === undefined) throw new Error('nothing went out');
    await house.sim.writes(kim.id, 'thanks', { group: forum.id, topic: deliveries, replyTo });
    await until('thanks', () => house.core.heard.includes('thanks'));
    expect(said('thanks')).toMatchObject({ topic: 'Deliveries', replyTo: { id: expect.any(String) } });
  });

  test('a topic that is named anew is called so from then on, over a restart, whatever its opening says', async () => {
    await written('where is it?', deliveries);
    const renamed = { group: forum.id, topic: deliveries };
    await house.sim.sends(kim.id, { forum_topic_edited: { name: 'Parcels' } }, renamed);
    await until('the new name', () => house.core.heard.includes('Kim named a topic "Parcels"'));
    expect(said('Kim named a topic "Parcels"').topic).toBeUndefined();
    await house.restart();
    await written('still nothing', deliveries);
    expect(said('still nothing').topic).toBe('Parcels');
    await house.sim.edits(kim.id, 'still nothing?');
    const edited = () => house.core.events.flatMap((one) => (one.kind === 'edit' ? [one.edit] : []));
    await until('the edit', () => edited().length === 1);
    expect(edited()[0]).toMatchObject({ text: 'still nothing?', topic: 'Parcels' });
  });

  test('what closes a topic says which; one whose name was never told is a topic', async () => {
    const at = (topic: number) => ({ group: forum.id, topic });
    await house.sim.sends(kim.id, { forum_topic_created: { name: 'Returns', icon_color: 7_322_096 } }, at(11));
    await house.sim.sends(kim.id, { forum_topic_closed: {} }, at(11));
    await house.sim.sends(kim.id, { forum_topic_closed: {} }, at(12));
    await until('all', () => house.core.heard.length === 3);
    const told = house.core.events.flatMap((one) => (one.kind === 'message' ? [one.message] : []));
    expect(told.map(({ text, topic }) => [text, topic])).toEqual([
      ['Kim opened the topic "Returns"', undefined],
      ['Kim closed a topic', 'Returns'],
      ['Kim closed a topic', 'a topic'],
    ]);
  });

  test('of 201 topics the name that was learnt first is forgotten', async () => {
    const at = (topic: number) => ({ group: forum.id, topic });
    for (let topic = 100; topic <= 300; topic += 1) {
      await house.sim.sends(kim.id, { forum_topic_edited: { name: `Topic ${String(topic)}` } }, at(topic));
    }
    for (const topic of [100, 101, 300]) await house.sim.sends(kim.id, { forum_topic_closed: {} }, at(topic));
    await until('all', () => house.core.heard.length === 204);
    const closed = house.core.events.flatMap((one) =>
      one.kind === 'message' && one.message.text === 'Kim closed a topic' ? [one.message.topic] : [],
    );
    expect(closed).toEqual(['a topic', 'Topic 101', 'Topic 300']);
  });

  test('an answer goes into the topic that it answers, else into that of the newest message', async () => {
    await written('where is it?', deliveries);
    await written('and the bill?', invoices);
    const { remoteId, from } = said('where is it?');
    if (remoteId === undefined) throw new Error('no id');
    await expect(send('on its way', { replyTo: { id: remoteId, by: from, text: '' } })).resolves.toMatchObject({
      state: 'sent',
    });
    expect(lastTopic()).toBe(deliveries);
    await expect(send('sent yesterday')).resolves.toMatchObject({ state: 'sent' });
    expect(lastTopic()).toBe(invoices);
  });

  test('what is written in the general topic is answered there', async () => {
    await written('where is it?', deliveries);
    await written('hello all');
    await send('hello');
    expect(lastTopic()).toBeUndefined();
  });

  test('the topic is known after a restart; one that was deleted is no obstacle', async () => {
    await written('where is it?', deliveries);
    await house.restart();
    await send('on its way');
    expect(lastTopic()).toBe(deliveries);
    topics.delete(deliveries);
    await expect(send('still on its way')).resolves.toMatchObject({ state: 'sent' });
    expect(house.sim.sent.at(-1)).toMatchObject({ text: 'still on its way' });
    expect(lastTopic()).toBeUndefined();
  });
});

describe('a place', () => {
  test('with a name is a venue, and one without is a place; both come as what they are', async () => {
    await using house = await TelegramHouse.started();
    await house.sim.writes(kim.id, 'where?');
    const at = { latitude: 52.5163, longitude: 13.3777 };
    await house.connector.send(house.message('', { location: { ...at, name: 'Brandenburg Gate' } }));
    expect(house.sim.sent.at(-1)?.place).toEqual({ ...at, title: 'Brandenburg Gate', address: '52.51630, 13.37770' });
    await house.connector.send(house.message('', { location: { ...at, name: 'Gate', address: 'Pariser Platz' } }));
    expect(house.sim.sent.at(-1)?.place).toEqual({ ...at, title: 'Gate', address: 'Pariser Platz' });
    await house.connector.send(house.message('', { location: at }));
    expect(house.sim.sent.at(-1)?.place).toEqual(at);
    await house.sim.sendsPlace(kim.id, { ...at, title: 'Our shop', address: 'Pariser Platz 1' });
    const place = () =>
      house.core.events.flatMap((one) => (one.kind === 'message' ? [one.message.location] : [])).at(-1);
    await until('the place', () => place() !== undefined);
    expect(place()).toEqual({ ...at, name: 'Our shop', address: 'Pariser Platz 1' });
  });
});
