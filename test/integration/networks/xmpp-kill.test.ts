import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import type { XmppClient } from '../../support/xmpp/client.ts';
import { addressOf, salesLine, XmppHouse } from '../../support/xmpp/house.ts';
import { roomsDomain } from '../../support/xmpp/prosody.ts';

const asks = "<request xmlns='urn:xmpp:receipts'/>";
const team = must(parseAddress(`team@${roomsDomain}`));

/** What an earlier process put on disk before it was killed. */
describe('killed at any line, with a real Prosody', () => {
  let house: XmppHouse;
  let bob: XmppClient;

  beforeAll(async () => {
    house = await XmppHouse.start({ rooms: [{ line: salesLine, room: team }] });
    bob = await house.client('bob');
  }, 120_000);

  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  /** Killed at that moment; another process comes over what was on disk then. */
  async function killedAt(moment: 'before' | 'after', trigger: () => void): Promise<void> {
    const { core } = house;
    const killed = Promise.withResolvers<Map<string, Uint8Array>>();
    const kill = (): void => {
      core.kill();
      killed.resolve(new Map(core.kv));
    };
    if (moment === 'before') {
      core.gate = () => {
        kill();
        return Promise.resolve();
      };
    } else core.failAfterCommit = 1_000_000;
    const before = core.events.length;
    trigger();
    // The commit is made, and the connector never hears of it.
    if (moment === 'after') until('the commit', () => core.events.length > before).then(kill, killed.reject);
    const disk = await killed.promise;
    await house.restart(disk);
  }

  test('before the commit: nothing is confirmed, and what the sender gives again is heard', async () => {
    const stanza = `<message type='chat' to='${salesLine}' id='k1'><body>killed before</body>${asks}</message>`;
    await killedAt('before', () => {
      bob.write(stanza);
    });
    expect(bob.answered('k1').receipts).toBe(0);
    bob.write(stanza);
    await until('the receipt', () => bob.answered('k1').receipts === 1);
    expect(house.texts).toEqual(['killed before']);
  });

  test('after the commit, before the receipt: what the sender gives again has the same id', async () => {
    const { core } = house;
    const stanza = `<message type='chat' to='${salesLine}' id='k2'><body>killed after</body>${asks}</message>`;
    await killedAt('after', () => {
      bob.write(stanza);
    });
    expect(bob.answered('k2').receipts).toBe(0);
    const first = core.events.find((one) => one.kind === 'message' && one.message.text === 'killed after');
    bob.write(stanza);
    await until('the receipt', () => bob.answered('k2').receipts === 1);
    const again = house.core.events.find((one) => one.kind === 'message' && one.message.text === 'killed after');
    expect(first).toMatchObject({ id: again?.id, sure: true });
  });

  test('before the commit of a room message: the room tells it again, and once', async () => {
    const isIn = () => bob.presences.some(({ attrs }) => attrs['from'] === `${team}/Sales`);
    bob.write(`<presence to='${team}/Bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await until('the line in the room', isIn);
    bob.write(`<message type='groupchat' to='${team}' id='r0'><body>heard</body></message>`);
    await until('a first message', () => house.texts.includes('heard'));
    await killedAt('before', () => {
      bob.write(`<message type='groupchat' to='${team}' id='r1'><body>killed in the room</body></message>`);
    });
    await until('it again', () => house.texts.includes('killed in the room'));
    await house.settled(bob);
    expect(house.texts.filter((text) => text === 'killed in the room')).toHaveLength(1);
  });

  test('in the midst of a subscription: it is answered only once it is noted', async () => {
    const ann = await house.client('ann');
    const { core } = house;
    core.kill();
    ann.write(`<presence type='subscribe' to='${salesLine}'/>`);
    await house.restart(new Map(core.kv));
    expect(ann.presences.some(({ attrs }) => attrs['type'] === 'subscribed')).toBe(false);
    ann.write(`<presence type='subscribe' to='${salesLine}'/>`);
    await until('the answer', () => ann.presences.some(({ attrs }) => attrs['type'] === 'subscribed'));
    const seen = () => ann.presences.filter(({ attrs }) => attrs['from'] === `${salesLine}/gatehouse`).length;
    await until('our presence', () => seen() > 0);
    const before = seen();
    await house.restart();
    await until('our presence again', () => seen() > before);
  });

  test('when the server is killed the line comes back, and what is sent then goes out', async () => {
    await house.prosody.restart();
    await until('connected again', () => house.core.states.filter(({ name }) => name === 'connected').length > 1);
    const again = await house.client('bob', 'desk');
    await house.sent(addressOf('bob'), 'after the crash');
    await until('the text', () => again.texts.includes('after the crash'));
    again.say(salesLine, 'welcome back');
    await until('his words', () => house.texts.includes('welcome back'));
    expect(house.core.states.at(-1)).toEqual({ name: 'connected' });
  });

  test('while the component is away the server gives messages back to who wrote them', async () => {
    const client = await house.client('carl');
    await house.connector.stop(2_000);
    // The server may take a moment to see that the component is gone: what is said before that is lost.
    const said: string[] = [];
    await until('the bounce', () => {
      said.push(client.say(salesLine, 'anybody?'));
      return said.some((one) => client.answered(one).bounces === 1);
    });
    const id = said.find((one) => client.answered(one).bounces === 1);
    const bounce = client.messages.find(({ attrs }) => attrs['id'] === id);
    expect(bounce?.child('error')?.attrs['type']).toBe('wait');
    expect(bounce?.child('error')?.child('remote-server-timeout')).toBeDefined();
    await house.restart();
    await house.settled(client);
    expect(house.texts).not.toContain('anybody?');
  });
});
