import { beforeEach, describe, expect, test } from '@jest/globals';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import type { ShortMessage } from '../../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../../src/networks/smpp/codec/status.ts';
import { Reassembly, type Part, type Plan } from '../../../../src/networks/smpp/reassembly.ts';
import { contentOf } from '../../../../src/networks/smpp/message-parts.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { inboundProcess, part, text, type InboundRig } from '../../../support/smpp-inbound.ts';

let clock: ManualClock;
let rig: InboundRig;

async function deliver(...pdus: readonly ShortMessage[]): Promise<void> {
  for (const pdu of pdus) {
    const answer = await rig.inbound.receive(pdu, encodePdu({ ...pdu, status: 0, sequence: 1 }), 1);
    expect(answer.status).toBe(status.ok);
    answer.written();
  }
}

/** A header of these octets before the words. */
function headed(hex: string, what: string, more: Partial<ShortMessage> = {}): ShortMessage {
  const octets = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(what, 'latin1')]);
  return text('', { esmClass: 0x40, shortMessage: octets, ...more });
}

function sar(reference: Buffer, total: Buffer, sequence: Buffer): ShortMessage['tlvs'] {
  return [
    { tag: 0x020c, value: reference },
    { tag: 0x020e, value: total },
    { tag: 0x020f, value: sequence },
  ];
}

const octets = (...values: readonly number[]): Buffer => Buffer.from(values);

beforeEach(async () => {
  clock = new ManualClock();
  rig = await inboundProcess(clock);
});

describe('a place in a long text that makes no sense', () => {
  test.each([
    ['total 0', '050003aa0001'],
    ['sequence 0', '050003aa0200'],
    ['sequence past total', '050003aa0203'],
    ['a 16-bit reference and sequence past total', '06080412340203'],
    ['an element with an octet too few', '040002aa02'],
    ['an element that goes past the header', '050009aa0201'],
  ])(
    '(%s in a header) makes a text of its own, and the record says that its header is malformed',
    async (_what, hex) => {
      await deliver(headed(hex, 'Hello'));
      expect(rig.core.events).toMatchObject([
        { kind: 'message', message: { text: 'Hello', wire: { malformedHeader: true } } },
      ]);
    },
  );

  test.each([
    ['total 0', 0, 1],
    ['sequence 0', 2, 0],
    ['sequence past total', 2, 3],
  ])('(%s in sar_* parameters) does the same', async (_what, total, sequence) => {
    await deliver(text('Hello', { tlvs: sar(octets(0, 9), octets(total), octets(sequence)) }));
    expect(rig.core.events).toMatchObject([{ message: { text: 'Hello', wire: { malformedHeader: true } } }]);
  });

  test('the only part of one is a text, and nothing is wrong with it', async () => {
    await deliver(headed('050003aa0101', 'Hello'), text('again', { tlvs: sar(octets(0, 9), octets(1), octets(1)) }));
    expect(rig.core.texts).toEqual(['Hello', 'again']);
    for (const event of rig.core.events) expect(event).not.toHaveProperty('message.wire.malformedHeader');
  });

  test('a sar_* number that is too wide is none, and one that is narrower counts', async () => {
    const wide = sar(octets(0, 0, 9), octets(2), octets(1));
    const narrow = (sequence: number): ShortMessage['tlvs'] => sar(octets(9), octets(2), octets(sequence));
    await deliver(text('alone', { tlvs: wide }));
    await deliver(text('one ', { tlvs: narrow(1) }), text('two', { tlvs: narrow(2) }));
    expect(rig.core.texts).toEqual(['alone', 'one two']);
  });
});

describe('where a place is told twice or elsewhere', () => {
  test('a header in message_payload counts like one in short_message', async () => {
    const inPayload = (pdu: ShortMessage): ShortMessage => ({
      ...pdu,
      shortMessage: Buffer.alloc(0),
      tlvs: [{ tag: 0x0424, value: pdu.shortMessage }],
    });
    await deliver(inPayload(part(1, 2, 'Hello ')), part(2, 2, 'world'));
    expect(rig.core.texts).toEqual(['Hello world']);
  });

  test('the header wins over the parameters', async () => {
    const other = sar(octets(0, 1), octets(3), octets(3));
    await deliver({ ...part(1, 2, 'Hello '), tlvs: other }, { ...part(2, 2, 'world'), tlvs: other });
    expect(rig.core.texts).toEqual(['Hello world']);
  });

  test('other elements may stand before and behind', async () => {
    await deliver(headed('0b05040b8423f00003aa0201', 'Hello '), headed('0b0003aa020205040b8423f0', 'world'));
    expect(rig.core.texts).toEqual(['Hello world']);
  });
});

describe('parts that share a reference', () => {
  test.each([
    ['another total', part(2, 3, 'x')],
    ['another width', headed('06080400070202', 'x')],
    ['another sender', { ...part(2, 2, 'x'), source: { ton: 1, npi: 1, value: '12025550188' } }],
    ['another number of ours', { ...part(2, 2, 'x'), destination: { ton: 1, npi: 1, value: '12025550101' } }],
  ])('and have %s are not of one text', async (_what, other) => {
    await deliver(part(1, 2, 'Hello '), other);
    expect(rig.core.texts).toEqual([]);
    await deliver(part(2, 2, 'world'));
    expect(rig.core.texts).toEqual(['Hello world']);
  });

  test('and are coded differently are of one text, each read in its own coding', async () => {
    const second = { ...part(2, 2, Buffer.from('20ac', 'hex').toString('latin1')), dataCoding: 8 };
    await deliver(part(1, 2, '\0 '), second);
    expect(rig.core.texts).toEqual(['@ €']);
  });
});

describe('sets that are open', () => {
  function partFrom(sender: number, what = 'a'): Part {
    const pdu = { ...part(1, 2, what), source: { ton: 1, npi: 1, value: String(sender) } };
    const content = contentOf(pdu);
    const { concat } = content;
    if (concat === undefined) throw new Error('no part');
    const frame = encodePdu({ ...pdu, status: 0, sequence: 1 });
    return { frame, pdu, content, concat, at: clock.now(), heldSince: 0, likeness: String(sender), mayRepeat: false };
  }

  function plans(limits: ConstructorParameters<typeof Reassembly>[0], parts: readonly Part[]): Plan[] {
    const reassembly = new Reassembly(limits);
    return parts.map((one) => {
      const plan = reassembly.plan(one, () => one.likeness);
      reassembly.apply(plan);
      return plan;
    });
  }

  function givenUp(plan: Plan | undefined): (string | undefined)[] {
    return plan === undefined || plan.step === 'repeat' ? [] : plan.givenUp.map(({ id }) => id);
  }

  test('are as many as may be over all senders, the oldest is given up', () => {
    const all = plans(
      { setsPerChat: 9, sets: 3, octets: 1e6 },
      [1, 2, 3, 4].map((sender) => partFrom(sender)),
    );
    expect(all.map(givenUp)).toEqual([[], [], [], ['1']]);
  });

  test('hold as many octets as may be, the oldest is given up', () => {
    const parts = [1, 2, 3].map((sender) => partFrom(sender, 'x'.repeat(100)));
    expect(plans({ setsPerChat: 9, sets: 9, octets: 250 }, parts).map(givenUp)).toEqual([[], [], ['1']]);
  });
});
