import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { endsOf } from '../../../src/core/network-entries.ts';
import type { NetworkEvent } from '../../../src/core/ports/connector.ts';
import { until } from '../../support/carrier.ts';
import type { XmppClient } from '../../support/xmpp/client.ts';
import { addressOf, salesLine, XmppHouse } from '../../support/xmpp/house.ts';
import { roomsDomain } from '../../support/xmpp/prosody.ts';

const team = must(parseAddress(`team@${roomsDomain}`));
/** XEP-0045, 10.2. */
function named(name: string): string {
  const form = 'http://jabber.org/protocol/muc#roomconfig';
  const field = (key: string, value: string) => `<field var='${key}'><value>${value}</value></field>`;
  const fields = field('FORM_TYPE', form) + field('muc#roomconfig_roomname', name);
  return `<x xmlns='jabber:x:data' type='submit'>${fields}</x>`;
}

const muc = "xmlns='http://jabber.org/protocol/muc'";

type Message = Extract<NetworkEvent, { kind: 'message' }>['message'];

describe('a line in rooms, with a real Prosody', () => {
  let house: XmppHouse;
  let bob: XmppClient;
  let mallory: XmppClient;

  beforeAll(async () => {
    const own = must(parseAddress(`own@${roomsDomain}`));
    house = await XmppHouse.start({ rooms: [team, own].map((room) => ({ line: salesLine, room })) }, async (begun) => {
      bob = await begun.client('bob');
      bob.write(`<presence to='${team}/Bob'><x ${muc}/></presence>`);
      await bob.heard('the room', ({ name, attrs }) => name === 'presence' && attrs['from'] === `${team}/Bob`);
      await bob.iq(team, `<query xmlns='http://jabber.org/protocol/muc#owner'>${named('The team')}</query>`, 'set');
    });
    mallory = await house.client('mallory');
    await join(bob, team, 'Bob');
    await join(mallory, team, 'Mallory');
  }, 120_000);

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  async function join(client: XmppClient, room: string, nick: string, linesNick = 'Sales'): Promise<void> {
    client.write(`<presence to='${room}/${nick}'><x ${muc}/></presence>`);
    const isIn = (who: string) =>
      client.presences.some(({ attrs }) => attrs['from'] === `${room}/${who}` && attrs['type'] === undefined);
    await until(`${nick} and the line in ${room}`, () => isIn(nick) && isIn(linesNick));
  }

  function said(text: string): Message | undefined {
    const event = house.core.events.find((one) => one.kind === 'message' && one.message.text === text);
    return event?.kind === 'message' ? event.message : undefined;
  }

  async function heard(text: string): Promise<Message> {
    await until(text, () => said(text) !== undefined);
    const message = said(text);
    if (message === undefined) throw new Error('gone');
    return message;
  }

  function write(client: XmppClient, id: string, inner: string, room: string = team): void {
    client.write(`<message type='groupchat' to='${room}' id='${id}'>${inner}</message>`);
  }

  test('the name of the room is told once, also over a restart', async () => {
    const names = () => house.core.events.flatMap((event) => (event.kind === 'chat' ? [event.chat] : []));
    await until('the name', () => names().length > 0);
    expect(names()).toEqual([{ line: salesLine, chat: team, name: 'The team' }]);
    await house.restart();
    await house.settled(bob);
    expect(names()).toEqual([]);
    await join(mallory, team, 'Mallory');
  });

  test('a room that did not exist is made and opened', async () => {
    const own = must(parseAddress(`own@${roomsDomain}`));
    await join(bob, own, 'Bob');
    await house.sent(own, 'first words');
    await until('the words', () => bob.texts.includes('first words'));
    expect(said('first words')).toBeUndefined();
  });

  test('what is written in the room says the room, its people and who wrote', async () => {
    write(bob, 'g1', '<body>Hello all</body>');
    const message = await heard('Hello all');
    expect(endsOf(message)).toEqual({ line: salesLine, chat: team, writer: addressOf('bob') });
    expect(message.fromName).toBe('Bob');
    expect(message.group?.members).toEqual(
      expect.arrayContaining([
        { address: addressOf('bob'), name: 'Bob' },
        { address: addressOf('mallory'), name: 'Mallory' },
      ]),
    );
    expect(message.group?.members).toHaveLength(2);
  });

  test('what the line writes is sent once the room shows it, and is not heard as somebody else', async () => {
    const id = await house.sent(team, 'From the line');
    await until('the text', () => bob.texts.includes('From the line'));
    const shown = bob.messages.find((one) => one.text('body') === 'From the line');
    expect(shown?.attrs['from']).toBe(`${team}/Sales`);
    expect(id.endsWith(shown?.child('stanza-id')?.attrs['id'] ?? 'none')).toBe(true);
    expect(said('From the line')).toBeUndefined();
    write(
      bob,
      'g2',
      `<reactions xmlns='urn:xmpp:reactions:0' id='${id.split('/')[2] ?? ''}'><reaction>👍</reaction></reactions>`,
    );
    await until('the reaction', () =>
      house.core.events.some((one) => one.kind === 'reaction' && one.reaction.target === id),
    );
  });

  test('our corrections and deletions name the message as the room wants it', async () => {
    const id = await house.sent(team, 'nine');
    const change = { ids: [id], by: salesLine, from: salesLine, to: team };
    const position = house.message(team, '').position;
    await expect(house.connector.edit?.({ ...change, position, text: 'ten', caption: false })).resolves.toMatchObject({
      state: 'sent',
    });
    await until('the correction', () => bob.texts.includes('ten'));
    const first = bob.messages.find((one) => one.text('body') === 'nine');
    const edited = bob.messages.find((one) => one.text('body') === 'ten');
    expect(edited?.child('replace')?.attrs['id']).toBe(first?.attrs['id']);
    await expect(
      house.connector.redact?.({ ...change, position: house.message(team, '').position }),
    ).resolves.toMatchObject({ state: 'sent' });
    await until('the deletion', () => bob.messages.some((one) => one.child('retract') !== undefined));
    expect(bob.messages.find((one) => one.child('retract') !== undefined)?.child('retract')?.attrs['id']).toBe(
      first?.child('stanza-id')?.attrs['id'],
    );
  });

  test('the words beside a file are not corrected: that would take the file away', async () => {
    const id = await house.sent(team, 'eleven');
    const change = { ids: [id], by: salesLine, from: salesLine, to: team, caption: true };
    const edit = { ...change, position: house.message(team, '').position, text: 'a caption' };
    const detail = "the words beside a file can't be changed";
    await expect(house.connector.edit?.(edit)).resolves.toEqual({ state: 'failed', reason: 'unsupported', detail });
  });

  test("a correction is about its own writer's message only", async () => {
    write(bob, 'e1', '<body>bobs words</body>');
    const { remoteId } = await heard('bobs words');
    write(mallory, 'e2', "<body>mallorys words</body><replace xmlns='urn:xmpp:message-correct:0' id='e1'/>");
    write(bob, 'e3', "<body>bobs better words</body><replace xmlns='urn:xmpp:message-correct:0' id='e1'/>");
    await until('both corrections', () => house.core.events.filter(({ kind }) => kind === 'edit').length >= 2);
    const edits = house.core.events.flatMap((event) => (event.kind === 'edit' ? [event.edit] : []));
    expect(edits.filter(({ target }) => target === remoteId).map(({ text }) => text)).toEqual(['bobs better words']);
  });

  test('nobody deletes what another wrote', async () => {
    write(bob, 'd1', '<body>stays</body>');
    const { remoteId } = await heard('stays');
    const id = remoteId?.split('/')[2] ?? '';
    write(mallory, 'd2', `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/>`);
    write(bob, 'd3', `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/>`);
    const gone = () =>
      house.core.events.filter(
        (one) => one.kind === 'redaction' && one.redaction.targets.some((one) => one === remoteId),
      );
    await until('the deletion', () => gone().length === 1);
    expect(gone()[0]).toMatchObject({ redaction: { from: addressOf('bob') } });
    expect(house.core.events.some((one) => one.kind === 'unsupported' && one.from === addressOf('mallory'))).toBe(true);
  });

  test('a forged stanza id of the room is not believed', async () => {
    write(mallory, 'f1', `<body>forged id</body><stanza-id xmlns='urn:xmpp:sid:0' by='${team}' id='forged'/>`);
    const { remoteId } = await heard('forged id');
    expect(remoteId).toBeDefined();
    expect(remoteId).not.toContain('forged');
  });

  test('a private message in the room is a chat of its own, which can be answered', async () => {
    bob.say(`${team}/Sales`, 'between us', `<x xmlns='http://jabber.org/protocol/muc#user'/>`);
    const message = await heard('between us');
    expect(message).toMatchObject({ from: `${team}/Bob`, to: salesLine });
    expect(message.group).toBeUndefined();
    await house.sent(message.from, 'yes, between us');
    await until('the answer', () => bob.texts.includes('yes, between us'));
    expect(mallory.texts).not.toContain('yes, between us');
  });

  test('a new subject is told as what it is, once', async () => {
    bob.write(`<message type='groupchat' to='${team}' id='s1'><subject>Fire drill</subject></message>`);
    const message = await heard('Bob: the subject is now "Fire drill"');
    expect(message).toMatchObject({ service: true, group: { id: team } });
  });

  test('what was written while we were away comes with the room, once and in order', async () => {
    const { kv } = house.core;
    await house.connector.stop(2_000);
    for (const n of [1, 2, 3]) write(bob, `away${String(n)}`, `<body>away ${String(n)}</body>`);
    await until('the room', () => mallory.texts.includes('away 3'));
    await house.restart(kv);
    await heard('away 3');
    expect(house.core.heard.filter((text) => text.startsWith('away'))).toEqual(['away 1', 'away 2', 'away 3']);
    expect(house.core.heard).not.toContain('Bob: the subject is now "Fire drill"');
    expect(said('away 1')).toMatchObject({ from: addressOf('bob') });
  });

  test('an invitation is on record, and followed; the line is there after a restart too', async () => {
    const party = `party@${roomsDomain}`;
    bob.write(`<presence to='${party}/Bob'><x ${muc}/></presence>`);
    await bob.heard('the room', ({ name, attrs }) => name === 'presence' && attrs['from'] === `${party}/Bob`);
    const invite = `<x xmlns='http://jabber.org/protocol/muc#user'><invite to='${salesLine}'><reason>join us</reason></invite></x>`;
    bob.write(`<message to='${party}'>${invite}</message>`);
    const message = await heard(`Invitation to the room ${party}: join us`);
    expect(message).toMatchObject({ from: addressOf('bob'), service: true });
    await join(bob, party, 'Bob');
    await house.restart();
    await until(
      'in again',
      () =>
        bob.presences.filter(({ attrs }) => attrs['from'] === `${party}/Sales` && attrs['type'] === undefined).length >=
        2,
    );
  });

  test('put out of a room it says so, and comes back only when invited again', async () => {
    const den = `den@${roomsDomain}`;
    bob.write(`<presence to='${den}/Bob'><x ${muc}/></presence>`);
    await bob.heard('the den', ({ name, attrs }) => name === 'presence' && attrs['from'] === `${den}/Bob`);
    bob.write(`<message to='${salesLine}'><x xmlns='jabber:x:conference' jid='${den}'/></message>`);
    await join(bob, den, 'Bob');
    const kick = `<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='Sales' role='none'><reason>bye</reason></item></query>`;
    await bob.iq(den, kick, 'set');
    const message = await heard('We were put out of the room: bye');
    expect(message.group?.id).toBe(den);
    await expect(house.send(must(parseAddress(den)), 'let me in')).resolves.toMatchObject({ state: 'failed' });
  });

  test('a name that is taken is changed', async () => {
    const cafe = `cafe@${roomsDomain}`;
    mallory.write(`<presence to='${cafe}/Sales'><x ${muc}/></presence>`);
    await mallory.heard('the cafe', ({ name, attrs }) => name === 'presence' && attrs['from'] === `${cafe}/Sales`);
    mallory.write(`<message to='${salesLine}'><x xmlns='jabber:x:conference' jid='${cafe}'/></message>`);
    await mallory.heard('the line', ({ name, attrs }) => name === 'presence' && attrs['from'] === `${cafe}/Sales_`);
    write(mallory, 'c1', '<body>I am not Sales</body>', cafe);
    await expect(heard('I am not Sales')).resolves.toMatchObject({ from: addressOf('mallory') });
  });
});
