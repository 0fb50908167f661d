import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { commandIds } from '../../../src/networks/smpp/codec/commands.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { shortMessage, type Pdu } from '../../../src/networks/smpp/codec/pdu.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, until } from '../../support/carrier.ts';
import { scriptedCarrier, type ScriptedCarrier } from '../../support/scripted-carrier.ts';

const [line, customer] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];

interface Rig extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
}

async function join(carrier: ScriptedCarrier): Promise<Rig> {
  const core = new TestCore();
  const reconnect = { first: '20ms', most: '50ms' };
  const config = { host: '127.0.0.1', port: carrier.port, ...carrierAccount, reconnect, perSecond: 1_000 };
  const connector = smpp.open(core.context(), config);
  await connector.start();
  return { core, connector, [Symbol.asyncDispose]: () => connector.stop(2_000) };
}

async function joined(carrier: ScriptedCarrier): Promise<Rig> {
  const rig = await join(carrier);
  await until('bound', () => rig.core.state === 'connected');
  return rig;
}

function deliver(what: string, sequence = 5): Buffer {
  const source = { ton: 1, npi: 1, value: '12025550199' };
  const destination = { ton: 1, npi: 1, value: '12025550100' };
  const octets = shortMessage({ command: 'deliver_sm', source, destination, shortMessage: Buffer.from(what) });
  return encodePdu({ ...octets, status: 0, sequence });
}

/** A PDU of these octets behind its head. */
function frame(command: keyof typeof commandIds, body: Buffer, { status = 0, sequence = 5 } = {}): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(commandIds[command], 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

function answers(carrier: ScriptedCarrier, command: Pdu['command']): readonly Pdu[] {
  return carrier.seen.filter((pdu) => pdu.command === command);
}

function bound({ core }: Rig): number {
  return core.states.filter(({ name }) => name === 'connected').length;
}

describe('octets that are no PDU', () => {
  const lengths = [0, 2, 4, 15, 0xffffffff].map((length) => {
    const octets = Buffer.alloc(32);
    octets.writeUInt32BE(length, 0);
    return [`a length of ${length}`, octets] as const;
  });

  test.each([...lengths, ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')] as const])(
    '(%s) are told, the connection is left and made anew, and the next text is heard',
    async (_what, octets) => {
      await using carrier = await scriptedCarrier();
      await using rig = await joined(carrier);
      carrier.write(octets);
      await until('bound again', () => bound(rig) === 2);
      expect(answers(carrier, 'generic_nack')).toMatchObject([{ status: 2, sequence: 0 }]);
      carrier.write(deliver('Hello'));
      await until('the text', () => rig.core.texts.length === 1);
      expect(carrier.open).toBe(1);
    },
  );
});

describe('PDUs however TCP cuts them', () => {
  test('one octet at a time, and a thousand at once, are heard in order', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await joined(carrier);
    for (const octet of deliver('slowly')) {
      carrier.write(Buffer.from([octet]));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await until('the text', () => rig.core.texts.length === 1);
    const texts = Array.from({ length: 1_000 }, (_, n) => `text ${n}`);
    carrier.write(Buffer.concat(texts.map((text, n) => deliver(text, n + 10))));
    await until('all answers', () => carrier.count('deliver_sm_resp') === 1_001);
    expect(rig.core.texts).toEqual(['slowly', ...texts]);
  });
});

describe('a text that can’t be read', () => {
  const whole = deliver('Hello').subarray(16);
  const tooLong = Buffer.from(whole);
  tooLong[whole.length - 6] = 200;

  test.each([
    ['a string without its end', Buffer.alloc(80, 0x41), 0xc2],
    ['an sm_length past the end', tooLong, 0x01],
    ['an end in the middle', whole.subarray(0, 30), 0x02],
    ['a parameter past the end', Buffer.concat([whole, Buffer.from([4, 0x24, 0xff, 0xff, 1])]), 0xc0],
    ['garbage behind it', Buffer.concat([whole, Buffer.from([1, 2, 3])]), 0xc0],
  ])(
    '(%s) is on record as it came and answered with what is wrong, and the session goes on',
    async (_what, body, why) => {
      await using carrier = await scriptedCarrier();
      await using rig = await joined(carrier);
      const broken = frame('deliver_sm', body, { sequence: 71 });
      carrier.write(Buffer.concat([broken, deliver('Hello', 72)]));
      await until('both answers', () => carrier.count('deliver_sm_resp') === 2);
      expect(answers(carrier, 'deliver_sm_resp')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ sequence: 71, status: why }),
          expect.objectContaining({ sequence: 72, status: 0 }),
        ]),
      );
      expect(rig.core.events.find(({ kind }) => kind === 'unsupported')?.raw).toEqual(broken);
      expect(rig.core.texts).toEqual(['Hello']);
      expect(bound(rig)).toBe(1);
    },
  );

  test('in a request that is none of ours is refused with what is wrong, and the session goes on', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await joined(carrier);
    carrier.write(frame('submit_sm', Buffer.alloc(80, 0x41), { sequence: 71 }));
    carrier.write(deliver('Hello'));
    await until('the text', () => rig.core.texts.length === 1);
    await until('the refusal', () => carrier.count('generic_nack') === 1);
    expect(answers(carrier, 'generic_nack')).toMatchObject([{ status: 0xc2, sequence: 71 }]);
  });
});

test('a request with the number 0, which none may have, is heard and answered with it', async () => {
  await using carrier = await scriptedCarrier();
  await using rig = await joined(carrier);
  carrier.write(deliver('Hello', 0));
  await until('the answer', () => carrier.count('deliver_sm_resp') === 1);
  expect(answers(carrier, 'deliver_sm_resp')).toMatchObject([{ status: 0, sequence: 0 }]);
  expect(rig.core.texts).toEqual(['Hello']);
});

describe('an answer to a text', () => {
  /** Sends a text, and has the carrier write these octets for an answer to it. */
  async function answered(octets: (sequence: number) => readonly Buffer[]): Promise<SendResult> {
    await using carrier = await scriptedCarrier();
    await using rig = await joined(carrier);
    const sending = rig.connector.send({
      ...{ position: must(parsePosition(1)), attempt: 1, from: line, to: customer, text: 'Hi' },
    });
    await until('the text', () => carrier.count('submit_sm') === 1);
    const [{ sequence } = { sequence: 0 }] = answers(carrier, 'submit_sm');
    carrier.write(Buffer.concat(octets(sequence)));
    return await sending;
  }

  const id = Buffer.from('A1\0');
  const none = Buffer.alloc(0);

  test.each([
    ['a refusal without a body', none],
    ['a refusal with one', id],
  ])('that is %s is a refusal', async (_what, body) => {
    const result = await answered((sequence) => [frame('submit_sm_resp', body, { status: 0x0b, sequence })]);
    expect(result).toMatchObject({ state: 'failed', reason: 'bad-address', code: '0x0B' });
  });

  test('that is a generic_nack is a refusal', async () => {
    const result = await answered((sequence) => [frame('generic_nack', none, { status: 0x03, sequence })]);
    expect(result).toMatchObject({ state: 'failed', reason: 'provider-refused', code: '0x03' });
  });

  test('that is a generic_nack which says that all is well leaves it unknown', async () => {
    const result = await answered((sequence) => [frame('generic_nack', none, { sequence })]);
    expect(result).toMatchObject({ state: 'unknown' });
  });

  test('that says yes without a body is a yes without an id', async () => {
    const result = await answered((sequence) => [frame('submit_sm_resp', none, { sequence })]);
    expect(result).toEqual({ state: 'sent', ids: [] });
  });

  test('that can’t be read leaves it unknown', async () => {
    const result = await answered((sequence) => [frame('submit_sm_resp', Buffer.alloc(80, 0x41), { sequence })]);
    expect(result).toMatchObject({ state: 'unknown' });
  });

  test('to something else under its number is none: the right one counts', async () => {
    const result = await answered((sequence) => [
      frame('enquire_link_resp', none, { sequence }),
      frame('deliver_sm_resp', Buffer.from('XX\0'), { sequence }),
      frame('submit_sm_resp', id, { sequence }),
    ]);
    expect(result).toEqual({ state: 'sent', ids: ['A1'] });
  });
});

describe('a bind', () => {
  test('that is answered with yes and no body is one', async () => {
    await using carrier = await scriptedCarrier();
    carrier.silentBinds = true;
    await using rig = await join(carrier);
    await until('the bind', () => carrier.count('bind_transceiver') === 1);
    const [{ sequence } = { sequence: 0 }] = answers(carrier, 'bind_transceiver');
    carrier.write(frame('bind_transceiver_resp', Buffer.alloc(0), { sequence }));
    await until('its end', () => rig.core.states.length > 2);
    expect(rig.core.state).toBe('connected');
  });

  test('that is refused without a body is told as what it is', async () => {
    await using carrier = await scriptedCarrier();
    carrier.silentBinds = true;
    await using rig = await join(carrier);
    await until('the bind', () => carrier.count('bind_transceiver') === 1);
    const [{ sequence } = { sequence: 0 }] = answers(carrier, 'bind_transceiver');
    carrier.write(frame('bind_transceiver_resp', Buffer.alloc(0), { status: 0x0e, sequence }));
    await until('the refusal', () => rig.core.states.at(-1)?.detail !== undefined);
    expect(rig.core.state).toBe('bad-credentials');
  });

  test('that the carrier ends with an unbind is answered and made anew', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await joined(carrier);
    carrier.write(frame('unbind', Buffer.alloc(0), { sequence: 81 }));
    await until('bound again', () => bound(rig) === 2);
    expect(answers(carrier, 'unbind_resp')).toMatchObject([{ status: 0, sequence: 81 }]);
  });
});
