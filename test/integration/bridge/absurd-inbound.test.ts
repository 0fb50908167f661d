/** What a network brings must never be refused by the record: it would be brought again, and all behind it would wait. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { must, noMillis, parseAddress, parseRemoteId } from '../../../src/core/ids.ts';
import type { NetworkEvent, OutboundUpdate } from '../../../src/core/ports/connector.ts';
import { alice, ann, carrier, openHouse, sales, type House } from './house.ts';

const HALF = '\ud83d';
const between = { from: ann, to: sales.address };
const base = { sure: true, at: noMillis, raw: Buffer.from('raw') };
const remote = (id: string) => must(parseRemoteId(id));

function inbound(house: House) {
  return house.bridge.inbound(carrier);
}

describe('half a character', () => {
  test('in a text stands as a replacement character, and the raw bytes are as they came', async () => {
    await using house = await openHouse();
    const raw = Buffer.from(String.raw`{"text":"\ud83d"}`);
    await inbound(house).ingest({
      ...base,
      kind: 'message',
      id: 'm1',
      raw,
      message: { ...between, text: `Hi ${HALF}` },
    });
    await house.settle();
    const [message] = await house.entries('network.message');
    expect(message?.body.text).toBe('Hi \ufffd');
    expect(Buffer.from(message?.raw ?? [])).toEqual(raw);
    expect(
      [...house.homeserver.rooms.values()].flatMap(({ events }) => events).map(({ content }) => content['body']),
    ).toContain('Hi \ufffd');
  });

  test('in any text of any kind keeps nothing off the record, and the next message is heard', async () => {
    await using house = await openHouse();
    const text = fc.oneof(fc.constantFrom(HALF, `a${HALF}`, '\ude00', ''), fc.string({ unit: 'binary', maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(text, fc.uuid(), async (said, id) => {
        const events = hostileEvents(said, id);
        const positions = await inbound(house).ingest(events);
        expect(new Set(positions).size).toBe(events.length);
        await inbound(house).outcome(hostileUpdate(said, id));
        await expect(house.receive('still there?')).resolves.toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  test("in a provider's refusal ends the message with a failure, told once", async () => {
    await using house = await openHouse();
    await house.receive('Hi');
    const detail = `${'x'.repeat(199)}😀 ${HALF} @room`;
    house.network.answers.push({ state: 'failed', reason: 'provider-refused', code: HALF, detail });
    const [portal] =
      [...house.homeserver.rooms].find(([, { made }]) => 'org.gatehouse.portal' in made.creationContent) ?? [];
    if (portal === undefined) throw new Error('there is no chat');
    const { position } = await house.write(alice, portal, 'Hello');
    expect((await house.message(position))?.state).toBe('failed');
    await house.pass(60_000);
    const told = house.shown(portal).filter((line) => line.includes('xxx'));
    expect(told).toHaveLength(1);
    expect(told[0]?.isWellFormed()).toBe(true);
    expect(house.network.sent).toHaveLength(1);
  });
});

describe('what is not what it says it is', () => {
  test('is on record with its bytes as what it is, in its place among the others', async () => {
    await using house = await openHouse();
    const endless = { kind: 'voice' as const, ref: 'v1', durationMs: 1e300 };
    const said = (id: string, more: object = {}): NetworkEvent => ({
      ...{ ...base, kind: 'message', id, raw: Buffer.from(id), message: { ...between, text: id, ...more } },
    });
    await inbound(house).ingest(
      [said('before'), said('broken', { attachments: [endless] }), said('after')],
      [{ key: 'offset', value: Buffer.from('3') }],
    );
    const messages = await house.entries('network.message');
    expect(messages.map(({ body }) => body.text)).toEqual(['before', 'after']);
    const [broken] = await house.entries('network.unsupported');
    expect(broken?.body).toMatchObject({ ...between, what: 'something that can not be kept as what it says it is' });
    expect(Buffer.from(broken?.raw ?? []).toString()).toBe('broken');
    expect(messages.map(({ position }) => position < (broken?.position ?? 0))).toEqual([true, false]);
    expect(house.log.lines.map(({ event }) => event)).toContain('bridge.not-as-said');
  });
});

/** One of each kind, with `said` wherever a text can be. */
function hostileEvents(said: string, id: string): NetworkEvent[] {
  const group = { id: must(parseAddress('group:9')), name: said, members: [{ address: ann, name: said }] };
  const words = {
    ...{ text: said, marks: [{ as: 'link' as const, start: 0, length: 1, href: said }], unsupported: said },
    attachments: [{ kind: 'file' as const, ref: said, name: said, type: said }],
    location: { latitude: 1, longitude: 1, name: said, address: said },
    contacts: [{ name: said, phones: [said], emails: [said], organisation: said }],
  };
  const replyTo = { id: remote('q'), text: said };
  const of = { ...between, fromName: said, replyTo, wire: { said, [said]: 1 }, missing: said };
  const target = remote('m');
  const events: NetworkEvent[] = [
    { ...base, kind: 'message', id: `m${id}${said}`, message: { ...of, ...words, group } },
    { ...base, kind: 'edit', id: `e${id}${said}`, edit: { ...between, ...words, target } },
    { ...base, kind: 'reaction', id: `r${id}${said}`, reaction: { ...between, target, keys: [said] } },
    { ...base, kind: 'chat', id: `c${id}${said}`, chat: { line: sales.address, chat: ann, name: said } },
    { ...base, kind: 'consent', id: `o${id}${said}`, consent: { ...between, action: 'help', detail: said } },
    { ...base, kind: 'account', id: `a${id}${said}`, alert: said },
    { ...base, kind: 'unsupported', id: `u${id}${said}`, what: said },
  ];
  return events;
}

function hostileUpdate(said: string, id: string): OutboundUpdate {
  return { ...base, id: `s${id}${said}`, remoteId: remote('m'), state: 'failed', code: said, detail: said };
}
