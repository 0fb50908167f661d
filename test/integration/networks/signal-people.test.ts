import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import { ann, groupId, ourLine, outbound, says, SignalHouse } from '../../support/signal-house.ts';
import { uuidOf, type SimPerson } from '../../support/simulators/signal/people.ts';

describe.each(['tcp', 'http'] as const)('people over %s', (by) => {
  test('in a group come with its name and members and are answered; reading tells each writer', async () => {
    await using house = await SignalHouse.open();
    const { core, connector } = await house.run(house.sim[by]);
    const [first, other] = [house.sim.customer(ann), house.sim.customer('+12025550155', 'Bob')];
    const members = [first.person, other.person, ...house.daemon.accounts];
    const group = { id: groupId, name: 'Family', revision: 1, members };
    house.daemon.people.groups.push(group);
    says(first, { text: 'one', group });
    says(other, { text: 'two', group });
    says(first, { text: 'three', group });
    await until('all', () => core.heard.length === 3);
    const [message] = core.events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
    expect(message?.group?.members?.map(({ address }) => address)).toEqual([ann, '+12025550155']);
    await expect(connector.send(outbound('to all', { to: groupId }))).resolves.toMatchObject({ state: 'sent' });
    expect(house.daemon.store.sent.at(-1)).toMatchObject({ to: groupId, text: 'to all' });
    const newest = core.events.at(-1);
    const id = newest?.kind === 'message' ? newest.message.remoteId : undefined;
    if (id === undefined) throw new Error('no id');
    await connector.markRead?.({ from: ourLine, to: groupId, id, by: ann });
    expect(house.daemon.store.told).toMatchObject([
      { what: 'receipt', to: ann, type: 'read', sentAt: [expect.any(Number), first.newestSentAt] },
      { what: 'receipt', to: '+12025550155', sentAt: [other.newestSentAt] },
    ]);
  });

  test('are found by number, uuid and user name, and of others it is said why not', async () => {
    await using house = await SignalHouse.open();
    const { connector } = await house.run(house.sim[by]);
    const { person } = house.sim.customer(ann);
    await expect(connector.resolve?.('+1 (202) 555-0199')).resolves.toEqual({ ok: true, value: { address: ann } });
    await expect(connector.resolve?.(person.uuid)).resolves.toMatchObject({ ok: true, value: { address: ann } });
    await expect(connector.resolve?.('+12025550111')).resolves.toMatchObject({ ok: false });
    await expect(connector.resolve?.('Ann')).resolves.toMatchObject({ ok: false });
  });
});

test('who shows the number later goes on in the same chat', async () => {
  await using house = await SignalHouse.open();
  const { core, connector } = await house.run(house.sim.http);
  const person: SimPerson = { number: '+12025550177', uuid: uuidOf(77), name: 'Cy', hidesNumber: true };
  house.daemon.people.add(person);
  const customer = house.sim.customer(person.number);
  says(customer, { text: 'one' });
  await until('one', () => core.heard.length === 1);
  const to = must(parseAddress(person.uuid));
  await expect(connector.send(outbound('Hello', { to }))).resolves.toMatchObject({ state: 'sent' });
  person.hidesNumber = false;
  says(customer, { text: 'two' });
  await until('two', () => core.heard.length === 2);
  expect(core.events.map((event) => (event.kind === 'chat' ? event.chat : event.kind))).toEqual([
    'message',
    { line: ourLine, chat: person.uuid, movedTo: person.number },
    'message',
  ]);
});
