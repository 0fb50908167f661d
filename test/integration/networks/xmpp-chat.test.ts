import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chatKey, wireIdOf } from '../../../src/networks/xmpp/message-ids.ts';
import { until } from '../../support/carrier.ts';
import type { Element, XmppClient } from '../../support/xmpp/client.ts';
import { addressOf, salesLine, XmppHouse } from '../../support/xmpp/house.ts';

const bobs = addressOf('bob');

function attrsOf(element: Element | undefined): Readonly<Record<string, string | undefined>> {
  return element?.attrs ?? {};
}

/** XEP-0115, 5.1. */
function capsOf(identity: Readonly<Record<string, string | undefined>>, features: readonly string[]): string {
  const { category = '', type = '', name = '' } = identity;
  const described = `${category}/${type}//${name}<${features
    .toSorted()
    .map((one) => `${one}<`)
    .join('')}`;
  return createHash('sha1').update(described).digest('base64');
}

describe('a line on XMPP, with a real Prosody', () => {
  let house: XmppHouse;
  let bob: XmppClient;
  let mallory: XmppClient;

  beforeAll(async () => {
    house = await XmppHouse.start();
    bob = await house.client('bob');
    mallory = await house.client('mallory');
  }, 120_000);

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  test('what somebody else says of a message of ours says nothing', async () => {
    const id = wireIdOf(await house.sent(bobs, 'For Bob alone'));
    const before = house.core.updates.length;
    mallory.write(`<message type='chat' to='${salesLine}'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`);
    mallory.write(
      `<message type='chat' to='${salesLine}'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`,
    );
    await house.settled(mallory);
    expect(house.core.updates.slice(before)).toEqual([]);
    bob.write(`<message type='chat' to='${salesLine}'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`);
    await until('his own receipt', () => house.core.updates.some(({ state }) => state === 'delivered'));
    expect(house.core.updates.at(-1)).toMatchObject({ remoteId: `out/${chatKey(salesLine, bobs)}/${id}` });
  });

  test('a correction, deletion or reaction is about a message of who sends it, and of nobody else', async () => {
    const id = bob.say(salesLine, 'two please');
    await house.settled(bob);
    const correct = `<body>none</body><replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`;
    mallory.write(`<message type='chat' id='m1' to='${salesLine}'>${correct}</message>`);
    mallory.write(
      `<message type='chat' id='m2' to='${salesLine}'><retract xmlns='urn:xmpp:message-retract:1' id='${id}'/></message>`,
    );
    mallory.write(
      `<message type='chat' id='m3' to='${salesLine}'><reactions xmlns='urn:xmpp:reactions:0' id='${id}'><reaction>x</reaction></reactions></message>`,
    );
    await house.settled(mallory);
    const bobsMessage = `in/${chatKey(salesLine, bobs)}/${id}`;
    expect(house.core.events.some((event) => event.kind === 'message' && event.message.remoteId === bobsMessage)).toBe(
      true,
    );
    expect(house.core.events.filter((event) => event.kind === 'edit' && event.edit.target === bobsMessage)).toEqual([]);
    const gone = house.core.events.flatMap((event) => (event.kind === 'redaction' ? event.redaction.targets : []));
    expect(gone).not.toContain(bobsMessage);
    expect(
      house.core.events.filter((event) => event.kind === 'reaction' && event.reaction.target === bobsMessage),
    ).toEqual([]);
    expect(house.core.events.filter(({ kind }) => ['edit', 'redaction', 'reaction'].includes(kind))).toHaveLength(3);
  });

  test('a correction of a correction is one of the message, also after a restart', async () => {
    const id = bob.say(salesLine, 'one');
    const first = bob.say(salesLine, 'two', `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`);
    await house.settled(bob);
    await house.restart();
    bob.say(salesLine, 'three', `<replace xmlns='urn:xmpp:message-correct:0' id='${first}'/>`);
    await house.settled(bob);
    const edits = house.core.events.flatMap((event) => (event.kind === 'edit' ? [event.edit] : []));
    expect(edits).toMatchObject([{ target: `in/${chatKey(salesLine, bobs)}/${id}`, text: 'three' }]);
  });

  test('the same id from two people is two messages; the same id for another text is another one', async () => {
    for (const who of [bob, mallory])
      who.write(`<message type='chat' id='same' to='${salesLine}'><body>hi</body></message>`);
    bob.write(`<message type='chat' id='same' to='${salesLine}'><body>other</body></message>`);
    await house.settled(bob);
    await house.settled(mallory);
    const ids = house.core.events.filter(({ id }) => id.endsWith('/same')).map(({ id, kind }) => ({ id, kind }));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
    expect(ids).toHaveLength(3);
  });

  test('a message without an id is on record, as one that is not sure', async () => {
    bob.write(`<message type='chat' to='${salesLine}'><body>no id</body></message>`);
    await house.settled(bob);
    const event = house.core.events.find((one) => one.kind === 'message' && one.message.text === 'no id');
    expect(event).toMatchObject({ sure: false, id: expect.stringMatching(/^msg\/[0-9a-f]{40}$/u) });
    expect(event?.kind === 'message' && 'remoteId' in event.message).toBe(false);
  });

  test('a forged copy of a message of others is not believed', async () => {
    const inner = `<message xmlns='jabber:client' from='${bobs}/x' to='${salesLine}' type='chat'><body>pay me</body></message>`;
    const carbon = `<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></sent>`;
    mallory.write(`<message id='f1' type='chat' to='${salesLine}'>${carbon}</message>`);
    await house.settled(mallory);
    expect(house.texts).not.toContain('pay me');
    expect(house.core.events.at(-2)).toMatchObject({ kind: 'unsupported', from: addressOf('mallory') });
  });

  test('an error is never answered, and one about nothing of ours leaves nothing', async () => {
    const before = [house.core.events.length, house.core.updates.length, mallory.stanzas.length];
    mallory.write(
      `<message type='error' id='gh-m1-0000000000000000' to='${salesLine}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
    );
    mallory.write(`<iq type='error' id='q' to='${salesLine}'/>`);
    mallory.write(`<message type='error' to='nobody@sms.example'><body>x</body></message>`);
    await house.settled(mallory);
    expect(house.core.events.length).toBe((before[0] ?? 0) + 1);
    expect(house.core.updates.length).toBe(before[1]);
    const came = mallory.stanzas.slice(before[2]);
    expect(came.filter(({ attrs }) => attrs['type'] === 'error')).toEqual([]);
  });

  test('what goes to nobody is on record and given back', async () => {
    const id = bob.say('nobody@sms.example', 'hello?');
    await until('the bounce', () => bob.answered(id).bounces > 0);
    expect(house.core.events.at(-1)).toMatchObject({ kind: 'unsupported', to: 'nobody@sms.example', from: bobs });
  });

  test('a text to nobody fails with the reason, before it is called sent', async () => {
    await expect(house.send(addressOf('nosuch'), 'hello?')).resolves.toMatchObject({
      state: 'failed',
      reason: 'not-delivered',
      code: 'service-unavailable',
    });
  });

  test('who has blocked the line gets nothing, and that is told', async () => {
    const eve = await house.client('eve');
    await eve.iq('eve@chat.example', `<block xmlns='urn:xmpp:blocking'><item jid='${salesLine}'/></block>`, 'set');
    await expect(house.send(addressOf('eve'), 'hello?')).resolves.toMatchObject({ state: 'failed' });
    expect(eve.texts).toEqual([]);
  });

  test('control characters, markup and every script arrive as XML can hold them', async () => {
    await house.sent(bobs, 'a\u0000b\u0008 <b>&amp;</b> ]]> \u202e עברית 😀 \uD800');
    await until('the text', () => bob.texts.some((text) => text.startsWith('ab ')));
    expect(bob.texts.at(-1)).toBe('ab <b>&amp;</b> ]]> \u202e עברית 😀 \uFFFD');
    expect(house.core.states.filter(({ name }) => name === 'connecting')).toHaveLength(1);
  });

  test('the same position has the same id at every attempt, so that clients know a repeat', async () => {
    const message = house.message(bobs, 'once more');
    const [first, second] = [
      await house.connector.send(message),
      await house.connector.send({ ...message, attempt: 2 }),
    ];
    expect(first).toEqual(second);
    await until('both', () => bob.texts.filter((text) => text === 'once more').length === 2);
    const ids = bob.messages
      .filter((one) => one.text('body') === 'once more')
      .map((one) => one.child('origin-id')?.attrs['id']);
    expect(new Set(ids).size).toBe(1);
  });

  test('what we are and can is told to whoever asks, and it is what presence announces', async () => {
    bob.write(`<presence type='subscribe' to='${salesLine}'/>`);
    const presence = await bob.heard(
      'our presence',
      ({ name, attrs }) => name === 'presence' && attrs['from'] === `${salesLine}/gatehouse`,
    );
    const announced = attrsOf(presence.child('c'));
    const node = `${announced['node'] ?? ''}#${announced['ver'] ?? ''}`;
    const query = `<query xmlns='http://jabber.org/protocol/disco#info' node='${node}'/>`;
    const info = (await bob.iq(`${salesLine}/gatehouse`, query)).child('query');
    const features = (info?.children('feature') ?? []).map(({ attrs }) => attrs['var'] ?? '');
    expect(features).toEqual(expect.arrayContaining(['urn:xmpp:receipts', 'urn:xmpp:reactions:0', 'urn:xmpp:ping']));
    expect(announced).toMatchObject({ hash: 'sha-1', ver: capsOf(attrsOf(info?.child('identity')), features) });
  });

  test.each([
    ['a ping', "<ping xmlns='urn:xmpp:ping'/>", 'result', undefined],
    ["the line's card", "<vCard xmlns='vcard-temp'/>", 'result', '<FN>Sales</FN>'],
    ['something unheard of', "<query xmlns='jabber:iq:private'/>", 'error', '<service-unavailable'],
    ['an unknown node', "<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>", 'error', '<item-not-found'],
  ])('%s is answered', async (_what, payload, type, within = '<iq') => {
    const answer = await bob.iq(salesLine, payload);
    expect(answer.attrs['type']).toBe(type);
    expect(String(answer)).toContain(within);
  });

  test('lines are not listed to whoever asks', async () => {
    const answer = await bob.iq('sms.example', "<query xmlns='http://jabber.org/protocol/disco#items'/>");
    expect(answer.child('query')?.children('item')).toEqual([]);
  });

  test('who writes without chat states is not told that somebody types', async () => {
    bob.say(salesLine, 'plain client');
    await house.settled(bob);
    await house.connector.typing?.({ from: salesLine, to: bobs, on: true });
    await house.sent(bobs, 'afterwards');
    await until('the text', () => bob.texts.includes('afterwards'));
    expect(bob.messages.some((message) => message.child('composing') !== undefined)).toBe(false);
  });

  test('only what asks for it is marked as read', async () => {
    const id = bob.say(salesLine, 'not markable');
    await house.settled(bob);
    const event = house.core.events.find(
      (one) => one.kind === 'message' && one.message.remoteId?.endsWith(id) === true,
    );
    const remote = event?.kind === 'message' ? event.message.remoteId : undefined;
    if (remote === undefined) throw new Error('no id');
    await house.connector.markRead?.({ from: salesLine, to: bobs, id: remote, by: bobs });
    await house.sent(bobs, 'after reading');
    await until('the text', () => bob.texts.includes('after reading'));
    expect(bob.messages.some((message) => message.child('displayed') !== undefined)).toBe(false);
  });

  test('words that come with the wish to see the line are words of a person', async () => {
    const ann = await house.client('ann');
    ann.write(`<presence type='subscribe' to='${salesLine}'><status>Hi, it is Ann</status></presence>`);
    await until('the words', () => house.texts.includes('Hi, it is Ann'));
    expect(house.core.events.at(-1)).toMatchObject({ sure: true, message: { from: addressOf('ann'), to: salesLine } });
  });

  test('a stamp from the far past or the future is not believed', async () => {
    for (const [id, stamp] of [
      ['old', '1999-01-01T00:00:00Z'],
      ['new', '2999-01-01T00:00:00Z'],
    ]) {
      bob.say(salesLine, `stamped ${id ?? ''}`, `<delay xmlns='urn:xmpp:delay' stamp='${stamp ?? ''}'/>`);
    }
    await house.settled(bob);
    const stamped = house.core.events.filter((one) => one.kind === 'message' && one.message.text.startsWith('stamped'));
    expect(stamped).toHaveLength(2);
    for (const { at } of stamped) expect(Math.abs(at - house.core.clock.now())).toBeLessThan(60_000);
  });
});
