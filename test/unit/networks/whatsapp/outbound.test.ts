import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseRemoteId } from '../../../../src/core/ids.ts';
import type { SendResult } from '../../../../src/core/ports/outbound.ts';
import { answered, customer, messages, metadata, openHouse, outbound, webhook } from './house.ts';

const sent = () => answered(200, { messages: [{ id: 'wamid.OUT' }], contacts: [{ wa_id: '12025550199' }] });
const failing =
  (code: number, status = 400) =>
  () =>
    answered(status, { error: { code, message: `(#${String(code)})`, error_data: { details: 'why' } } });
const hour = 3_600_000;

describe('a send', () => {
  test('carries our position, the marks, and what it answers', async () => {
    const { connector, asked } = await openHouse({ answer: sent });
    const replyTo = { id: must(parseRemoteId('wamid.Q')), by: customer, text: 'Which?' };
    const marks = [{ as: 'bold' as const, start: 4, length: 4 }];
    await expect(connector.send(outbound({ text: 'The blue one', marks, replyTo }))).resolves.toEqual({
      state: 'sent',
      ids: ['wamid.OUT'],
    });
    expect(asked.at(-1)).toEqual({
      what: 'POST /v24.0/106540352242922/messages',
      body: {
        ...{ messaging_product: 'whatsapp', recipient_type: 'individual', to: customer },
        ...{ type: 'text', text: { body: 'The *blue* one', preview_url: false } },
        ...{ context: { message_id: 'wamid.Q' }, biz_opaque_callback_data: '7' },
      },
    });
  });

  test.each([
    ['US.13491208655302741918', { recipient: 'US.13491208655302741918', recipient_type: 'individual' }],
    ['group:Y2Fw', { to: 'Y2Fw', recipient_type: 'group' }],
  ])('to %s', async (to, expected) => {
    const { connector, asked } = await openHouse({ answer: sent });
    await connector.send(outbound({ to: must(parseAddress(to)) }));
    expect(asked.at(-1)?.body).toMatchObject(expected);
  });

  test('that is unclear is called by our position, until a status names it', async () => {
    const { connector } = await openHouse({ answer: () => answered(502, '<html>') });
    await expect(connector.send(outbound())).resolves.toMatchObject({ state: 'unknown', ids: ['7'] });
  });

  test('without a connection is tried again', async () => {
    const { connector, core } = await openHouse();
    await expect(connector.send(outbound())).resolves.toMatchObject({
      state: 'retry',
      scope: 'connector',
      reason: 'provider-down',
    });
    expect(core.state).toBe('connecting');
  });

  test.each([
    [190, 401, { state: 'retry', scope: 'connector', reason: 'bad-credentials' }, 'bad-credentials'],
    [10, 403, { state: 'retry', scope: 'connector', reason: 'bad-credentials' }, 'bad-credentials'],
    [368, 403, { state: 'retry', scope: 'connector', reason: 'bad-credentials' }, 'logged-out'],
    [131_031, 403, { state: 'retry', scope: 'connector', reason: 'bad-credentials' }, 'logged-out'],
    [80_007, 400, { state: 'retry', scope: 'connector', reason: 'rate-limited' }, 'starting'],
    [130_429, 400, { state: 'retry', scope: 'line', reason: 'rate-limited' }, 'starting'],
    [131_048, 400, { state: 'retry', scope: 'line', reason: 'rate-limited' }, 'starting'],
    [131_056, 400, { state: 'retry', scope: 'chat', reason: 'rate-limited', afterMs: 6_000 }, 'starting'],
    [131_047, 400, { state: 'failed', reason: 'window-closed' }, 'starting'],
    [131_026, 400, { state: 'failed', reason: 'bad-address' }, 'starting'],
    [131_050, 400, { state: 'failed', reason: 'opted-out' }, 'starting'],
    [131_062, 400, { state: 'failed', reason: 'bad-address' }, 'starting'],
    [133_010, 400, { state: 'failed', reason: 'sender-not-registered' }, 'starting'],
    [131_016, 503, { state: 'retry', scope: 'connector', reason: 'provider-down' }, 'starting'],
    [100, 400, { state: 'failed', reason: 'provider-refused', code: '100', detail: 'why' }, 'starting'],
  ] satisfies readonly (readonly [number, number, Partial<SendResult>, string])[])(
    'refused with %i is what it is',
    async (code, status, expected, state) => {
      const { connector, core } = await openHouse({ answer: failing(code, status) });
      await expect(connector.send(outbound())).resolves.toMatchObject(expected);
      expect(core.state).toBe(state);
    },
  );

  test('refused because the person wants no more of it is a word of consent', async () => {
    const { connector, newest } = await openHouse({ answer: failing(131_050) });
    await connector.send(outbound());
    expect(newest('consent')?.consent).toMatchObject({ from: customer, action: 'stop' });
  });

  test('whose person has another id at WhatsApp keeps its chat', async () => {
    const answer = () => answered(200, { messages: [{ id: 'wamid.O' }], contacts: [{ wa_id: '12025550188' }] });
    const { connector, hears, newest } = await openHouse({ answer });
    await connector.send(outbound());
    await hears(
      webhook({ ...metadata, messages: [{ from: '12025550188', id: 'wamid.I', type: 'text', text: { body: 'me' } }] }),
    );
    expect(newest('message')?.message.from).toBe(customer);
  });

  test('of a template fills in its blanks, by name where it has names', async () => {
    const components = [{ type: 'BODY', text: 'Hello {{first_name}}, {{what}} is ready' }];
    const list = { data: [{ name: 'ready', language: 'en_US', status: 'APPROVED', components }] };
    const { connector, asked } = await openHouse({
      answer: (what) => (what.startsWith('GET') ? answered(200, list) : sent()),
    });
    await expect(connector.templates()).resolves.toEqual([
      { name: 'ready', language: 'en_US', text: 'Hello {{1}}, {{2}} is ready', values: 2 },
    ]);
    await connector.send(outbound({ template: { name: 'ready', language: 'en_US', values: ['Ann', 'it'] } }));
    const parameters = [
      { type: 'text', parameter_name: 'first_name', text: 'Ann' },
      { type: 'text', parameter_name: 'what', text: 'it' },
    ];
    expect(asked.at(-1)?.body).toMatchObject({
      type: 'template',
      template: { name: 'ready', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] },
    });
  });
});

describe('the window of 24 hours', () => {
  test('is unknown at the first start, and known a day later', async () => {
    const { connector, clock } = await openHouse({ answer: sent });
    expect(connector.refuses(outbound())).toBeUndefined();
    clock.advance(24 * hour);
    expect(connector.refuses(outbound())).toEqual({
      reason: 'window-closed',
      detail: 'the last one is more than a day old, or there was none',
    });
    expect(connector.refuses(outbound({ template: { name: 'a', language: 'en', values: [] } }))).toBeUndefined();
  });

  test('is open for a day from the last message, also for a new process', async () => {
    const { hears, core, clock } = await openHouse({ answer: sent });
    clock.advance(30 * hour);
    const timestamp = String(Math.floor(clock.now() / 1_000));
    await hears(messages({ timestamp, type: 'text', text: { body: 'hello' } }));
    const next = await openHouse({ kv: core.kv, clock, answer: sent });
    clock.advance(24 * hour - 2_000);
    expect(next.connector.refuses(outbound())).toBeUndefined();
    await expect(next.connector.send(outbound())).resolves.toMatchObject({ state: 'sent' });
    clock.advance(3_000);
    expect(next.connector.refuses(outbound())?.detail).toMatch(/^over since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/u);
    await expect(next.connector.send(outbound())).resolves.toMatchObject({ state: 'failed', reason: 'window-closed' });
  });

  test('is not opened by what could not be recorded, nor by an edit or a late repeat', async () => {
    const { hears, connector, core, clock } = await openHouse({ answer: sent });
    clock.advance(30 * hour);
    const timestamp = String(Math.floor(clock.now() / 1_000));
    core.gate = () => Promise.reject(new Error('disk full'));
    await expect(hears(messages({ timestamp, type: 'text', text: { body: 'lost' } }))).rejects.toThrow('disk full');
    core.gate = () => Promise.resolve();
    const edit = { original_message_id: 'wamid.Z', message: { type: 'text', text: { body: 'x' } } };
    await hears(messages({ timestamp, type: 'edit', edit }));
    await hears(messages({ type: 'text', text: { body: 'of the day before yesterday' } }));
    expect(connector.refuses(outbound())?.reason).toBe('window-closed');
  });
});

describe('a read receipt', () => {
  test('names the message; typing goes only with one', async () => {
    const { connector, asked } = await openHouse({ answer: () => answered(200, { success: true }) });
    const [id, from] = [must(parseRemoteId('wamid.R')), outbound().from];
    await connector.markRead({ from, to: customer, id, by: customer });
    await connector.typing({ from, to: customer, on: true, last: id });
    await connector.typing({ from, to: customer, on: true });
    await connector.typing({ from, to: customer, on: false, last: id });
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.R' };
    expect(asked.filter(({ what }) => what.startsWith('POST')).map(({ body }) => body)).toEqual([
      read,
      { ...read, typing_indicator: { type: 'text' } },
    ]);
  });
});
