import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import type { OutboundEdit, SendResult } from '../../../src/core/ports/outbound.ts';
import { until } from '../../support/carrier.ts';
import { alertsOf, ann, groupId, ourLine, outbound, says, SignalHouse } from '../../support/signal-house.ts';

/** Other words in place of what was sent. */
function edited(sent: SendResult, text: string, more: Partial<OutboundEdit> = {}): OutboundEdit {
  if (sent.state !== 'sent') throw new Error('not sent');
  const position = must(parsePosition(2));
  return { position, from: ourLine, to: ann, ids: sent.ids, by: ourLine, text, caption: false, ...more };
}

describe.each(['tcp', 'http'] as const)('what goes out over %s', (by) => {
  test('to a changed safety number fails in words, and compliance hears it once', async () => {
    await using house = await SignalHouse.open();
    const { core, connector } = await house.run(house.sim[by]);
    const customer = house.sim.customer(ann);
    says(customer, { text: 'Hi' });
    await until('it', () => core.heard.length === 1);
    customer.person.untrusted = true;
    for (const text of ['one', 'two']) {
      await expect(connector.send(outbound(text))).resolves.toMatchObject({
        state: 'failed',
        reason: 'provider-refused',
        detail: 'the safety number changed; an admin must trust it first',
      });
    }
    const ids = new Set(core.events.filter(({ kind }) => kind === 'account').map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(alertsOf(core)[0]).toContain('signal-cli -a +12025550100 trust -v <safety number> +12025550199');
    customer.person.untrusted = false;
    await expect(connector.send(outbound('three'))).resolves.toMatchObject({ state: 'sent' });
  });

  test('waits at a challenge for as long as Signal says, and compliance hears how to end it', async () => {
    await using house = await SignalHouse.open();
    const { core, connector } = await house.run(house.sim[by]);
    house.sim.customer(ann);
    house.daemon.challenge = { token: 'challenge-token', retryAfterSeconds: 3_600 };
    await expect(connector.send(outbound('one'))).resolves.toMatchObject({
      state: 'retry',
      scope: 'line',
      reason: 'rate-limited',
      afterMs: 3_600_000,
    });
    expect(alertsOf(core)[0]).toContain('submitRateLimitChallenge --challenge challenge-token');
    expect(core.logged.join('\n')).not.toContain('challenge-token');
  });

  test('tells who is not on Signal, an outage and a lost account apart', async () => {
    await using house = await SignalHouse.open();
    const { core, connector } = await house.run(house.sim[by]);
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'failed', reason: 'bad-address' });
    house.sim.customer(ann);
    house.daemon.outage = 'never';
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'retry', reason: 'provider-down' });
    house.daemon.outage = 'midway';
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'unknown' });
    house.daemon.outage = undefined;
    house.daemon.unregistered = true;
    await expect(connector.send(outbound('x'))).resolves.toMatchObject({ state: 'retry', reason: 'bad-credentials' });
    expect(core.state).toBe('logged-out');
  });

  test('has its styles, and edits, as signal-cli wants them', async () => {
    await using house = await SignalHouse.open();
    const { connector } = await house.run(house.sim[by]);
    house.sim.customer(ann);
    const result = await connector.send(outbound('Bold', { marks: [{ as: 'bold', start: 0, length: 4 }] }));
    const [sent] = house.daemon.store.sent;
    expect(sent).toMatchObject({ text: 'Bold', styles: ['0:4:BOLD'] });
    await connector.edit?.(edited(result, 'Bolder'));
    await expect(connector.edit?.(edited(result, 'beside a file', { caption: true }))).resolves.toMatchObject({
      ...{ state: 'failed', reason: 'unsupported', detail: "the words beside a file can't be changed" },
    });
    expect(sent).toMatchObject({ text: 'Bolder', styles: [] });
    expect(house.daemon.refused).toEqual([]);
  });

  test('calls whom it calls in a group, beside styles and behind what is spelled out, and again by an edit', async () => {
    await using house = await SignalHouse.open();
    const { connector } = await house.run(house.sim[by]);
    const members = [house.sim.customer(ann).person, ...house.daemon.accounts];
    house.daemon.people.groups.push({ id: groupId, name: 'Family', revision: 1, members });
    const marks = [
      { as: 'link', start: 0, length: 4, href: 'https://a.example/' },
      { as: 'bold', start: 5, length: 7 },
      { as: 'mention', start: 5, length: 7, address: ann },
    ] as const;
    const result = await connector.send(outbound('Here Ann Lee', { to: groupId, marks }));
    const [sent] = house.daemon.store.sent;
    const text = 'Here (https://a.example/) Ann Lee';
    expect(sent).toMatchObject({ text, styles: ['26:7:BOLD'], mentions: [`26:7:${ann}`] });
    const calls = [{ as: 'mention', start: 4, length: 3, address: ann }] as const;
    await connector.edit?.(edited(result, 'And Ann', { to: groupId, marks: calls }));
    expect(sent).toMatchObject({ text: 'And Ann', styles: [], mentions: [`4:3:${ann}`] });
    expect(house.daemon.refused).toEqual([]);
  });

  test('names whom it calls in a chat of two', async () => {
    await using house = await SignalHouse.open();
    const { connector } = await house.run(house.sim[by]);
    house.sim.customer(ann);
    await connector.send(outbound('Ann', { marks: [{ as: 'mention', start: 0, length: 3, address: ann }] }));
    expect(house.daemon.store.sent).toMatchObject([{ text: 'Ann', mentions: [] }]);
  });

  test('has receipts, of which one for an edit speaks of the message', async () => {
    await using house = await SignalHouse.open();
    const { core, connector } = await house.run(house.sim[by]);
    const customer = house.sim.customer(ann);
    const result = await connector.send(outbound('one'));
    await connector.edit?.(edited(result, 'two'));
    customer.receipt('read', house.daemon.store.sent[0]?.edits ?? []).catch(() => undefined);
    await until('the receipt', () => core.updates.length === 1);
    const remoteId = result.state === 'sent' ? result.ids[0] : undefined;
    expect(core.updates[0]).toMatchObject({ remoteId, state: 'read', by: ann });
  });
});
