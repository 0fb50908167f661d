/** What was written in a room while nobody of ours was there, and how the room's archive (XEP-0313) brings it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { must, parseAddress, type RemoteId } from '../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../src/core/ports/connector.ts';
import { until } from '../../support/carrier.ts';
import type { XmppClient } from '../../support/xmpp/client.ts';
import { addressOf, salesLine, XmppHouse } from '../../support/xmpp/house.ts';
import { roomsDomain } from '../../support/xmpp/prosody.ts';

const team = must(parseAddress(`team@${roomsDomain}`));
const muc = "xmlns='http://jabber.org/protocol/muc'";

type Message = Extract<NetworkEvent, { kind: 'message' }>['message'];

describe("a room's archive, with a real Prosody", () => {
  let house: XmppHouse;
  let bob: XmppClient;
  let mallory: XmppClient;
  const known = new Set<string>();

  beforeAll(async () => {
    house = await XmppHouse.start({ rooms: [{ line: salesLine, room: team }] }, async (begun) => {
      bob = await begun.client('bob');
      await enter(bob, 'Bob');
      // Who makes a room is its moderator; the room is open once its form was sent (XEP-0045, 10.1.2).
      const form = "<x xmlns='jabber:x:data' type='submit'/>";
      await bob.iq(team, `<query xmlns='http://jabber.org/protocol/muc#owner'>${form}</query>`, 'set');
    });
    mallory = await house.client('mallory');
    await enter(mallory, 'Mallory');
    await until('the line', () => bob.presences.some(({ attrs }) => attrs['from'] === `${team}/Sales`));
  }, 120_000);

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  async function enter(client: XmppClient, nick: string): Promise<void> {
    client.write(`<presence to='${team}/${nick}'><x ${muc}/></presence>`);
    const isSelf = ({ name, attrs }: { name: string; attrs: Readonly<Record<string, string | undefined>> }) =>
      name === 'presence' && attrs['from'] === `${team}/${nick}`;
    await client.heard(`${nick} in the room`, isSelf);
  }

  function write(client: XmppClient, id: string, inner: string): void {
    client.write(`<message type='groupchat' to='${team}' id='${id}'>${inner}</message>`);
  }

  /** Everything that was written before has gone through the room. */
  async function shown(text: string): Promise<void> {
    await until(text, () => mallory.texts.includes(text));
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

  /** Ten go through; at the next one the database hangs. */
  function tenCommits(): XmppHouse['core']['gate'] {
    let left = 10;
    return () => ((left -= 1) >= 0 ? Promise.resolve() : new Promise(() => undefined));
  }

  function roomsIdOf(id: RemoteId | undefined): string {
    return id?.split('/')[2] ?? '';
  }

  async function moderate(id: string): Promise<void> {
    const retract = "<retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason>";
    const moderated = `<moderate xmlns='urn:xmpp:message-moderate:0'>${retract}</moderate>`;
    const answer = await bob.iq(team, `<apply-to xmlns='urn:xmpp:fasten:0' id='${id}'>${moderated}</apply-to>`, 'set');
    expect(answer.attrs['type']).toBe('result');
  }

  /** Another process on the same notes, after `meanwhile` happened without it. */
  async function away(meanwhile: () => Promise<void>, gate?: XmppHouse['core']['gate']): Promise<void> {
    await house.connector.stop(2_000);
    await meanwhile();
    await again(gate);
  }

  async function again(gate?: XmppHouse['core']['gate']): Promise<void> {
    for (const { id } of house.core.distinct) known.add(id);
    await house.restart(house.core.kv, gate);
  }

  /** What is new on record in this process: it knows the ids of what the ones before recorded. */
  function news(): NetworkEvent[] {
    return house.core.distinct.filter(({ id }) => !known.has(id));
  }

  function newTexts(): string[] {
    return news().flatMap((one) => (one.kind === 'message' ? [one.message.text] : []));
  }

  function redactions() {
    return news().flatMap((one) => (one.kind === 'redaction' ? [one.redaction] : []));
  }

  test('a room in which nothing was said before we went is read from the moment we were in it', async () => {
    await away(async () => {
      write(bob, 'first', '<body>the first words of all</body>');
      await shown('the first words of all');
    });
    await expect(heard('the first words of all')).resolves.toMatchObject({ fromName: 'Bob', group: { id: team } });
  });

  test('far more than the room tells a newcomer is brought, once and in the order in which it was written', async () => {
    const texts = Array.from({ length: 130 }, (_, n) => `away ${String(n)}`);
    await away(async () => {
      for (const [n, text] of texts.entries()) write(bob, `a${String(n)}`, `<body>${text}</body>`);
      await shown('away 129');
    });
    write(bob, 'now', '<body>live again</body>');
    await heard('live again');
    expect(newTexts()).toEqual([...texts, 'live again']);
    expect(said('away 7')).toMatchObject({ from: addressOf('bob'), group: { id: team } });
  });

  test.each(['stopped', 'killed'])(
    '%s in the midst of it, the next process goes on where the record ends',
    async (how) => {
      const texts = Array.from({ length: 120 }, (_, n) => `${how} ${String(n)}`);
      await away(async () => {
        for (const [n, text] of texts.entries()) write(bob, `${how}-${String(n)}`, `<body>${text}</body>`);
        await shown(`${how} 119`);
      }, tenCommits());
      await until('some of it', () => newTexts().length >= 10);
      const first = house.core;
      if (how === 'killed') first.kill();
      const before = new Set(known);
      await again();
      await until('the rest', () => house.core.heard.includes(`${how} 119`));
      expect(first.heard).not.toContain(`${how} 119`);
      for (const { id } of first.distinct) known.add(id);
      const recorded = [...first.distinct.filter(({ id }) => !before.has(id)), ...news()];
      expect(recorded.flatMap((one) => (one.kind === 'message' ? [one.message.text] : []))).toEqual(texts);
    },
  );

  test('corrections and deletions of that time name what they are of', async () => {
    write(bob, 'c1', '<body>nine</body>');
    write(bob, 'd1', '<body>to be deleted</body>');
    const [corrected, deleted] = [await heard('nine'), await heard('to be deleted')];
    const store = "<store xmlns='urn:xmpp:hints'/>";
    await away(async () => {
      write(bob, 'c2', "<body>ten</body><replace xmlns='urn:xmpp:message-correct:0' id='c1'/>");
      write(bob, 'd2', `<retract xmlns='urn:xmpp:message-retract:1' id='${roomsIdOf(deleted.remoteId)}'/>${store}`);
      write(bob, 'end', '<body>that is all</body>');
      await shown('that is all');
    });
    await heard('that is all');
    const changes = news().flatMap((one) => {
      if (one.kind === 'edit') return [{ target: one.edit.target, text: one.edit.text }];
      return one.kind === 'redaction' ? [{ target: one.redaction.targets[0] }] : [];
    });
    expect(changes).toEqual([{ target: corrected.remoteId, text: 'ten' }, { target: deleted.remoteId }]);
  });

  test('what a moderator takes away is hidden, at once and when we come back (XEP-0425)', async () => {
    write(mallory, 'm1', '<body>buy my pills</body>');
    write(mallory, 'm2', '<body>and my watches</body>');
    const [first, second] = [await heard('buy my pills'), await heard('and my watches')];
    await moderate(roomsIdOf(first.remoteId));
    await until('hidden', () => redactions().at(-1)?.from === team);
    expect(redactions().at(-1)).toMatchObject({ to: salesLine, group: { id: team }, targets: [first.remoteId] });
    await away(() => moderate(roomsIdOf(second.remoteId)));
    await until('hidden later', () => redactions().length > 0);
    expect(redactions()).toMatchObject([{ targets: [second.remoteId] }]);
  });

  test('what a moderator took away before we could read it is on record as just that', async () => {
    await away(async () => {
      write(mallory, 'm3', '<body>never to be read</body>');
      await shown('never to be read');
      const told = mallory.messages.find((one) => one.text('body') === 'never to be read');
      await moderate(told?.child('stanza-id')?.attrs['id'] ?? '');
    });
    const odd = () => news().flatMap((one) => (one.kind === 'unsupported' ? [one.what] : []));
    await until('told', () => odd().length > 0);
    expect(odd()).toEqual(['a message that was deleted before it reached us: the room does not tell what it said']);
    expect(house.core.heard).not.toContain('never to be read');
  });

  test('words written under our name while we were away are not ours', async () => {
    await away(async () => {
      mallory.write(`<presence to='${team}/Sales'><x ${muc}/></presence>`);
      await until('the name', () => bob.presences.some(({ attrs }) => attrs['from'] === `${team}/Sales`));
      write(mallory, 's1', '<body>we pay you twice</body>');
      await until('the words', () => bob.texts.includes('we pay you twice'));
      mallory.write(`<presence to='${team}/Mallory'><x ${muc}/></presence>`);
      await until('the old name', () => bob.presences.at(-1)?.attrs['from'] === `${team}/Mallory`);
    });
    const message = await heard('we pay you twice');
    expect(message).toMatchObject({ from: `${team}/Sales`, to: salesLine });
    expect(message.own).toBeUndefined();
  });
});
