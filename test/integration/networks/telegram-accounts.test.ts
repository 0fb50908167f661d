/** Employees' own Telegram accounts, connected to the bot: captured, answered, and told of when they are not. */
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import { botLine, kim, kimsAddress, TelegramHouse } from '../../support/telegram-house.ts';

const olga = { id: 8_800_222, first_name: 'Olga', username: 'olga_acme' };
const olgasLine = must(parseAddress('@Olga_Acme'));
const lines = [botLine, olgasLine];
const rights = { can_reply: true, can_read_messages: true, can_delete_outgoing_messages: true } as const;
const at = { connection: 'bc1' };

async function connected(): Promise<TelegramHouse> {
  const house = await TelegramHouse.make({ lines });
  const user = house.sim.addPerson(olga);
  await house.start('degraded');
  await house.sim.connects(user, { id: 'bc1', rights });
  await house.stands('connected');
  return house;
}

function alerts(house: TelegramHouse): readonly string[] {
  return house.core.events.flatMap((event) => (event.kind === 'account' ? [event.alert] : []));
}

describe('an account of an employee', () => {
  test('that is not connected is missed: the connector says so without a name', async () => {
    await using house = await TelegramHouse.make({ lines });
    await house.start('degraded');
    expect(house.detail).toContain('1 of 1 personal accounts');
    expect(house.detail).not.toContain('Olga');
    const sent = await house.connector.send(house.message('hi', { from: olgasLine }));
    expect(sent).toMatchObject({
      state: 'failed',
      reason: 'rejected',
      detail: expect.stringContaining('not connected'),
    });
  });

  test('is captured both ways, with edits and deletions, and compliance hears that it began', async () => {
    await using house = await connected();
    await house.sim.writes(kim.id, 'hello Olga', at);
    const first = house.sim.newestOf(kim.id).id;
    await house.sim.writes(olga.id, 'hello Kim, from my phone', { ...at, to: kim.id });
    await house.sim.edits(kim.id, 'hello Olga!');
    await house.sim.deletes('bc1', kim.id, [first]);
    const id = `8800222:7700111/${String(first)}`;
    expect(house.core.events.slice(1)).toMatchObject([
      { kind: 'message', message: { from: kimsAddress, to: olgasLine, text: 'hello Olga', remoteId: id } },
      { kind: 'message', message: { from: olgasLine, to: kimsAddress, own: true, text: 'hello Kim, from my phone' } },
      { kind: 'edit', edit: { target: id, text: 'hello Olga!' } },
      { kind: 'redaction', redaction: { to: olgasLine, targets: [id] } },
    ]);
    expect(alerts(house)).toEqual(['The Telegram account of Olga is connected: from now on its chats are recorded.']);
  });

  test('is answered for, and what we wrote is not heard as if the owner had', async () => {
    await using house = await connected();
    await house.sim.writes(kim.id, 'hello', at);
    const sent = await house.connector.send(house.message('hello Kim', { from: olgasLine }));
    expect(sent).toMatchObject({ state: 'sent', ids: [expect.stringMatching(/^8800222:7700111\//u)] });
    expect(house.sim.sent).toMatchObject([{ text: 'hello Kim', from: olga, connection: 'bc1' }]);
    await until('its echo', () => house.core.events.at(-1)?.kind === 'unsupported');
    expect(house.core.texts).toEqual(['hello']);
    const { position, from, to } = house.message('', { from: olgasLine });
    const ids = sent.state === 'sent' ? sent.ids : [];
    await house.connector.edit?.({ position, from, to, by: from, ids, text: 'hello, Kim', caption: false });
    await house.sim.writes(kim.id, 'thanks', at);
    expect(house.core.events.filter(({ kind }) => kind === 'edit')).toEqual([]);
  });

  test('can be answered for within a day of the last message only', async () => {
    await using house = await connected();
    await house.sim.writes(kim.id, 'hello', at);
    house.sim.world.aheadS = 25 * 3_600;
    const sent = await house.connector.send(house.message('late', { from: olgasLine }));
    expect(sent).toMatchObject({ state: 'failed', reason: 'window-closed' });
    const chat = { from: olgasLine, to: kimsAddress };
    expect(house.connector.capabilities(chat)).toMatchObject({
      service_window: 86_400_000,
      reaction: -2,
      read_receipts: 2,
    });
    expect(house.connector.capabilities({ ...chat, from: botLine })).toMatchObject({ reaction: 1, read_receipts: -1 });
  });

  test('disconnected or given less is told to compliance, once, and again when it is back', async () => {
    await using house = await connected();
    const user = house.sim.world.person(olga.id);
    await house.sim.connects(user, { id: 'bc1', rights: { can_read_messages: true } });
    await house.sim.connects(user, { id: 'bc1', enabled: false });
    await house.stands('degraded');
    await house.sim.connects(user, { id: 'bc1', enabled: false });
    await house.sim.connects(user, { id: 'bc2', rights });
    await house.stands('connected');
    expect(alerts(house).slice(1)).toEqual([
      'The Telegram account of Olga no longer lets the bot answer and delete what was sent.',
      'The Telegram account of Olga is disconnected: what is written there is no longer recorded. Ask Olga to connect the bot again in Telegram, under Settings, Business, Chatbots.',
      'The Telegram account of Olga is connected: from now on its chats are recorded.',
    ]);
  });

  test('disconnected while we were away for longer than Telegram keeps the news is found out at the start', async () => {
    await using house = await connected();
    await house.connector.stop(2_000);
    await Promise.all([
      house.sim.connects(house.sim.world.person(olga.id), { id: 'bc1', enabled: false }),
      Promise.resolve().then(() => {
        house.sim.updates.forget();
      }),
    ]);
    await house.restart(house.core.kv, 'degraded');
    expect(alerts(house)).toMatchObject([expect.stringContaining('is disconnected')]);
  });

  test('that Telegram does not know any more at the start is told as disconnected', async () => {
    await using house = await connected();
    await house.connector.stop(2_000);
    house.sim.world.connections.delete('bc1');
    await house.restart(house.core.kv, 'degraded');
    expect(alerts(house)).toMatchObject([expect.stringContaining('Olga is disconnected')]);
    await house.restart(house.core.kv, 'degraded');
    expect(alerts(house)).toEqual([]);
  });

  test('whose state can not be asked now is waited for, and its messages with it', async () => {
    await using house = await connected();
    const kv = new Map([...house.core.kv].filter(([key]) => key === 'offset'));
    await house.connector.stop(2_000);
    const taken = house.sim.writes(kim.id, 'hello', at);
    const known = house.sim.world.connections.get('bc1');
    house.sim.fails = 3;
    await house.restart(kv);
    await expect(taken).resolves.toBe(true);
    expect(known?.is_enabled).toBe(true);
    expect(house.core.events).toMatchObject([{ kind: 'account' }, { message: { text: 'hello', to: olgasLine } }]);
  });

  test('keeps its line when its name changes', async () => {
    await using house = await connected();
    const renamed = house.sim.addPerson({ ...olga, username: 'olga_new' });
    await house.sim.connects(renamed, { id: 'bc2', rights });
    await house.sim.writes(kim.id, 'still you?', { connection: 'bc2' });
    expect(house.core.events.at(-1)).toMatchObject({ message: { to: olgasLine } });
  });

  test('news that were not recorded are heard again', async () => {
    await using house = await TelegramHouse.make({ lines });
    const user = house.sim.addPerson(olga);
    await house.start('degraded');
    let refusals = 2;
    house.core.gate = () => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
    };
    await expect(house.sim.connects(user, { id: 'bc1', rights })).resolves.toBe(true);
    expect(alerts(house)).toHaveLength(1);
  });

  test('of a stranger who connects the bot to himself nobody is told, and nothing is shown', async () => {
    await using house = await connected();
    const stranger = house.sim.addPerson({ id: 99, first_name: 'Mallory' });
    await house.sim.connects(stranger, { id: 'bc9', rights });
    await house.sim.writes(kim.id, 'hi Mallory', { connection: 'bc9' });
    expect(alerts(house)).toHaveLength(1);
    expect(house.core.events.at(-2)).toMatchObject({ kind: 'unsupported', from: 'tg:99' });
    expect(house.core.events.at(-1)).toMatchObject({ message: { to: 'tg:99' } });
    expect(Array.from(house.core.kv.keys()).filter((key) => key.startsWith('account/'))).toEqual(['account/bc1']);
  });
});
